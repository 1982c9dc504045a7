import { once } from 'node:events';
import { type Connector, Continue, type RunContext } from 'schmoozer';
import { type VirtualClock, virtualClock } from 'schmoozer/testing';
import {
  HeartbeatTimeoutError,
  MessageOverflowError,
  WebSocketClosedError,
  webSocketConnector,
  type WebSocketConnectorOptions,
  type WebSocketMessage,
  type WebSocketSession,
} from 'schmoozer/websocket';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type ServerOptions, WebSocket, type WebSocket as Peer } from 'ws';
import type { ConnectionEnd } from '../../../../src/core/connector.js';
import { firstAttempt } from '../../../support/attempt.js';
import { collectGarbage } from '../../../support/collectGarbage.js';
import { openSockets, rejection, reset } from '../../../support/loopback.js';
import { PlainWebSocket } from '../../../support/plainWebSocket.js';
import { tcpOf, watchPause, webSocketServer } from '../../../support/webSocketServer.js';

// Real sockets on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 });

const classes = [
  ['ws', WebSocket],
  ['a WebSocket as browsers have it', PlainWebSocket],
] as const;

interface Opened {
  readonly connector: Connector<WebSocketSession>;
  readonly session: WebSocketSession;
  readonly peer: Peer;
  /** Nothing moves it but the tests: what settles while it stands does not wait for a timer of ours. */
  readonly clock: VirtualClock;
  /** Settles as `closed` does. */
  readonly end: Promise<ConnectionEnd>;
}

async function open(
  options: Partial<WebSocketConnectorOptions> = {},
  server?: ServerOptions,
): Promise<Opened> {
  const { url, next } = await webSocketServer(undefined, server);
  const clock = virtualClock();
  const run = async () => Continue();
  const connector = webSocketConnector({ url, WebSocket, clock, run, ...options });
  const accepted = next();
  const session = await connector.connect(firstAttempt().attempt);
  const peer = await accepted;
  onTestFinished(() => peer.terminate());
  const end = Promise.resolve(connector.closed?.(session)) as Promise<ConnectionEnd>;
  return { connector, session, peer, clock, end };
}

/** Resolves when what the peer has sent so far has come in. */
async function arrived(peer: Peer): Promise<void> {
  peer.ping();
  await once(peer, 'pong');
}

async function all(messages: AsyncIterable<WebSocketMessage>): Promise<WebSocketMessage[]> {
  const read: WebSocketMessage[] = [];
  for await (const message of messages) read.push(message);
  return read;
}

/** A frame as it is, from a peer that does nothing else for the close. */
function closeFrame(peer: Peer, code: number, reason = ''): void {
  tcpOf(peer).write(Buffer.from([0x88, 2 + reason.length, code >> 8, code & 0xff]));
  tcpOf(peer).write(reason);
}

/** How a WebSocket ends, and what `closed` says about it. */
const ends = [
  {
    name: 'a close frame, and the end of the connection after our answer',
    act: (peer: Peer) => peer.close(1011, 'broken'),
    detail: { code: 1011, reason: 'broken', wasClean: true },
  },
  {
    name: 'a close frame alone: the peer neither reads on nor hangs up',
    act: (peer: Peer) => {
      tcpOf(peer).pause();
      closeFrame(peer, 1008, 'no');
    },
    detail: { code: 1008, reason: 'no', wasClean: true },
  },
  {
    name: 'a close frame without a code, alone',
    act: (peer: Peer) => {
      tcpOf(peer).pause();
      tcpOf(peer).write(Buffer.from([0x88, 0]));
    },
    detail: { code: 1005, reason: '', wasClean: true },
  },
  {
    name: 'a FIN',
    act: (peer: Peer) => tcpOf(peer).end(),
    detail: { code: 1006, reason: '', wasClean: false },
  },
  {
    name: 'a FIN of a peer that does not read',
    act: (peer: Peer) => {
      tcpOf(peer).pause();
      tcpOf(peer).end();
    },
    detail: { code: 1006, reason: '', wasClean: false },
  },
  {
    name: 'an RST',
    act: (peer: Peer) => reset(tcpOf(peer)),
    detail: { code: 1006, reason: '', wasClean: false },
  },
] as const;

