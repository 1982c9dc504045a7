import { once } from 'node:events';
import {
  Break,
  ConnectionLost,
  constantBackoff,
  Continue,
  createReconnectActor,
  type ReconnectEmitted,
  type RunContext,
} from 'schmoozer';
import { type VirtualClock, virtualClock } from 'schmoozer/testing';
import {
  webSocketConnector,
  type WebSocketConnectorOptions,
  type WebSocketSession,
} from 'schmoozer/websocket';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket, type WebSocket as Peer } from 'ws';
import { reset } from '../../../support/loopback.js';
import { PlainWebSocket } from '../../../support/plainWebSocket.js';
import { tcpOf, webSocketServer } from '../../../support/webSocketServer.js';

// Real sockets on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

type Run = (session: WebSocketSession, context: RunContext) => Promise<unknown>;
type Events = { [Type in ReconnectEmitted['type']]: (ReconnectEmitted & { type: Type })[] };

interface Link {
  readonly peer: Peer;
  /** Nothing moves it but the tests: the link hears of an end without a timer. */
  readonly clock: VirtualClock;
  readonly signal: AbortSignal;
  readonly isOnline: () => boolean;
  /** The first event of a type, as soon as there is one. */
  event<T extends ReconnectEmitted['type']>(type: T): Promise<Events[T][number]>;
}

/** A link in its first session, in which one message of the peer has come in. */
async function link(run: Run, options: Partial<WebSocketConnectorOptions> = {}): Promise<Link> {
  const { url, next } = await webSocketServer();
  const clock = virtualClock();
  let signal: AbortSignal | undefined;
  const connector = webSocketConnector({
    url,
    WebSocket,
    clock,
    random: () => 0,
    async run(session, context) {
      signal = context.signal;
      await run(session, context);
      return Continue();
    },
    ...options,
  });
  const actor = createReconnectActor(connector, { clock, backoff: constantBackoff(1000) });
  const events: ReconnectEmitted[] = [];
  const listeners = new Set<() => void>();
  actor.on('*', (event) => {
    events.push(event);
    for (const listen of listeners) listen();
  });
  const event = <T extends ReconnectEmitted['type']>(type: T) =>
    new Promise<Events[T][number]>((resolve) => {
      const look = () => {
        const found = events.find((one) => one.type === type);
        if (found !== undefined) resolve(found as Events[T][number]);
      };
      listeners.add(look);
      look();
    });
  const accepted = next();
  actor.start();
  onTestFinished(() => void actor.stop());
  const peer = await accepted;
  await event('connection.opened');
  peer.send('one');
  peer.ping();
  await once(peer, 'pong');
  const isOnline = () => actor.getSnapshot().hasTag('online');
  expect(isOnline()).toBe(true);
  return { peer, clock, signal: signal as unknown as AbortSignal, isOnline, event };
}

const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort);
  });

const ends: readonly [name: string, act: (peer: Peer) => void, code: number][] = [
  ['a close frame', (peer) => peer.close(1011), 1011],
  ['a FIN', (peer) => tcpOf(peer).end(), 1006],
  ['an RST', (peer) => reset(tcpOf(peer)), 1006],
];

/** What `run` does meanwhile, and when its signal fires: at once, after the grace period, or never, as it has ended before. */
const runs: readonly [name: string, run: Run, signalled: 'at once' | 'later' | 'never'][] = [
  [
    'only sends',
    async (session) => {
      for (;;) {
        await session.send('x');
        await new Promise(setImmediate);
      }
    },
    'never',
  ],
  ['only waits for its signal', (_session, { signal }) => untilAborted(signal), 'later'],
  ['hears no signal', () => new Promise(() => {}), 'later'],
  [
    'waits for closed',
    async (session) => {
      const { error } = await session.closed;
      if (error !== undefined) throw error;
    },
    'never',
  ],
  [
    'hangs in a handler',
    async (session, { signal }) => {
      for await (const _ of session) await untilAborted(signal);
    },
    'at once',
  ],
  [
    'hangs in a handler, and hears no signal',
    async (session) => {
      for await (const _ of session) await new Promise(() => {});
    },
    'at once',
  ],
  [
    'reads',
    async (session) => {
      for await (const _ of session);
    },
    'at once',
  ],
];

