import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Phase } from './phases.js';
import type { ServerMessage, ServerReport } from './server.js';

const DEADLINE_MS = 5000;

/** The misbehaving server, in its own process. */
export interface ServerProcess {
  readonly port: number;
  /** The final report of the server. */
  report(): Promise<ServerReport>;
  /** Ends the process; resolves when it has ended. */
  close(): Promise<void>;
}

/** Starts the server; resolves when its port is known. */
export async function startServer(options: {
  swallow: string;
  onPhase: (phase: Phase) => void;
}): Promise<ServerProcess> {
  const path = fileURLToPath(new URL('./server.ts', import.meta.url));
  const child = fork(path, ['--swallow', options.swallow]);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.on('message', (told: ServerMessage) => {
    if (told.type === 'phase') options.onPhase(told.phase);
  });
  const { port } = await message(child, 'listening');
  return {
    port,
    async report() {
      if (!child.connected) throw new Error('the server process has ended');
      const answer = message(child, 'report');
      child.send('report');
      return (await answer).report;
    },
    async close() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

function message<TType extends ServerMessage['type']>(
  child: ChildProcess,
  type: TType,
): Promise<Extract<ServerMessage, { type: TType }>> {
  return new Promise((resolve, reject) => {
    const finish = (outcome: () => void) => {
      clearTimeout(timer);
      child.off('message', onMessage);
      child.off('exit', onExit);
      outcome();
    };
    const onMessage = (it: ServerMessage) => {
      if (it.type === type) finish(() => resolve(it as Extract<ServerMessage, { type: TType }>));
    };
    const onExit = () => finish(() => reject(new Error('the server process has ended')));
    const timer = setTimeout(
      () => finish(() => reject(new Error(`the server did not send "${type}" in time`))),
      DEADLINE_MS,
    );
    child.on('message', onMessage);
    child.on('exit', onExit);
  });
}
