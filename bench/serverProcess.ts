import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface ServerProcess {
  readonly port: number;
  send(message: string): void;
  /** At once, as a crash would; resolves when the process is gone. */
  kill(): Promise<void>;
}

/** Starts a server of this folder in a process of its own; it reports its port when it listens. */
export async function startServer(file: string, ...args: string[]): Promise<ServerProcess> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child: ChildProcess = fork(path, args, { execArgv: [] });
  const [port] = (await once(child, 'message')) as [number];
  return {
    port,
    send: (message) => void child.send(message),
    async kill() {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
