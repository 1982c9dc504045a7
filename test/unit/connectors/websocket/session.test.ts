import { once } from 'node:events';
import { runInNewContext } from 'node:vm';
import type { AddressInfo } from 'node:net';
import {
  Break,
  type Connector,
  constantBackoff,
  Continue,
  createReconnectActor,
  InvalidOptionError,
  run,
} from 'schmoozer';
import { virtualClock } from 'schmoozer/testing';
import {
  isRetryableWebSocketError,
  MessageOverflowError,
  WebSocketClosedError,
  webSocketConnector,
  type WebSocketConnectorOptions,
  type WebSocketMessage,
  type WebSocketSession,
} from 'schmoozer/websocket';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type ServerOptions, WebSocket, type WebSocket as Peer, WebSocketServer } from 'ws';
import { countControllers, firstAttempt } from '../../../support/attempt.js';
import { listenersOn, openSockets, rejection } from '../../../support/loopback.js';
import { PlainWebSocket } from '../../../support/plainWebSocket.js';
import { tcpOf, webSocketServer } from '../../../support/webSocketServer.js';

// Real sockets on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

const classes = [
  ['ws', WebSocket],
  ['a WebSocket as browsers have it', PlainWebSocket],
] as const;

interface Opened {
  readonly session: WebSocketSession;
  readonly peer: Peer;
  readonly connector: Connector<WebSocketSession>;
  readonly closes: readonly (readonly [code: number, reason: string])[];
  readonly gone: () => Promise<void>;
}

/** One open session and its peer. */
async function open(
  options: Partial<WebSocketConnectorOptions> = {},
  serve?: (socket: Peer) => void,
  server?: ServerOptions,
): Promise<Opened> {
  const { url, next, closes, gone } = await webSocketServer(serve, server);
  const connector = webSocketConnector({ url, WebSocket, run: async () => Break(), ...options });
  const accepted = next();
  const session = await connector.connect(firstAttempt().attempt);
  onTestFinished(() => connector.disconnect?.(session) ?? undefined);
  return { session, peer: await accepted, connector, closes, gone };
}

async function all(messages: AsyncIterable<WebSocketMessage>): Promise<WebSocketMessage[]> {
  const read: WebSocketMessage[] = [];
  for await (const message of messages) read.push(message);
  return read;
}

describe.each(classes)('a session with %s', (_name, Class) => {
  it.each(['idle', 'shaking hands', 'sending'])(
    'that is %s when a stop comes makes no AbortController where nobody reads its signal',
    async (stage) => {
      const { url } = await webSocketServer((socket) => tcpOf(socket).pause());
      let reach = () => {};
      const reached = new Promise<void>((resolve) => (reach = resolve));
      const read = async (session: WebSocketSession) => {
        const message = session[Symbol.asyncIterator]().next();
        reach();
        await message;
      };
      const connector = webSocketConnector({
        url,
        WebSocket: Class,
        highWaterMark: 0,
        closeTimeoutMs: 0,
        protocols: () => [],
        heartbeat: { message: 'ping' },
        handshake: async (session) => {
          if (stage === 'shaking hands') await read(session);
        },
        async run(session) {
          const held = stage === 'sending' ? session.send(new Uint8Array(8_000_000)) : undefined;
          if (held === undefined) await read(session);
          reach();
          await held;
          return Break();
        },
      });
      const controllers = countControllers();
      const actor = createReconnectActor(connector);
      const ended = new Promise<void>((complete) => actor.subscribe({ complete }));
      actor.start();
      await reached;
      actor.send({ type: 'stop' });
      await ended;
      expect(actor.getSnapshot().output).toEqual({ status: 'stopped' });
      expect(controllers()).toBe(0);
    },
  );
});