/** What `run` does meanwhile; each of them would go on for ever. */
const runs: Readonly<Record<string, (session: WebSocketSession, context: RunContext) => unknown>> =
  {
    'only sends': async (session) => {
      for (;;) {
        await session.send('x');
        await new Promise(setImmediate);
      }
    },
    'only sends, and is held back': async (session) => {
      for (;;) await session.send(new Uint8Array(2_000_000));
    },
    'only waits for its signal': (_session, { signal }) => never(signal),
    'hangs in a handler': async (session, { signal }) => {
      for await (const _ of session) await never(signal);
    },
    'never reads': (_session, { signal }) => never(signal),
  };

function never(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason as Error)),
  );
}

describe.each(Object.entries(runs))('while run %s', (_name, run) => {
  it.each(ends)('closed settles after $name', async ({ act, detail }) => {
    const stop = new AbortController();
    const { connector, session, peer, clock, end } = await open({
      async run(its, context) {
        await run(its, context);
        return Continue();
      },
    });
    const running = Promise.resolve(connector.run(session, { signal: stop.signal, epoch: 1 }));
    running.catch(() => {});
    peer.send('one');
    await arrived(peer);
    act(peer);
    const { detail: told, error } = await end;
    expect(told).toEqual(detail);
    expect(error === undefined).toBe(detail.code === 1005);
    expect(error ?? new WebSocketClosedError(1005, '', true)).toMatchObject({
      closeCode: detail.code,
    });
    // The release leaves nothing, whether the peer has hung up or not.
    stop.abort(new Error('lost'));
    const released = Promise.resolve(connector.disconnect?.(session));
    await clock.advance(1000);
    await released;
    expect(clock.pending).toEqual([]);
    // What the session ended with is not looked at again.
    expect((await session.closed).error === undefined).toBe(detail.code === 1005);
  });
});

