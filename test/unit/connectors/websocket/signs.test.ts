import { createServer as createHttpsServer } from 'node:https';
import { Break } from 'schmoozer';
import { type VirtualClock, virtualClock } from 'schmoozer/testing';
import {
  HeartbeatTimeoutError,
  SilenceError,
  webSocketConnector,
  type WebSocketConnectorOptions,
  type WebSocketSession,
} from 'schmoozer/websocket';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket, type WebSocket as Peer } from 'ws';
import { firstAttempt } from '../../../support/attempt.js';
import { createFalls } from '../../../../src/connectors/websocket/signs.js';
import { certificateFor } from '../../../support/certificate.js';
import { PlainWebSocket } from '../../../support/plainWebSocket.js';
import { type SlowLine, slowLine } from '../../../support/slowLine.js';
import { tcpOf, webSocketServer } from '../../../support/webSocketServer.js';

// Real sockets on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const BIG = new Uint8Array(80_000_000);
const pem = certificateFor('localhost');
/** More than the system lets wait before it takes more: less would move unseen. */
const STEP = 4_000_000;

interface Opened {
  readonly session: WebSocketSession;
  readonly peer: Peer;
  readonly clock: VirtualClock;
  readonly line: SlowLine;
}

/** A session over a line in which nothing moves until it is told to. */
async function open(
  options: Partial<WebSocketConnectorOptions>,
  tls?: { cert: string; key: string },
): Promise<Opened> {
  const { next, port } = await webSocketServer(undefined, {
    perMessageDeflate: false,
    maxPayload: BIG.length,
    ...(tls && { http: createHttpsServer(tls) }),
  });
  const line = await slowLine(port, tls !== undefined);
  const clock = virtualClock();
  const connector = webSocketConnector({
    url: `${tls ? 'wss' : 'ws'}://127.0.0.1:${line.port}/`,
    ...(tls && { socketOptions: { ca: tls.cert, servername: 'localhost' } }),
    WebSocket,
    clock,
    maxMessageBytes: 100_000_000,
    run: async () => Break(),
    ...options,
  });
  const accepted = next();
  const session = await connector.connect(firstAttempt().attempt);
  if (tls) line.hold();
  onTestFinished(async () => {
    // What the line holds back cannot go out.
    Promise.resolve(connector.disconnect?.(session)).catch(() => {});
    await clock.advance(60_000);
  });
  return { session, peer: await accepted, clock, line };
}

const heartbeat = { intervalMs: 1000, timeoutMs: 200 };

/** Whether the session goes on for this long while bytes move. */
async function goesOn(opened: Opened, towards: 'server' | 'client'): Promise<boolean> {
  const { session, clock, line } = opened;
  let isClosed = false;
  void session.closed.then(() => (isClosed = true));
  for (let i = 0; i < 15; i++) {
    await line.pass(towards, STEP);
    await clock.advance(100);
  }
  return !isClosed;
}

/** The error that ends the session once nothing moves any more. */
async function endOf({ session, clock }: Opened): Promise<unknown> {
  let end: unknown;
  void session.closed.then(({ error }) => (end = error));
  await expect
    .poll(() => clock.advance(500).then(() => end), { timeout: 30_000 })
    .toBeInstanceOf(Error);
  return end;
}

describe.each([
  ['a heartbeat', { heartbeat }, HeartbeatTimeoutError],
  ['silenceMs', { heartbeat: false, silenceMs: 1000 }, SilenceError],
] as const)('bytes that move, with %s', (_name, options, TimeoutError) => {
  it('of one long message that comes in, keep the session of ws; when they stop, it ends', async () => {
    const opened = await open(options);
    opened.peer.send(BIG);
    expect(await goesOn(opened, 'client')).toBe(true);
    expect(await endOf(opened)).toBeInstanceOf(TimeoutError);
  });

  it.each([
    ['ws', WebSocket],
    ['a WebSocket as browsers have it', PlainWebSocket],
  ])('of what goes out keep the session of %s; when they stop, it ends', async (name, Class) => {
    const message = name === 'ws' ? {} : { message: 'ping' };
    const opened = await open({
      ...options,
      ...(options.heartbeat && { heartbeat: { ...heartbeat, ...message } }),
      WebSocket: Class,
    });
    const sending = (async () => {
      for (let i = 0; i < 80; i++) await opened.session.send(BIG.subarray(0, 1_000_000));
    })();
    sending.catch(() => {});
    expect(await goesOn(opened, 'server')).toBe(true);
    expect(await endOf(opened)).toBeInstanceOf(TimeoutError);
  });

  it.each(['ws', 'wss'])(
    'of one long message that goes out keep the session of %s',
    async (scheme) => {
      const opened = await open(options, scheme === 'wss' ? await pem : undefined);
      void opened.session.send(BIG);
      expect(await goesOn(opened, 'server')).toBe(true);
    },
  );

  it('only into the buffers of the system keep no session', async () => {
    const opened = await open({
      ...options,
      ...(options.heartbeat && { heartbeat: { ...heartbeat, message: 'ping' } }),
      WebSocket: PlainWebSocket,
    });
    for (let i = 0; i < 20; i++) {
      void opened.session.send('news');
      await opened.clock.advance(100);
    }
    expect((await opened.session.closed).error).toBeInstanceOf(TimeoutError);
  });
});

