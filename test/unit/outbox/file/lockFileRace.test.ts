import { readdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { lockFile } from '../../../../src/outbox/file/lockFile.js';
import { temporaryFolder } from '../../../support/temporaryFolder.js';

const hook = vi.hoisted(() => ({ beforeWrite: async (_path: string): Promise<void> => {} }));

vi.mock('node:fs/promises', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:fs/promises')>();
  return {
    ...original,
    async writeFile(path: string, content: string) {
      await hook.beforeWrite(path);
      await original.writeFile(path, content);
    },
  };
});

it('a lock that another process has taken over and given back meanwhile is free', async () => {
  const folder = await temporaryFolder();
  const lock = join(folder, 'log.lock');
  await writeFile(lock, '0 0');
  hook.beforeWrite = async (path) => {
    // The lock of the lock is asked for when the holder was found dead.
    if (path.startsWith(`${lock}.lock.`)) await unlink(lock);
  };
  const unlock = await lockFile(join(folder, 'log'));
  expect(await readdir(folder)).toEqual(['log.lock']);
  expect(await readFile(lock, 'utf8')).toMatch(new RegExp(`^${process.pid} `));
  await unlock();
  expect(await readdir(folder)).toEqual([]);
});
