import { createServer } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { type Connector, constantBackoff, Continue, createReconnectActor } from 'schmoozer';
import {
  webSocketConnector,
  type WebSocketConnectorOptions,
  type WebSocketSession,
} from 'schmoozer/websocket';
import { describe, expect, it, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { listenersOn, listening, openSockets } from '../../../support/loopback.js';
import { PlainWebSocket } from '../../../support/plainWebSocket.js';

// Real sockets on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

/** Where a stop may meet the loop: what the server and the user do, and when that is reached. */
interface Stage {
  readonly name: string;
  readonly options?: Partial<WebSocketConnectorOptions>;
  /** `silent` accepts TCP and says no more; `mute` lets nobody's close through. */
  readonly server?: 'silent' | 'mute' | 'closing';
  readonly reached: 'accepted' | 'handshake' | 'run' | 'closing' | 'waiting';
  /** What was sent cannot go out: somebody is told. */
  readonly isCut?: boolean;
}

const stages: readonly Stage[] = [
  { name: 'while the server keeps silent', server: 'silent', reached: 'accepted' },
  {
    name: 'within the handshake',
    options: { handshake: (session) => read(session) },
    reached: 'handshake',
  },
  { name: 'while run reads', reached: 'run' },
  { name: 'while run reads, with a heartbeat', options: { heartbeat: {} }, reached: 'run' },
  {
    name: 'while a send is held back',
    options: {
      highWaterMark: 0,
      async run(session) {
        await session.send(new Uint8Array(8_000_000));
        return Continue();
      },
    },
    server: 'mute',
    reached: 'run',
    isCut: true,
  },
  { name: 'while the peer does not agree to close', server: 'mute', reached: 'run' },
  {
    name: 'while run closes',
    options: {
      async run(session) {
        await session.close();
        return Continue();
      },
    },
    server: 'mute',
    reached: 'run',
  },
  { name: 'while it waits for the next attempt', server: 'closing', reached: 'waiting' },
];

async function read(session: WebSocketSession): Promise<void> {
  for await (const message of session) expect.unreachable(String(message));
}

/** Timers of the host that are running. */
function countingClock() {
  const running = new Set<unknown>();
  return {
    running,
    setTimeout(callback: () => void, ms: number) {
      const timer = setTimeout(() => {
        running.delete(timer);
        callback();
      }, ms);
      running.add(timer);
      return timer;
    },
    clearTimeout(timer: ReturnType<typeof setTimeout>) {
      running.delete(timer);
      clearTimeout(timer);
    },
  };
}

async function start(
  { server = 'closing', options = {}, reached }: Stage,
  Class: typeof WebSocket,
) {
  const peers: Socket[] = [];
  const reach = new Map<string, () => void>();
  const wait = new Promise<void>((resolve) => reach.set(reached, resolve));
  const tcp = server === 'silent' ? createTcpServer() : createServer();
  tcp.on('connection', (socket: Socket) => {
    peers.push(socket);
    if (server === 'silent') socket.once('data', () => reach.get('accepted')?.());
  });
  if (server !== 'silent') {
    const sockets = new WebSocketServer({ server: tcp as ReturnType<typeof createServer> });
    sockets.on('connection', (socket, { socket: raw }) => {
      socket.on('error', () => {});
      if (server === 'mute') raw.pause();
      if (reached === 'waiting') socket.close(1011);
    });
  }
  const url = `ws://127.0.0.1:${await listening(tcp)}`;
  const clock = countingClock();
  const signals: AbortSignal[] = [];
  const inner = webSocketConnector({
    url,
    WebSocket: Class,
    clock,
    closeTimeoutMs: 100,
    async run(session) {
      await read(session);
      return Continue();
    },
    ...options,
    ...(options.heartbeat && { heartbeat: { message: 'ping' } }),
    ...(options.handshake && {
      handshake: async (session, attempt) => {
        reach.get('handshake')?.();
        await options.handshake?.(session, attempt);
      },
    }),
  });
  const connector: Connector<WebSocketSession> = {
    ...inner,
    connect(attempt) {
      signals.push(attempt.signal);
      return inner.connect(attempt);
    },
    run(session, context) {
      signals.push(context.signal);
      const running = inner.run(session, context);
      setImmediate(() => reach.get('run')?.());
      return running;
    },
  };
  const logged: unknown[] = [];
  const actor = createReconnectActor(connector, {
    backoff: constantBackoff(Infinity),
    logger: (...args) => void logged.push(...args),
  });
  actor.on('retry.scheduled', () => reach.get('waiting')?.());
  actor.start();
  await wait;
  return { actor, clock, signals, peers, logged };
}

/** What may not be left: on either side, on no signal, in no clock. */
async function nothingIsLeft(
  { clock, signals, peers, logged }: Awaited<ReturnType<typeof start>>,
  told: readonly object[] = [],
) {
  await expect
    .poll(() => [clock.running.size, signals.map(listenersOn)], { timeout: 20_000 })
    .toEqual([0, signals.map(() => 0)]);
  // A server that reads nothing learns of the end only when it looks.
  for (const peer of peers) peer.resume();
  await expect
    .poll(() => peers.filter((peer) => !peer.destroyed).length, { timeout: 20_000 })
    .toBe(0);
  await expect.poll(openSockets, { timeout: 20_000 }).toBe(0);
  await expect.poll(() => logged.flat().filter((one) => one instanceof Error)).toMatchObject(told);
}

describe.each([
  ['ws', WebSocket],
  ['a WebSocket as browsers have it', PlainWebSocket as never as typeof WebSocket],
])('with %s', (_name, Class) => {
  it.each(stages)('stop $name leaves nothing behind', async (stage) => {
    const started = await start(stage, Class);
    const done = new Promise<void>((resolve) => started.actor.subscribe({ complete: resolve }));
    const closed = new Promise((resolve) => started.actor.on('connection.closed', resolve));
    started.actor.send({ type: 'stop', reason: 'enough' });
    await done;
    expect(started.actor.getSnapshot().output).toEqual({ status: 'stopped', reason: 'enough' });
    // In time, not because the drain was given up.
    if (stage.reached === 'run') {
      expect(await closed).not.toMatchObject({ error: { code: 'ERR_GRACE_PERIOD' } });
    }
    await nothingIsLeft(started);
  });

  it.each(stages)('actor.stop() $name leaves nothing behind', async (stage) => {
    const started = await start(stage, Class);
    started.actor.stop();
    await nothingIsLeft(started, stage.isCut ? [{ code: 'ERR_RELEASE' }] : []);
  });
});