describe.each(runs)('a link whose run %s', (_name, run, signalled) => {
  it.each(ends)('is not online any more after %s', async (_what, act, code) => {
    const { peer, clock, signal, isOnline, event } = await link(run);
    act(peer);
    expect(await event('connection.closing')).toMatchObject({
      cause: 'lost',
      error: { closeCode: code },
      detail: { code },
    });
    expect(isOnline()).toBe(false);
    await new Promise(setImmediate);
    expect(signal.aborted).toBe(signalled === 'at once');
    // What waits may be read for as long as the grace period.
    await clock.advance(5000);
    expect(signal.aborted).toBe(signalled !== 'never');
    if (signal.aborted) {
      expect(signal.reason).toBeInstanceOf(ConnectionLost);
      expect(signal.reason).toMatchObject({ cause: { closeCode: code } });
    }
    await clock.advance(5000);
    expect(await event('retry.scheduled')).toMatchObject({
      delayMs: 1000,
      error: { closeCode: code },
      verdict: 'transient',
    });
  });
});

describe.each([
  ['ws', WebSocket],
  ['a WebSocket as browsers have it', PlainWebSocket],
])('a link with %s', (_class, Class) => {
  it('lets a slow reader read all that had come in, and then ends its loop in order', async () => {
    const read: unknown[] = [];
    let go = () => {};
    const { peer, signal, event } = await link(
      async (session) => {
        for await (const message of session) {
          read.push(message);
          await new Promise<void>((resolve) => {
            go = resolve;
          });
        }
        read.push('the end');
      },
      { WebSocket: Class },
    );
    for (const text of ['two', 'three']) peer.send(text);
    peer.close(1001);
    expect(await event('connection.closing')).toMatchObject({ detail: { code: 1001 } });
    for (let i = 1; i <= 3; i++) {
      await expect.poll(() => read.length).toBe(i);
      expect(signal.aborted).toBe(false);
      go();
    }
    await event('connection.closed');
    expect(read).toEqual(['one', 'two', 'three', 'the end']);
  });

  it('waits as long as 1012 asks for, though run hangs', async () => {
    const { peer, clock, event } = await link(() => new Promise(() => {}), { WebSocket: Class });
    peer.close(1012);
    await event('connection.closing');
    await clock.advance(5000);
    await clock.advance(5000);
    expect(await event('retry.scheduled')).toMatchObject({
      delayMs: 5000,
      error: { closeCode: 1012 },
    });
  });

  it.each([
    ['the server ends the session', (peer: Peer) => peer.close(1001)],
    ['run itself closes it', (peer: Peer) => peer.send('close')],
  ])('has no error when %s in order', async (_what, act) => {
    const { peer, clock, event } = await link(
      async (session, { signal }) => {
        for await (const message of session) {
          if (message !== 'close') continue;
          await session.close();
          await untilAborted(signal);
        }
      },
      { WebSocket: Class },
    );
    act(peer);
    expect(await event('connection.closing')).not.toHaveProperty('error');
    await clock.advance(5000);
    expect(await event('retry.scheduled')).not.toHaveProperty('error');
  });

  it('takes its own stop for no loss', async () => {
    const { url, next } = await webSocketServer();
    const run = async (session: WebSocketSession) => {
      for await (const _ of session);
      return Break();
    };
    const actor = createReconnectActor(webSocketConnector({ url, WebSocket: Class, run }));
    const causes: unknown[] = [];
    actor.on('connection.closing', ({ cause, error }) => causes.push(cause, error));
    actor.on('connection.closed', ({ cause, error }) => causes.push(cause, error));
    const opened = new Promise((resolve) => actor.on('connection.opened', resolve));
    const ended = new Promise<void>((complete) => actor.subscribe({ complete }));
    const accepted = next();
    actor.start();
    await Promise.all([accepted, opened]);
    actor.send({ type: 'stop' });
    await ended;
    expect(causes).toEqual(['stop', undefined, 'stop', undefined]);
  });
});
