import { Break, type Connector, isProgrammerError } from 'schmoozer';
import { type VirtualClock, virtualClock } from 'schmoozer/testing';
import {
  type HeartbeatOptions,
  HeartbeatTimeoutError,
  isRetryableWebSocketError,
  webSocketConnector,
  type WebSocketConnectorOptions,
  type WebSocketMessage,
  type WebSocketSession,
} from 'schmoozer/websocket';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket, type WebSocket as Peer } from 'ws';
import { firstAttempt } from '../../../support/attempt.js';
import { rejection } from '../../../support/loopback.js';
import { PlainWebSocket } from '../../../support/plainWebSocket.js';
import { tcpOf, watchPause, webSocketServer } from '../../../support/webSocketServer.js';

// Real sockets on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

interface Opened {
  readonly session: WebSocketSession;
  readonly peer: Peer;
  readonly clock: VirtualClock;
  readonly connector: Connector<WebSocketSession>;
  readonly closes: readonly (readonly [code: number, reason: string])[];
  readonly gone: () => Promise<void>;
}

/** A session that beats 1000 ms after the last answer, and waits 200 ms for one. */
async function open(
  heartbeat: HeartbeatOptions | false | 'default' = {},
  options: Partial<WebSocketConnectorOptions> = {},
  autoPong = true,
): Promise<Opened> {
  const { url, next, closes, gone } = await webSocketServer(undefined, { autoPong });
  const clock = virtualClock();
  const connector = webSocketConnector({
    url,
    WebSocket,
    clock,
    run: async () => Break(),
    ...(heartbeat !== 'default' && {
      heartbeat: heartbeat && { intervalMs: 1000, timeoutMs: 200, ...heartbeat },
    }),
    ...options,
  });
  const accepted = next();
  const session = await connector.connect(firstAttempt().attempt);
  onTestFinished(() => connector.disconnect?.(session) ?? undefined);
  return { session, peer: await accepted, clock, connector, closes, gone };
}

const event = (peer: Peer, name: string) =>
  new Promise<unknown>((resolve) => peer.once(name, (data) => resolve(String(data))));
const plain = { WebSocket: PlainWebSocket };

/** Waits until what the peer sent has come in: the next beat is due a whole interval later. */
async function answered(clock: VirtualClock): Promise<void> {
  await expect.poll(() => clock.pending, { timeout: 10_000 }).toEqual([1000]);
}