describe.each(classes)('the messages of a session with %s', (_name, Class) => {
  const options = { WebSocket: Class };

  it('are strings and Uint8Arrays, in order, down to the empty ones', async () => {
    const { session, peer } = await open(options);
    peer.send('text');
    peer.send(Buffer.from([1, 2, 3]));
    peer.send('');
    peer.send(new Uint8Array(0));
    peer.close(1000);
    const read = await all(session);
    expect(read).toEqual(['text', new Uint8Array([1, 2, 3]), '', new Uint8Array(0)]);
    // A Buffer would be one too, and behave unlike what a browser gives.
    expect(read[1]?.constructor).toBe(Uint8Array);
  });

  it('that came before the loss are read before the error', async () => {
    const { session, peer } = await open(options);
    peer.send('a');
    peer.send('b', () => peer.terminate());
    const read: WebSocketMessage[] = [];
    const reading = (async () => {
      for await (const message of session) read.push(message);
    })();
    const error = await rejection(reading);
    expect(read).toEqual(['a', 'b']);
    expect(error).toBeInstanceOf(WebSocketClosedError);
    expect(error).toMatchObject({ closeCode: 1006, wasClean: false });
    expect(isRetryableWebSocketError(error)).toBe(true);
  });

  it('end with the reason of the run’s signal at once; messages() reads on', async () => {
    const { url, accepted } = await webSocketServer((socket) =>
      socket.on('message', () => socket.close(1000)),
    );
    const stop = new AbortController();
    const seen: unknown[] = [];
    const signals: AbortSignal[] = [];
    const connector = webSocketConnector({
      url,
      WebSocket: Class,
      async run(session, { signal }) {
        signals.push(signal);
        seen.push(
          await rejection(
            (async () => {
              setImmediate(() => stop.abort('enough'));
              for await (const message of session) expect.unreachable(String(message));
            })(),
          ),
        );
        await session.send('bye');
        for await (const message of session.messages()) seen.push(message);
        return Continue();
      },
    });
    expect(await run(connector, { signal: stop.signal })).toEqual({
      status: 'stopped',
      reason: 'enough',
    });
    expect(seen).toMatchObject([{ code: 'ERR_STOP_REQUESTED' }]);
    expect(accepted).toHaveLength(1);
    expect(listenersOn(signals[0] as AbortSignal)).toBe(0);
  });

  it('are not lost when a loop is left and another begins', async () => {
    const { session, peer } = await open(options);
    for (const text of ['a', 'b', 'c']) peer.send(text);
    peer.close();
    const read: WebSocketMessage[] = [];
    for await (const message of session) {
      read.push(message);
      break;
    }
    expect([...read, ...(await all(session))]).toEqual(['a', 'b', 'c']);
  });
});

describe('a reader that is too slow', () => {
  const big = 'x'.repeat(1000);
  /** With what each message weighs beyond its length. */
  const readAheadBytes = 3 * 1064;

  it('pauses ws, and gets every message', async () => {
    const paused: boolean[] = [];
    const queuedAtResume: number[] = [];
    const read: WebSocketMessage[] = [];
    let arrived = 0;
    class Watched extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols);
        this.on('message', () => arrived++);
      }
      override pause() {
        paused.push(true);
        super.pause();
      }
      override resume() {
        paused.push(false);
        // One has been taken, and is not in `read` yet.
        queuedAtResume.push(arrived - read.length - 1);
        super.resume();
      }
    }
    const { session, peer } = await open({ WebSocket: Watched, readAheadBytes });
    const count = 20_000;
    for (let i = 0; i < count; i++) peer.send(big + i);
    peer.close(1000);
    await expect.poll(() => paused.length, { timeout: 20_000 }).toBe(1);
    for await (const message of session) read.push(message);
    expect(read).toEqual(Array.from({ length: count }, (_, i) => big + i));
    expect(paused.slice(0, 2)).toEqual([true, false]);
    // Half of three.
    expect(Math.max(...queuedAtResume)).toBe(1);
  }, 60_000);

  it('ends the session with MessageOverflowError where there is no pause: retryable', async () => {
    const options = { WebSocket: PlainWebSocket, readAheadBytes };
    const { session, peer, gone } = await open(options);
    for (let i = 0; i < 4; i++) peer.send(big);
    const { error } = await session.closed;
    expect(error).toBeInstanceOf(MessageOverflowError);
    expect(error).toMatchObject({ code: 'ERR_MESSAGE_OVERFLOW', readAheadBytes });
    expect(isRetryableWebSocketError(error)).toBe(true);
    const read: WebSocketMessage[] = [];
    const reading = (async () => {
      for await (const message of session) read.push(message);
    })();
    expect(await rejection(reading)).toBe(error);
    expect(read).toEqual([big, big, big]);
    await gone();
  });

  it('may still get one message that is larger than the bound', async () => {
    const options = { WebSocket: PlainWebSocket, readAheadBytes: 10 };
    const { session, peer } = await open(options);
    peer.send(big);
    peer.close(1000);
    await session.closed;
    expect(await all(session)).toEqual([big]);
  });

  it('does not keep a release from seeing the peer’s close', async () => {
    const { session, peer, connector } = await open({ readAheadBytes });
    for (let i = 0; i < 2000; i++) peer.send(big);
    await session.messages().next();
    await connector.disconnect?.(session);
    expect(await session.closed).toMatchObject({ code: 1000, wasClean: true });
  });
});