describe.each(classes)('closed with %s', (_name, Class) => {
  const options = { WebSocket: Class };

  it('has no drained when nothing waits to be read', async () => {
    const { peer, end } = await open(options);
    peer.close(1001);
    expect(await end).toEqual({ detail: { code: 1001, reason: '', wasClean: true } });
  });

  it('has a drained that settles when the reader comes back after the last message', async () => {
    const { session, peer, end } = await open(options);
    for (const text of ['a', 'b', 'c']) peer.send(text);
    peer.close(1011);
    const { drained } = await end;
    let isDrained = false;
    void drained?.then(() => {
      isDrained = true;
    });
    for (const text of ['a', 'b', 'c']) {
      expect(await session.messages().next()).toMatchObject({ value: text });
      await new Promise(setImmediate);
      expect(isDrained).toBe(false);
    }
    expect(await rejection(session.messages().next())).toMatchObject({ closeCode: 1011 });
    await drained;
  });

  it('has one drained for all who ask, which settles when what waits is dropped', async () => {
    const { connector, session, peer, end } = await open(options);
    peer.send('a');
    peer.close(1001);
    const { drained } = await end;
    expect((await connector.closed?.(session))?.drained).toBe(drained);
    await connector.disconnect?.(session);
    await drained;
    expect(await all(session)).toEqual([]);
  });

  it('settles without an error when the session was closed by us', async () => {
    const { session, end } = await open(options);
    await session.close(4000, 'enough');
    expect(await end).toEqual({ detail: { code: 4000, reason: 'enough', wasClean: true } });
  });

  it('settles without an error after a release, whatever the peer says meanwhile', async () => {
    const { connector, session, peer, end } = await open({ ...options, maxMessageBytes: 10 });
    peer.send('x'.repeat(11));
    const released = connector.disconnect?.(session);
    peer.close(1011, 'broken');
    await released;
    expect((await end).error).toBeUndefined();
  });

  it('settles with the error of the heartbeat', async () => {
    const heartbeat = { intervalMs: 1000, timeoutMs: 200, message: 'ping' };
    const { clock, end } = await open({ ...options, heartbeat });
    await clock.advance(1200);
    const { error, detail } = await end;
    expect(error).toBeInstanceOf(HeartbeatTimeoutError);
    expect(detail).toEqual({ code: 1006, reason: '', wasClean: false });
  });

  it('settles with MessageOverflowError beyond readAheadBytes with `onOverflow: end`', async () => {
    const { session, peer, end } = await open({
      ...options,
      readAheadBytes: 200,
      onOverflow: 'end',
    });
    for (const text of ['a', 'b', 'c', 'd']) peer.send(text);
    const { error, drained } = await end;
    expect(error).toBeInstanceOf(MessageOverflowError);
    const reading = rejection(all(session));
    await drained;
    expect(await reading).toBe(error);
  });

  it('shows a reason without what a terminal or a log would take for a command', async () => {
    const { peer, end } = await open(options);
    peer.close(1001, '\u001b[2J\u202e');
    expect((await end).detail).toMatchObject({ reason: '\\u{1B}[2J\\u{202E}' });
  });

  it.each([1012, 1013])(
    'has the hint of %i, the same that run ends with, drawn once',
    async (code) => {
      let draws = 0;
      const asked: unknown[] = [];
      const { connector, session, peer, end } = await open({
        ...options,
        random: () => {
          draws++;
          return 0.5;
        },
        isRetryable: (error, facts) => {
          asked.push(facts);
          return 'transient';
        },
        async run(its) {
          await all(its);
          return Continue();
        },
      });
      const { signal } = firstAttempt().attempt;
      const running = rejection(connector.run(session, { signal, epoch: 1 }));
      peer.close(code);
      const { error } = await end;
      expect(error).toMatchObject({
        code: 'ERR_RETRYABLE',
        delayMs: 17_500,
        cause: { closeCode: code },
      });
      expect(await running).toBe(error);
      expect(draws).toBe(1);
      expect(asked).toEqual([{ phase: 'run', attempt: 0, epoch: 1, hasBeenStable: false }]);
    },
  );

  it.each<[string, WebSocketConnectorOptions['run']]>([
    [
      'reads',
      async (session) => {
        await all(session);
        return Continue();
      },
    ],
    ['waits for closed', (session) => session.closed.then(() => Continue())],
    [
      'waits for its send',
      (session) =>
        session.send(new Uint8Array(8_000_000)).then(
          () => Continue(),
          () => Continue(),
        ),
    ],
  ])('settles before a run that %s, so that the end is known to be a loss', async (_what, run) => {
    const { connector, session, peer } = await open({ ...options, run, highWaterMark: 0 });
    const order: string[] = [];
    const { signal } = firstAttempt().attempt;
    const push = () => order.push('run');
    const running = connector.run(session, { signal, epoch: 1 }).then(push, push);
    const ended = connector.closed?.(session).then(() => order.push('closed'));
    tcpOf(peer).pause();
    reset(tcpOf(peer));
    await Promise.all([running, ended]);
    expect(order).toEqual(['closed', 'run']);
  });
});