describe('the heartbeat of ws', () => {
  it('pings after 1000 ms, and again 1000 ms after each pong', async () => {
    const { peer, clock } = await open();
    for (let beat = 0; beat < 3; beat++) {
      const pinged = event(peer, 'ping');
      expect(clock.pending).toEqual([1000]);
      await clock.advance(999);
      expect(clock.pending).toEqual([1]);
      await clock.advance(1);
      await pinged;
      await answered(clock);
    }
  });

  it('ends the session when no pong came for 200 ms: retryable, and at once', async () => {
    const { session, peer, clock, gone } = await open({}, {}, false);
    const reading = rejection(session.messages().next());
    const pinged = event(peer, 'ping');
    await clock.advance(1000);
    await pinged;
    await clock.advance(199);
    expect(clock.pending).toEqual([1]);
    await clock.advance(1);
    const { error } = await session.closed;
    expect(error).toBeInstanceOf(HeartbeatTimeoutError);
    expect(error).toMatchObject({
      code: 'ERR_HEARTBEAT_TIMEOUT',
      timeoutMs: 200,
      message:
        'nothing arrived within 200 ms of a heartbeat: if one long message was being received, raise `heartbeat.timeoutMs`',
    });
    expect(await reading).toBe(error);
    expect(isRetryableWebSocketError(error)).toBe(true);
    expect(await rejection(session.send('x'))).toBe(error);
    expect(clock.pending).toEqual([]);
    await gone();
  });

  it.each([
    ['a message', (peer: Peer) => peer.send('news')],
    ['a ping of the server', (peer: Peer) => peer.ping()],
  ])('takes %s for a sign of life', async (_what, act) => {
    const { peer, clock } = await open({}, {}, false);
    const pinged = event(peer, 'ping');
    await clock.advance(1000);
    await pinged;
    act(peer);
    await answered(clock);
  });

  it('is not put off by messages that come between', async () => {
    const { session, peer, clock } = await open();
    await clock.advance(600);
    peer.send('news');
    await session.messages().next();
    expect(clock.pending).toEqual([400]);
  });

  it('ends a session that is paused, because run is behind, when nothing more can be read: retryable', async () => {
    const { session, peer, clock, gone } = await paused();
    // More than the buffers between the two sides hold.
    peer.send(new Uint8Array(16_000_000));
    let isClosed = false;
    void session.closed.then(() => (isClosed = true));
    await expect
      .poll(() => clock.advance(200).then(() => isClosed), { timeout: 20_000 })
      .toBe(true);
    const { error } = await session.closed;
    expect(error).toBeInstanceOf(HeartbeatTimeoutError);
    expect(error).toMatchObject({
      wasPaused: true,
      message: expect.stringContaining('`readAheadBytes`'),
    });
    expect(isRetryableWebSocketError(error)).toBe(true);
    expect(clock.pending).toEqual([]);
    await gone();
  });

  it('gives an answer 200 ms again when the reading goes on', async () => {
    const { session, clock } = await paused();
    await clock.advance(1150);
    expect(clock.pending).toEqual([50]);
    await session.messages().next();
    expect(clock.pending).toEqual([50]);
    await session.messages().next();
    expect(clock.pending).toEqual([200]);
    await answered(clock);
  });

  it('is what silenceMs takes a pause for, too, when nothing more can be read', async () => {
    const { session, peer, clock } = await paused({ heartbeat: false, silenceMs: 1000 });
    peer.send(new Uint8Array(16_000_000));
    let isClosed = false;
    void session.closed.then(() => (isClosed = true));
    await expect
      .poll(() => clock.advance(250).then(() => isClosed), { timeout: 20_000 })
      .toBe(true);
    expect(await session.closed).toMatchObject({
      error: { code: 'ERR_SILENCE', wasPaused: true, message: expect.stringContaining('`run`') },
    });
  });

  it('takes bytes that come in during a pause for a sign of life', async () => {
    const { session, clock } = await paused();
    await clock.advance(1000);
    // A pong of the server, which lies behind the pause.
    await expect.poll(() => clock.advance(200).then(() => clock.pending)).toEqual([1000]);
    expect(await session.messages().next()).toMatchObject({ value: 'a' });
  });

  it('is not moved by a reading that goes on between two pings', async () => {
    const { session, clock } = await paused();
    await clock.advance(400);
    await session.messages().next();
    await session.messages().next();
    expect(clock.pending).toEqual([600]);
  });
});

/** A session whose `ws` is paused, two messages waiting. */
async function paused(options: Partial<WebSocketConnectorOptions> = {}): Promise<Opened> {
  const { WebSocket: Watched, paused: isPaused } = watchPause();
  const opened = await open({}, { WebSocket: Watched, readAheadBytes: 100, ...options });
  for (const text of ['a', 'b']) opened.peer.send(text);
  await isPaused;
  return opened;
}

describe('the heartbeat of an application', () => {
  it('sends its message, and keeps the answers from run', async () => {
    let beats = 0;
    const { session, peer, clock } = await open(
      { message: () => `ping ${++beats}`, isPong: (message) => message === 'pong' },
      plain,
    );
    for (const ping of ['ping 1', 'ping 2']) {
      const pinged = event(peer, 'message');
      await clock.advance(1000);
      expect(await pinged).toBe(ping);
      peer.send('pong');
      await answered(clock);
    }
    peer.send('news');
    peer.send('pong');
    peer.close(1000);
    const read: WebSocketMessage[] = [];
    for await (const message of session) read.push(message);
    expect(read).toEqual(['news']);
  });

  it('without isPong leaves the answers to run', async () => {
    const { session, peer, clock } = await open({ message: 'ping' }, plain);
    const pinged = event(peer, 'message');
    await clock.advance(1000);
    expect(await pinged).toBe('ping');
    peer.send('pong');
    await answered(clock);
    expect(await session.messages().next()).toMatchObject({ value: 'pong' });
  });

  it('ends the session when nothing came for 200 ms, and says 3008 to whom it may concern', async () => {
    const { session, clock, closes, gone } = await open({ message: 'ping' }, plain);
    await clock.advance(1200);
    const close = await session.closed;
    expect(close).toMatchObject({ code: 1006, error: { code: 'ERR_HEARTBEAT_TIMEOUT' } });
    await gone();
    expect(closes).toEqual([[3008, '']]);
    expect(clock.pending).toEqual([]);
  });

  const own = new TypeError('own mistake');
  const broken = () => {
    throw own;
  };
  it.each([
    ['message', { message: broken }],
    ['isPong', { message: 'ping', isPong: broken }],
  ])('ends the session with what %s throws: fatal', async (_what, heartbeat) => {
    const { session, peer, clock } = await open(heartbeat, plain);
    await clock.advance(1000);
    peer.send('pong');
    expect(await session.closed).toMatchObject({ error: own });
    // Left to the library.
    expect(isRetryableWebSocketError(own)).toBe(undefined);
    expect(isProgrammerError(own)).toBe(true);
    expect(clock.pending).toEqual([]);
  });
});

