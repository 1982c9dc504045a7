import { spawnSync } from 'node:child_process';

/** The repository's root folder. */
export const root = new URL('../..', import.meta.url).pathname;

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, or kills it after a minute: `status` is null then. */
export function exec(command: string, args: readonly string[], cwd = root): Outcome {
  const env = { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1', FORCE_COLOR: undefined };
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    env,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    timeout: 60_000,
  });
  return { status, stdout, stderr };
}

/** Runs a tool that this repository has installed. */
export function tool(name: string, args: readonly string[], cwd = root): Outcome {
  return exec(`${root}node_modules/.bin/${name}`, args, cwd);
}
