import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { OutboxLockedError } from 'schmoozer/outbox-file';
import { lockFile } from '../../../../src/outbox/file/lockFile.js';
import { rejection } from '../../../support/loopback.js';
import { temporaryFolder } from '../../../support/temporaryFolder.js';

/** A process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid as number;
}

async function place() {
  const folder = await temporaryFolder();
  const path = join(folder, 'log');
  return {
    path,
    lock: `${path}.lock`,
    files: () => readdir(folder),
    holder: () => readFile(`${path}.lock`, 'utf8'),
  };
}

describe('a lock', () => {
  it('is held by one, and gone when it is given back', async () => {
    const { path, files } = await place();
    const unlock = await lockFile(path);
    const error = await rejection(lockFile(path));
    expect(error).toBeInstanceOf(OutboxLockedError);
    expect(error).toMatchObject({ path, pid: process.pid, code: 'ERR_OUTBOX_LOCKED' });
    expect(await files()).toEqual(['log.lock']);
    await unlock();
    expect(await files()).toEqual([]);
  });

  it('is got by one of many that ask at once', async () => {
    for (const left of [undefined, `${await deadPid()} 1`]) {
      for (let round = 0; round < 10; round += 1) {
        const { path, lock, files } = await place();
        if (left !== undefined) await writeFile(lock, left);
        const asked = await Promise.allSettled(Array.from({ length: 20 }, () => lockFile(path)));
        expect(asked.filter(({ status }) => status === 'fulfilled').length).toBe(1);
        const refusals = asked.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
        for (const each of refusals) expect(each).toBeInstanceOf(OutboxLockedError);
        expect(await files()).toEqual(['log.lock']);
      }
    }
  });

  it.each([
    ['a process that has ended', async () => `${await deadPid()} 1`],
    ['this number, when it was that of another process', async () => `${process.pid} 1`],
    ['no process at all', async () => ''],
    ['its own group, by a damaged file', async () => '0 1'],
  ])('of %s is taken over', async (_whose, content) => {
    const { path, lock, files, holder } = await place();
    await writeFile(lock, await content());
    const unlock = await lockFile(path);
    expect(await holder()).toMatch(new RegExp(`^${process.pid} \\d+$`));
    expect(await files()).toEqual(['log.lock']);
    await unlock();
  });

  it('of a process that may not be asked counts as held', async () => {
    const { path, lock } = await place();
    // As a process of another user that has no start time to be read.
    await writeFile(lock, '999999999 1');
    vi.spyOn(process, 'kill').mockImplementation(() => {
      throw Object.assign(new Error('not permitted'), { code: 'EPERM' });
    });
    try {
      expect(await rejection(lockFile(path))).toBeInstanceOf(OutboxLockedError);
    } finally {
      vi.restoreAllMocks();
    }
  });

  it('of a process that was killed while it took the lock over is taken over, too', async () => {
    const { path, lock, files } = await place();
    for (const each of [lock, `${lock}.lock`, `${lock}.lock.lock`]) {
      await writeFile(each, `${await deadPid()} 1`);
    }
    const unlock = await lockFile(path);
    expect(await files()).toEqual(['log.lock']);
    await unlock();
  });

  it('that leads nowhere is taken over', async () => {
    const { path, lock, files } = await place();
    await symlink('missing', lock);
    const unlock = await lockFile(path);
    expect(await rejection(lockFile(path))).toBeInstanceOf(OutboxLockedError);
    await unlock();
    expect(await files()).toEqual([]);
  });

  it('cannot be taken where something else has its name', async () => {
    const { path, lock, files } = await place();
    await mkdir(lock);
    expect(await rejection(lockFile(path))).toMatchObject({ code: 'EISDIR' });
    expect(await files()).toEqual(['log.lock']);
  });

  it('cannot be taken where files cannot be made', async () => {
    const { path } = await place();
    expect(await rejection(lockFile(join(path, 'missing', 'log')))).toMatchObject({
      code: 'ENOENT',
    });
  });
});
