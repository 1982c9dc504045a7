import { Break, type Connector, constantBackoff, Continue, createReconnectActor } from 'schmoozer';
import { type VirtualClock, virtualClock } from 'schmoozer/testing';
import {
  webSocketConnector,
  type WebSocketConnectorOptions,
  type WebSocketSession,
} from 'schmoozer/websocket';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket, type WebSocket as Peer } from 'ws';
import { firstAttempt } from '../../../support/attempt.js';
import { rejection } from '../../../support/loopback.js';
import { PlainWebSocket } from '../../../support/plainWebSocket.js';
import { tcpOf, webSocketServer } from '../../../support/webSocketServer.js';

// Real sockets on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

/** More than the system takes at once. */
const BIG = new Uint8Array(16_000_000);

interface Opened {
  readonly session: WebSocketSession;
  readonly peer: Peer;
  readonly clock: VirtualClock;
  readonly connector: Connector<WebSocketSession>;
}

/** A session whose peer reads nothing until it is told to. */
async function open(options: Partial<WebSocketConnectorOptions> = {}): Promise<Opened> {
  const { url, next } = await webSocketServer((socket) => tcpOf(socket).pause(), {
    maxPayload: BIG.length,
  });
  const clock = virtualClock();
  const connector = webSocketConnector({
    url,
    WebSocket,
    clock,
    heartbeat: false,
    run: async () => Break(),
    ...options,
  });
  const accepted = next();
  const session = await connector.connect(firstAttempt().attempt);
  const peer = await accepted;
  onTestFinished(() => peer.terminate());
  return { session, peer, clock, connector };
}

const run = ({ connector, session }: Opened) =>
  Promise.resolve(connector.run(session, { signal: new AbortController().signal, epoch: 1 }));
const tail = {
  async run(session: WebSocketSession) {
    void session.send(BIG);
    return Break();
  },
};
/** Moves the clock until something is so. */
async function until(clock: VirtualClock, look: () => boolean): Promise<void> {
  await expect.poll(() => clock.advance(16).then(look), { timeout: 30_000 }).toBe(true);
}