it('ends the session when `message` answers what cannot be sent', async () => {
  const { session, clock } = await open({ message: () => ({}) as never }, plain);
  await clock.advance(1000);
  expect(await session.closed).toMatchObject({ error: { option: 'heartbeat.message' } });
});

describe.each([
  ['ws', {}, {}],
  ['a WebSocket as browsers have it', { message: 'ping' }, plain],
])('the heartbeat with %s', (_name, heartbeat, options) => {
  it('begins after the handshake', async () => {
    let waiting: readonly number[] = [];
    const clock = virtualClock();
    const { session } = await open(heartbeat, {
      ...options,
      clock,
      handshake: async () => {
        waiting = clock.pending;
      },
    });
    expect([waiting, clock.pending]).toEqual([[], [1000]]);
    await session.close();
    expect(clock.pending).toEqual([]);
  });

  it('leaves a close that is under way to its own deadline', async () => {
    const { session, peer, clock } = await open(heartbeat, { ...options, closeTimeoutMs: 1500 });
    tcpOf(peer).pause();
    void session.close();
    await clock.advance(1000);
    expect(clock.pending).toEqual([500]);
    await clock.advance(500);
    expect(await session.closed).toMatchObject({ code: 1006, error: undefined });
    expect(clock.pending).toEqual([]);
  });
});

describe('the heartbeat by default', () => {
  /** What the process was warned of, from now on. */
  function warnings(): { code?: string; message: string }[] {
    const seen: { code?: string; message: string }[] = [];
    const emit = vi.spyOn(process, 'emitWarning').mockImplementation((message, options) => {
      seen.push({ message: String(message), ...(options as object) });
    });
    onTestFinished(() => emit.mockRestore());
    return seen;
  }

  it('of ws pings every 30 000 ms, and waits 10 000 ms', async () => {
    const warned = warnings();
    const { peer, clock } = await open('default', {});
    for (let beat = 0; beat < 2; beat++) {
      expect(clock.pending).toEqual([30_000]);
      const pinged = event(peer, 'ping');
      await clock.advance(30_000);
      await pinged;
      await expect.poll(() => clock.pending).toEqual([30_000]);
    }
    expect(warned).toEqual([]);
  });

  it('loses nothing to a server that never answers pings, and warns once for all sessions', async () => {
    const warned = warnings();
    const { session, clock, connector } = await open('default', {}, false);
    const again = await connector.connect(firstAttempt().attempt);
    let isClosed = false;
    for (const one of [session, again]) void one.closed.then(() => (isClosed = true));
    await clock.advance(200_000);
    expect(isClosed).toBe(false);
    expect(warned).toEqual([
      { code: 'SCHMOOZER_NO_PONG', message: expect.stringContaining('`silenceMs`') },
    ]);
    await connector.disconnect?.(again);
  });

  it('ends a session once the link has seen a pong, in an earlier session too', async () => {
    const { session, peer, clock, connector } = await open('default', {}, false);
    peer.on('ping', () => peer.pong());
    await clock.advance(30_000);
    await expect.poll(() => clock.pending).toEqual([30_000]);
    await connector.disconnect?.(session);
    const next = await connector.connect(firstAttempt().attempt);
    await clock.advance(40_000);
    expect(await next.closed).toMatchObject({ error: { code: 'ERR_HEARTBEAT_TIMEOUT' } });
  });

  it.each([
    ['with `heartbeat: false`', { heartbeat: false as const }],
    ['of a class that cannot ping', plain],
  ])('is none %s', async (_name, options) => {
    const { clock } = await open('default', options);
    expect(clock.pending).toEqual([]);
  });
});