describe('beyond readAheadBytes', () => {
  /** A session whose `ws` is paused; much more lies behind the pause than one read of the socket brings. */
  async function paused(): Promise<Opened & { readonly isEnded: () => boolean }> {
    const { WebSocket: Watched, paused: isPaused } = watchPause();
    const opened = await open({ WebSocket: Watched, readAheadBytes: 200 });
    let isEnded = false;
    void opened.end.then(() => {
      isEnded = true;
    });
    for (let i = 0; i < 2000; i++) opened.peer.send('x'.repeat(1000));
    await isPaused;
    return { ...opened, isEnded: () => isEnded };
  }

  it('the end is seen when reading goes on', async () => {
    const { session, peer, end, isEnded } = await paused();
    peer.close(1001);
    for (let i = 0; i < 10; i++) await new Promise(setImmediate);
    expect(isEnded()).toBe(false);
    expect(await all(session)).toHaveLength(2000);
    expect(await end).toMatchObject({ detail: { code: 1001, reason: '', wasClean: true } });
  });

  it('the end is seen when a write fails', async () => {
    const { session, peer, end } = await paused();
    reset(tcpOf(peer));
    const sending = (async () => {
      for (;;) {
        await session.send('x');
        await new Promise(setImmediate);
      }
    })();
    expect(await rejection(sending)).toMatchObject({ closeCode: 1006 });
    expect(await end).toMatchObject({ error: { closeCode: 1006 } });
  });
});

describe('what still waits to go out', () => {
  it('holds up no end of a peer that neither reads nor says why it ends', async () => {
    const { session, peer, end } = await open();
    tcpOf(peer).pause();
    const sending = rejection(session.send(new Uint8Array(16_000_000)));
    for (let i = 0; i < 10; i++) await new Promise(setImmediate);
    expect(session.bufferedAmount).toBeGreaterThan(0);
    tcpOf(peer).end();
    expect(await end).toMatchObject({ detail: { code: 1006 } });
    expect(await sending).toMatchObject({ closeCode: 1006 });
    expect(await session.closed).toMatchObject({ code: 1006 });
  });

  it('goes out after the close frame of a peer that reads on, and our answer behind it', async () => {
    const { session, peer, end } = await open();
    const closed = once(peer, 'close');
    const sending = rejection(session.send(new Uint8Array(16_000_000)));
    closeFrame(peer, 4001);
    tcpOf(peer).end();
    expect(await end).toMatchObject({ detail: { code: 4001, wasClean: true } });
    expect(await sending).toMatchObject({ closeCode: 4001 });
    expect((await closed)[0]).toBe(4001);
  });
});

describe('a class that closes by itself', () => {
  it('is not taken for the peer', async () => {
    let close = () => {};
    class Impatient extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols);
        close = () => this.close(4000, 'bored');
      }
    }
    const { peer, end } = await open({ WebSocket: Impatient });
    tcpOf(peer).pause();
    close();
    closeFrame(peer, 4001, 'me too');
    expect(await end).toMatchObject({ detail: { code: 4001, reason: 'me too' } });
  });
});

describe('sessions at volume', () => {
  it.each(ends)('leave no socket, timer or session behind after $name', async ({ act }) => {
    const before = openSockets();
    const { url, server } = await webSocketServer();
    const clock = virtualClock();
    const connector = webSocketConnector({
      url,
      WebSocket,
      clock,
      heartbeat: {},
      run: async () => Continue(),
    });
    const sessions: WeakRef<WebSocketSession>[] = [];
    for (let i = 0; i < 50; i++) {
      const accepted = once(server, 'connection') as Promise<[Peer]>;
      let session = await connector.connect(firstAttempt().attempt);
      const ended = connector.closed?.(session);
      const [peer] = await accepted;
      peer.send('unread');
      act(peer);
      await ended;
      const released = Promise.resolve(connector.disconnect?.(session));
      await clock.advance(1000);
      await released;
      peer.terminate();
      sessions.push(new WeakRef(session));
      session = undefined as never;
    }
    expect(clock.pending).toEqual([]);
    await expect.poll(openSockets).toBeLessThanOrEqual(before + 1);
    await new Promise(setImmediate);
    collectGarbage();
    // The last one may still be in a register.
    expect(sessions.filter((session) => session.deref() !== undefined).length).toBeLessThanOrEqual(
      1,
    );
  });
});