describe.each([
  ['ws', WebSocket],
  ['a WebSocket as browsers have it', PlainWebSocket],
])('with %s', (_name, Class) => {
  it('flush resolves at once where nothing waits, also after the end', async () => {
    const { session, peer } = await open({ WebSocket: Class });
    await session.flush();
    peer.terminate();
    await session.closed;
    await session.flush();
  });

  it('flush resolves when all has gone out, and not before', async () => {
    const { session, peer, clock } = await open({ WebSocket: Class });
    await session.send(BIG.subarray(0, 100));
    void session.send(BIG);
    let isFlushed = false;
    void session.flush().then(() => (isFlushed = true));
    await clock.advance(1000);
    expect(isFlushed).toBe(false);
    tcpOf(peer).resume();
    await until(clock, () => isFlushed);
    expect([session.bufferedAmount, clock.pending]).toEqual([0, []]);
  });

  it('flush and send wait for what each of them wants', async () => {
    const { session, clock } = await open({ WebSocket: Class, highWaterMark: 0 });
    void session.send(BIG);
    const held = rejection(session.send('x'));
    const flushing = rejection(session.flush());
    void session.close();
    await clock.advance(10_000);
    expect(await held).toMatchObject({ closeCode: 1006 });
    expect(await flushing).toMatchObject({ closeCode: 1006 });
    expect(clock.pending).toEqual([]);
  });

  it('flush rejects when the session ends before, and is no unhandled rejection', async () => {
    const { session, peer } = await open({ WebSocket: Class });
    void session.send(BIG);
    const flushing = rejection(session.flush());
    void session.flush();
    peer.terminate();
    expect(await flushing).toMatchObject({ closeCode: 1006 });
    expect(await rejection(session.flush())).toMatchObject({ closeCode: 1006 });
  });

  it('a Break waits until what was sent has gone out', async () => {
    const opened = await open({ WebSocket: Class, ...tail });
    const { clock, peer, session } = opened;
    let flow: unknown;
    void run(opened).then((answer) => (flow = answer));
    await clock.advance(900);
    expect(flow).toBeUndefined();
    tcpOf(peer).resume();
    await until(clock, () => flow !== undefined);
    expect(flow).toEqual(Break());
    expect([session.bufferedAmount, clock.pending]).toEqual([0, []]);
  });

  it('a Break and a flush wait no less after a close of our own, which the peer answers between two looks', async () => {
    const opened = await open({
      WebSocket: Class,
      async run(session) {
        void session.send(BIG);
        void session.close();
        return Break();
      },
    });
    const { session, peer } = opened;
    const running = run(opened);
    const flushing = session.flush();
    tcpOf(peer).resume();
    expect(await session.closed).toMatchObject({ code: 1000, wasClean: true });
    await flushing;
    expect(await running).toEqual(Break());
    expect(opened.clock.pending).toEqual([]);
  });

  it('a Break is none when what was sent does not move for closeTimeoutMs', async () => {
    const opened = await open({ WebSocket: Class, ...tail });
    const running = rejection(run(opened));
    await opened.clock.advance(2000);
    expect(await running).toMatchObject({ closeCode: 1006 });
  });

  it('a release gives up after closeTimeoutMs in which nothing moved, and says so', async () => {
    const { session, clock, connector } = await open({ WebSocket: Class });
    void session.send(BIG);
    const released = rejection(Promise.resolve(connector.disconnect?.(session)));
    await clock.advance(999);
    expect(clock.pending).toContain(1);
    await clock.advance(1001);
    expect(await released).toMatchObject({
      code: 'ERR_WEBSOCKET_CLOSED',
      message: expect.stringMatching(/: \d+ bytes were not sent$/),
    });
    expect(clock.pending).toEqual([]);
  });
});

it('a release lets what was sent go out while it moves, four times closeTimeoutMs at most', async () => {
  const received: number[] = [];
  const { session, peer, clock, connector } = await open();
  peer.on('message', (data: Buffer) => received.push(data.length));
  void session.send(BIG);
  const released = Promise.resolve(connector.disconnect?.(session));
  const tcp = tcpOf(peer);
  tcp.resume();
  await expect.poll(() => session.bufferedAmount < BIG.length, { timeout: 30_000 }).toBe(true);
  await released;
  expect(received).toEqual([BIG.length]);
  expect(clock.pending).toEqual([]);
});

it('is told as a failed release when a stop cuts it off', async () => {
  const { url } = await webSocketServer((socket) => tcpOf(socket).pause());
  const connector = webSocketConnector({
    url,
    WebSocket,
    closeTimeoutMs: 10,
    async run(session, { signal }) {
      void session.send(BIG);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return Continue();
    },
  });
  const actor = createReconnectActor(connector, { backoff: constantBackoff(Infinity) });
  const closed = new Promise((resolve) => actor.on('connection.closed', resolve));
  const opened = new Promise((resolve) => actor.on('connection.opened', resolve));
  actor.start();
  await opened;
  actor.send({ type: 'stop' });
  expect(await closed).toMatchObject({
    cause: 'stop',
    releaseError: { message: expect.stringMatching(/bytes were not sent$/) },
  });
});

it('flush and send look without timers while the page is hidden: browsers slow those down', async () => {
  const { session, peer, clock } = await open({ highWaterMark: 0 });
  vi.stubGlobal('document', { visibilityState: 'hidden' });
  onTestFinished(() => void vi.unstubAllGlobals());
  const sent = session.send(BIG);
  expect(clock.pending).toEqual([]);
  tcpOf(peer).resume();
  await sent;
  await session.flush();
  expect(session.bufferedAmount).toBe(0);
});