describe('silenceMs', () => {
  it('ends a session in which nothing came for 1000 ms: transient', async () => {
    const { session, clock } = await open({ heartbeat: false, silenceMs: 1000 });
    await clock.advance(999);
    expect(clock.pending).toEqual([1]);
    await clock.advance(1);
    const { error } = await session.closed;
    expect(error).toMatchObject({
      name: 'SilenceError',
      code: 'ERR_SILENCE',
      silenceMs: 1000,
      wasPaused: false,
      message: 'no sign of life for 1000 ms (`silenceMs`)',
    });
    expect(clock.pending).toEqual([]);
  });

  it.each([
    ['a message', (peer: Peer) => peer.send('news')],
    ['a ping of the server', (peer: Peer) => peer.ping()],
  ])('takes %s for a sign of life', async (_what, act) => {
    const { session, peer, clock, line } = await open({ heartbeat: false, silenceMs: 1000 });
    line.open();
    let isClosed = false;
    void session.closed.then(() => (isClosed = true));
    for (let i = 0; i < 5; i++) {
      act(peer);
      // All has come in when an answer to what was said after it has.
      const echoed = new Promise((resolve) => peer.once('message', resolve));
      void session.send('echo');
      await echoed;
      await new Promise((resolve) => peer.ping(undefined, undefined, resolve));
      await clock.advance(900);
    }
    expect(isClosed).toBe(false);
  });

  it('leaves a close that is under way to its own deadline', async () => {
    const { session, peer, clock } = await open({
      heartbeat: false,
      silenceMs: 1000,
      closeTimeoutMs: 1500,
    });
    tcpOf(peer).pause();
    void session.close();
    await clock.advance(1499);
    expect(clock.pending).toEqual([1]);
    await clock.advance(1);
    expect(await session.closed).toMatchObject({ code: 1006, error: undefined });
  });
});

it('what was sent may move for four closeTimeoutMs after a close, and no longer', async () => {
  const opened = await open({ heartbeat: false, closeTimeoutMs: 100 });
  void opened.session.send(BIG);
  let closedAfter = 0;
  void opened.session.close();
  void opened.session.closed.then(() => (closedAfter ||= opened.clock.now()));
  for (let i = 0; i < 4; i++) {
    await opened.line.pass('server', STEP);
    await opened.clock.advance(100);
  }
  expect(await opened.session.closed).toMatchObject({ code: 1006 });
  expect(closedAfter).toBe(400);
});

describe('maxAgeMs', () => {
  const ages = { heartbeat: false, maxAgeMs: 60_000, random: () => 0.5 } as const;
  const make = (options: Partial<WebSocketConnectorOptions>) =>
    webSocketConnector({ url: 'ws://h', WebSocket, run: async () => Break(), ...options });

  it.each([
    ['a tenth of chance', {}, 57_000],
    ['a spread of its own', { maxAgeSpreadMs: 20_000 }, 50_000],
  ])('ends a session in order, by %s', async (_by, more, ageMs) => {
    const { session, clock } = await open(ages);
    const end = make({ ...ages, ...more, clock }).closed?.(session);
    expect(clock.pending).toEqual([ageMs]);
    await clock.advance(ageMs);
    expect(await end).toEqual({ detail: { by: 'age' } });
  });

  it('leaves no timer behind when the session ends before', async () => {
    const { session, peer, clock, line } = await open(ages);
    line.open();
    const end = make({ ...ages, clock }).closed?.(session);
    peer.close(1001, 'away');
    expect(clock.pending).toEqual([57_000]);
    expect(await end).toMatchObject({ detail: { code: 1001, reason: 'away' } });
    expect(clock.pending).not.toContain(57_000);
  });
});

it('what moves is seen below handles that do not say how much they hold', () => {
  const below = { writeQueueSize: 100 };
  const socket = { bufferedAmount: 200, _socket: { _handle: { _parent: below } } };
  const falls = createFalls({ socket: socket as never, received: 0, accepted: 200 });
  expect([falls(), falls()]).toEqual([0, 0]);
  below.writeQueueSize = 50;
  expect([falls(), falls()]).toEqual([1, 1]);
});