describe('a class that pings and cannot hear the pong, as those of React Native and Bun', () => {
  class Deaf extends PlainWebSocket {
    ping() {}
  }
  const deaf = { WebSocket: Deaf };

  it('is refused with a heartbeat without a message', async () => {
    await expect(open({}, deaf)).rejects.toMatchObject({ option: 'heartbeat.message' });
    await expect(open({ message: 'ping' }, deaf)).resolves.toBeDefined();
  });

  it('has no heartbeat by default', async () => {
    const { clock } = await open('default', deaf);
    expect(clock.pending).toEqual([]);
  });
});

describe('a heartbeat whose timer comes late', () => {
  it('sees an answer first that has arrived meanwhile', async () => {
    const { next, url } = await webSocketServer();
    const accepted = next();
    const connector = webSocketConnector({
      url,
      WebSocket,
      heartbeat: { intervalMs: 20, timeoutMs: 20 },
      run: async () => Break(),
    });
    const session = await connector.connect(firstAttempt().attempt);
    const peer = await accepted;
    let isClosed = false;
    void session.closed.then(() => (isClosed = true));
    for (let beat = 0; beat < 5; beat++) {
      await event(peer, 'ping');
      await new Promise((resolve) => setImmediate(resolve));
      const untilMs = performance.now() + 100;
      while (performance.now() < untilMs);
    }
    expect(isClosed).toBe(false);
    await connector.disconnect?.(session);
  });
});

describe('probe', () => {
  const probe = ({ connector, session }: Opened) =>
    Promise.resolve(connector.probe?.(session, { signal: new AbortController().signal }));

  it('beats now, and again a whole interval after the answer', async () => {
    const opened = await open();
    await opened.clock.advance(600);
    const pinged = event(opened.peer, 'ping');
    const answer = probe(opened);
    expect(opened.clock.pending).toEqual([3000]);
    await pinged;
    await answer;
    expect(opened.clock.pending).toEqual([1000]);
  });

  it('ends a session without a sign of life within 3000 ms, not sooner for those who ask again', async () => {
    const opened = await open({}, {}, false);
    const answer = probe(opened);
    await opened.clock.advance(1000);
    void probe(opened);
    await opened.clock.advance(1999);
    expect(opened.clock.pending).toEqual([1]);
    await opened.clock.advance(1);
    await answer;
    expect(await opened.session.closed).toMatchObject({
      error: {
        code: 'ERR_HEARTBEAT_TIMEOUT',
        timeoutMs: 3000,
        message: expect.stringContaining('`heartbeat.probeTimeoutMs`'),
      },
    });
    expect(opened.clock.pending).toEqual([]);
  });

  it('has a deadline of its own also while a heartbeat waits', async () => {
    const opened = await open({ timeoutMs: 60_000, probeTimeoutMs: 700 }, {}, false);
    await opened.clock.advance(1000);
    expect(opened.clock.pending).toEqual([60_000]);
    void probe(opened);
    expect(opened.clock.pending).toEqual([700]);
  });

  it('asks by the message of an application', async () => {
    const opened = await open({ message: 'ping' }, plain);
    const pinged = event(opened.peer, 'message');
    const answer = probe(opened);
    expect(await pinged).toBe('ping');
    opened.peer.send('pong');
    await answer;
    expect(opened.clock.pending).toEqual([1000]);
  });

  it('leaves alone a session that is paused: no answer could be seen', async () => {
    const opened = await paused();
    await probe(opened);
    expect(opened.clock.pending).toEqual([1000]);
  });

  it('asks nothing without a heartbeat, of no session that has ended, and judges none without a pong', async () => {
    const without = await open(false);
    await probe(without);
    const ended = await open();
    await ended.session.close();
    await probe(ended);
    const { clock, ...unproven } = await open('default', {}, false);
    const answer = probe({ clock, ...unproven });
    await clock.advance(3000);
    await answer;
    expect([without, ended].map((one) => one.clock.pending)).toEqual([[], []]);
    expect(clock.pending).toEqual([30_000]);
  });
});
