import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { ActorSummary, ServerMessage, Totals } from '../../src/protocol.js';

export interface Fork {
  readonly child: ChildProcess;
  readonly url: string;
  readonly producerUrl: string;
  readonly port: number;
  readonly token: string;
  /** Undefined while it runs; else how it ended. */
  end(): string | undefined;
  /** What it holds now, and what its process has taken at most. */
  measure(): Promise<{ readonly heldMb: number; readonly peakMb: number }>;
}

/** An inspector in a process of its own: whatever ends that process is seen. */
export async function inspectorFork(): Promise<Fork> {
  const program = new URL('inspectorChild.mjs', import.meta.url);
  const child = fork(program, {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
  let end: string | undefined;
  child.once('exit', (code, signal) => (end = `ended with ${code ?? signal}: ${errors}`));
  onTestFinished(async () => {
    if (end !== undefined) return;
    const exited = once(child, 'exit');
    child.disconnect();
    await exited;
  });
  const [{ url, producerUrl }] = (await once(child, 'message')) as [Fork];
  const { port, searchParams } = new URL(url);
  return {
    child,
    url,
    producerUrl,
    port: Number(port),
    token: searchParams.get('token') ?? '',
    end: () => end,
    async measure() {
      if (end !== undefined) throw new Error(end);
      child.send('measure');
      const [answer] = (await once(child, 'message')) as [{ heldMb: number; peakMb: number }];
      return answer;
    },
  };
}

export interface Watching {
  readonly socket: WebSocket;
  readonly actors: Map<string, ActorSummary>;
  totals(): Totals | undefined;
  history(key: string): Promise<Extract<ServerMessage, { type: 'history' }>>;
}

/** A page without a browser, which keeps of what it is told as little as it can. */
export async function watching({ url }: Pick<Fork, 'url'>): Promise<Watching> {
  const { host, search } = new URL(url);
  const socket = new WebSocket(`ws://${host}/view${search}`, { origin: `http://${host}` });
  socket.on('error', () => {});
  onTestFinished(() => socket.terminate());
  const actors = new Map<string, ActorSummary>();
  const waiting = new Set<(message: ServerMessage) => void>();
  let totals: Totals | undefined;
  socket.on('message', (data) => {
    const message = JSON.parse((data as Buffer).toString()) as ServerMessage;
    for (const hear of waiting) hear(message);
    if (message.type !== 'actors') return;
    totals = message.totals;
    if (message.isAnew) actors.clear();
    for (const key of message.removed) actors.delete(key);
    for (const actor of message.changed) actors.set(actor.key, actor);
  });
  await once(socket, 'open');
  return {
    socket,
    actors,
    totals: () => totals,
    history: (key) =>
      new Promise((resolve) => {
        const hear = (message: ServerMessage) => {
          if (message.type !== 'history' || message.key !== key) return;
          waiting.delete(hear);
          resolve(message);
        };
        waiting.add(hear);
        socket.send(JSON.stringify({ type: 'select', key }));
      }),
  };
}
