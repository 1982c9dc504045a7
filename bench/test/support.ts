import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const root = fileURLToPath(new URL('../../', import.meta.url));

const exec = promisify(execFile);

/** Compiles the benches: what is measured is never run through a loader. */
export async function compile(): Promise<void> {
  await exec(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'bench'], { cwd: root });
}

/** `npm run bench -- ...args`, without the compiler. */
export async function runBench(...args: string[]): Promise<string> {
  const main = join(root, 'bench/dist/main.js');
  return (await exec(process.execPath, [main, ...args], { cwd: root })).stdout;
}