describe.each(classes)('send with %s', (_name, Class) => {
  it('takes strings, ArrayBuffers and Uint8Arrays', async () => {
    const { session, peer } = await open({ WebSocket: Class });
    const received: unknown[] = [];
    peer.on('message', (data: Buffer, isBinary) =>
      received.push(isBinary ? [...data] : String(data)),
    );
    await session.send('text');
    await session.send(new Uint8Array([1, 2]));
    await session.send(new Uint8Array([9, 3, 4, 9]).subarray(1, 3));
    await session.send(new Uint8Array([5]).buffer);
    const done = new Promise((resolve) => peer.once('close', resolve));
    await session.close();
    await done;
    expect(received).toEqual(['text', [1, 2], [3, 4], [5]]);
  });

  it('takes views, what other realms have made, and Blobs', async () => {
    const { session, peer } = await open({ WebSocket: Class });
    const received: unknown[] = [];
    peer.on('message', (data: Buffer) => received.push([...data]));
    const elsewhere = (code: string) => runInNewContext(code) as ArrayBuffer | Uint8Array;
    void session.send(new Float32Array([1]));
    void session.send(new DataView(new ArrayBuffer(2), 1));
    void session.send(elsewhere('new Uint8Array([1, 2])'));
    void session.send(elsewhere('new Uint8Array([3]).buffer'));
    void session.send(new Blob(['b']));
    void session.send('z');
    await expect.poll(() => received.length).toBe(6);
    expect(received).toEqual([[0, 0, 128, 63], [0], [1, 2], [3], [98], [122]]);
  });

  it.each([
    [7],
    [null],
    [undefined],
    [{}],
    [[1, 2]],
    [new SharedArrayBuffer(1)],
    [new Uint8Array(new SharedArrayBuffer(1))],
  ])('throws at once when it is given %o, also when the session has closed', async (data) => {
    const { session } = await open({ WebSocket: Class });
    const send = () => session.send(data as never);
    expect(send).toThrow(InvalidOptionError);
    expect(send).toThrow('`data` must be a string, an ArrayBuffer, a view of one, or a Blob');
    await session.close();
    expect(send).toThrow(InvalidOptionError);
  });

  it('is held back above highWaterMark until the peer reads, and no timer is left', async () => {
    const clock = virtualClock();
    const { session, peer } = await open({
      WebSocket: Class,
      highWaterMark: 0,
      clock,
      heartbeat: false,
    });
    const tcp = tcpOf(peer);
    tcp.pause();
    const chunk = new Uint8Array(8_000_000);
    const order: string[] = [];
    const first = session.send(chunk).then(() => order.push('first'));
    const second = session.send(chunk).then(() => order.push('second'));
    const looks: unknown[] = [];
    for (let i = 0; i < 6; i++) {
      await clock.drain();
      looks.push(clock.pending);
      await clock.next();
    }
    expect(looks).toEqual([[1], [2], [4], [8], [16], [16]]);
    expect(session.bufferedAmount).toBeGreaterThan(0);
    expect([order, clock.pending.length]).toEqual([[], 1]);
    tcp.resume();
    await expect
      .poll(() => clock.advance(16).then(() => session.bufferedAmount), { timeout: 20_000 })
      .toBe(0);
    await clock.advance(16);
    await Promise.all([first, second]);
    expect(order).toEqual(['first', 'second']);
    expect(clock.pending).toEqual([]);
  });

  it('rejects with what closed the session, also when it is held back; nobody must listen', async () => {
    const clock = virtualClock();
    const { session, peer } = await open({ WebSocket: Class, highWaterMark: 0, clock });
    tcpOf(peer).pause();
    void session.send(new Uint8Array(8_000_000));
    const held = rejection(session.send(new Uint8Array(8_000_000)));
    peer.terminate();
    expect(await held).toMatchObject({ closeCode: 1006 });
    expect(await rejection(session.send('x'))).toMatchObject({ closeCode: 1006 });
    void session.send('nobody listens');
    expect(clock.pending).toEqual([]);
  });

  it('that is held back ends with an abort; one that begins after it may take its time', async () => {
    const { url, accepted } = await webSocketServer((socket) => tcpOf(socket).pause());
    const stop = new AbortController();
    const seen: unknown[] = [];
    const signals: AbortSignal[] = [];
    const connector = webSocketConnector({
      url,
      WebSocket: Class,
      highWaterMark: 0,
      async run(session, { signal }) {
        signals.push(signal);
        const held = rejection(session.send(new Uint8Array(8_000_000)));
        stop.abort('enough');
        seen.push(await held);
        const last = session.send('bye');
        for (const socket of accepted) tcpOf(socket).resume();
        await last;
        seen.push(session.bufferedAmount);
        return Continue();
      },
    });
    expect(await run(connector, { signal: stop.signal })).toMatchObject({ status: 'stopped' });
    expect(seen).toMatchObject([{ code: 'ERR_STOP_REQUESTED' }, 0]);
    expect(listenersOn(signals[0] as AbortSignal)).toBe(0);
  });

  it.each([
    [1008, false],
    [1000, true],
  ])('while a close is under way rejects with its code: %i', async (code, isRetryable) => {
    const { session, peer } = await open({ WebSocket: Class });
    const error = new Promise((resolve) => {
      peer.close(code, 'because');
      const send = () => {
        session.send('x').then(() => setImmediate(send), resolve);
      };
      send();
    });
    expect(await error).toMatchObject({ closeCode: code, reason: 'because' });
    expect(isRetryableWebSocketError(await error)).toBe(isRetryable);
  });
});

