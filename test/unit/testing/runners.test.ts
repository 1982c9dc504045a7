import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const runners = 'test/unit/testing/runners';

/** Runs Node on the built library, in a process of its own; it has 60 s. */
async function node(...args: string[]): Promise<string> {
  const env = { ...process.env, NODE_OPTIONS: '', NODE_TEST_CONTEXT: undefined };
  const options = { cwd: root, env, timeout: 60_000 };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, options);
  return stdout + stderr;
}

it('the kit works under node:test', { timeout: 60_000 }, async () => {
  const output = await node('--test', '--test-reporter=tap', `${runners}/nodeTest.mjs`);
  expect(output).toMatch(/# pass [1-9]\d/);
  expect(output).toContain('# fail 0');
});

it('the kit works under Jest', { timeout: 60_000 }, async () => {
  const config = JSON.stringify({
    rootDir: root,
    testMatch: [`<rootDir>/${runners}/jest.mjs`],
    testEnvironment: 'node',
    transform: {},
  });
  const jest = 'node_modules/jest/bin/jest.js';
  const output = await node('--experimental-vm-modules', jest, '--config', config, '--ci');
  expect(output).toMatch(/Tests: +[1-9]\d passed, [1-9]\d total/);
});