describe('send while the server closes, and does not end the connection', () => {
  it.each([
    [...classes[0], 4403],
    // It is let go of before it tells its code.
    [...classes[1], 1006],
  ])('waits no longer than closeTimeoutMs: %s', async (_name, Class, closeCode) => {
    const clock = virtualClock();
    const { session, peer } = await open({
      WebSocket: Class,
      clock,
      closeTimeoutMs: 700,
      heartbeat: false,
    });
    tcpOf(peer).pause();
    peer.close(4403);
    const look = () => {
      void session.send('x');
      return clock.pending;
    };
    await expect.poll(look, { timeout: 20_000 }).toEqual([700]);
    const error = rejection(session.send('x'));
    // Too late to be ours.
    void session.close(4403);
    await clock.advance(700);
    expect(await error).toMatchObject({ closeCode });
    expect(await session.closed).toMatchObject({ error: { closeCode } });
    peer.terminate();
  });
});

describe.each(classes)('close with %s', (_name, Class) => {
  it('ends the messages in order, and tells the peer code and reason', async () => {
    const { session, gone, closes } = await open({ WebSocket: Class });
    const reading = all(session);
    expect(await session.close(4001, 'moving')).toEqual({
      code: 4001,
      reason: 'moving',
      wasClean: true,
      error: undefined,
    });
    expect(await reading).toEqual([]);
    await gone();
    expect(closes).toEqual([[4001, 'moving']]);
  });

  it('says nothing once the session has closed', async () => {
    const { session, peer } = await open({ WebSocket: Class });
    peer.close(1011);
    await session.closed;
    expect(await session.close(4000)).toMatchObject({ code: 1011 });
  });

  it('does not hide a code of the peer’s own', async () => {
    const { session, peer } = await open({ WebSocket: Class });
    peer.close(4403);
    await new Promise((resolve) => setImmediate(resolve));
    void session.close(1000);
    const { code, error } = await session.closed;
    expect([code, error]).toMatchObject([4403, { closeCode: 4403 }]);
  });

  it.each([1001, 1005, 2999, 5000, 3000.5])('refuses the code %d', async (code) => {
    const { session } = await open({ WebSocket: Class });
    expect(() => session.close(code)).toThrow(InvalidOptionError);
  });

  it('takes a reason of 123 bytes, and refuses one of 124', async () => {
    const { session } = await open({ WebSocket: Class });
    expect(() => session.close(1000, `${'é'.repeat(61)}xy`)).toThrow(
      '`reason` must be a string of at most 123 bytes',
    );
    expect(await session.close(1000, `${'é'.repeat(61)}x`)).toMatchObject({ wasClean: true });
  });

  it('waits closeTimeoutMs for a peer that does not agree, and no longer', async () => {
    const clock = virtualClock();
    const before = openSockets();
    const { session, peer } = await open({
      WebSocket: Class,
      clock,
      closeTimeoutMs: 700,
      heartbeat: false,
    });
    tcpOf(peer).pause();
    const reading = all(session);
    let isClosed = false;
    void session.close().then(() => {
      isClosed = true;
    });
    await clock.advance(699);
    expect([isClosed, clock.pending]).toEqual([false, [1]]);
    await clock.advance(1);
    expect(await session.closed).toEqual({
      code: 1006,
      reason: '',
      wasClean: false,
      error: undefined,
    });
    expect(await reading).toEqual([]);
    expect(clock.pending).toEqual([]);
    peer.terminate();
    await expect.poll(openSockets, { timeout: 10_000 }).toBeLessThanOrEqual(before);
  });

  it('is what disconnect does, with closeCode; once it has closed there is nothing to wait for', async () => {
    const { session, connector, closes, gone } = await open({ WebSocket: Class, closeCode: 4999 });
    await connector.disconnect?.(session);
    await gone();
    expect(closes).toEqual([[4999, '']]);
    expect(connector.disconnect?.(session)).toBeUndefined();
  });
});

describe('a session that ws itself gives up', () => {
  it.each([
    ['a message above maxPayload', 1009, (peer: Peer) => peer.send('x'.repeat(1001))],
    ['text that is not UTF-8', 1007, (peer: Peer) => raw(peer, [0x81, 1, 0xff])],
    ['an unknown opcode', 1002, (peer: Peer) => raw(peer, [0x83, 0])],
  ])('because of %s ends with %i, and is transient', async (_what, closeCode, act) => {
    const { session, peer } = await open({ socketOptions: { maxPayload: 1000 } });
    act(peer);
    const error = await rejection(all(session));
    expect(error).toMatchObject({
      code: 'ERR_WEBSOCKET_CLOSED',
      closeCode,
      cause: { code: expect.stringMatching(/^WS_ERR_/) },
    });
    expect(isRetryableWebSocketError(error)).toBe(true);
  });

  it.each([
    ['a message above maxPayload', 1009, (peer: Peer) => peer.send('x'.repeat(1001)), 1000],
    ['an unknown opcode', 1002, (peer: Peer) => raw(peer, [0x83, 0]), 1000],
  ])(
    'because of %s ends with %i within closeTimeoutMs when the peer does not answer',
    async (_what, closeCode, act, maxPayload) => {
      const { session, peer } = await open({ socketOptions: { maxPayload }, closeTimeoutMs: 50 });
      tcpOf(peer).pause();
      act(peer);
      expect(await session.closed).toMatchObject({ code: closeCode, wasClean: false });
    },
  );
});

describe.each(classes)('the loop with %s', (_name, Class) => {
  it('goes on after the server was killed and came back on the same port', async () => {
    const host = '127.0.0.1';
    const first = new WebSocketServer({ host, port: 0 });
    await once(first, 'listening');
    const { port } = first.address() as AddressInfo;
    first.on('connection', (socket) => socket.send('first'));
    const read: unknown[] = [];
    const connector = webSocketConnector<string>({
      url: `ws://${host}:${port}`,
      WebSocket: Class,
      async run(session, { epoch }) {
        for await (const message of session) {
          read.push([epoch, message]);
          if (message === 'second') return Break('done');
          first.close();
          for (const socket of first.clients) socket.terminate();
        }
        return Continue();
      },
    });
    const actor = createReconnectActor(connector, { backoff: constantBackoff(5) });
    const refused = new Promise<void>((resolve) =>
      actor.on('retry.scheduled', ({ error }) => {
        if ((error as { code?: string } | undefined)?.code === 'ECONNREFUSED') resolve();
      }),
    );
    const done = new Promise<void>((resolve) => actor.subscribe({ complete: resolve }));
    actor.start();
    await refused;
    const second = new WebSocketServer({ host, port });
    second.on('connection', (socket) => socket.send('second'));
    await done;
    await new Promise((resolve) => second.close(resolve));
    expect(actor.getSnapshot().output).toEqual({ status: 'completed', value: 'done' });
    expect(read).toEqual([
      [1, 'first'],
      [2, 'second'],
    ]);
  });
});

/** Bytes as they are, past the peer's own framing. */
function raw(peer: Peer, bytes: number[]): void {
  tcpOf(peer).write(Buffer.from(bytes));
}
