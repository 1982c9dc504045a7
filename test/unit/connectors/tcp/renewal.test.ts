import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import {
  Break,
  ConnectionLost,
  constantBackoff,
  Continue,
  type ControlFlow,
  createReconnectActor,
  type ReconnectEmitted,
  type RunContext,
} from 'schmoozer';
import { lines, SilenceError, tcpConnector, type TcpConnectorOptions, write } from 'schmoozer/tcp';
import { virtualClock } from 'schmoozer/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listening } from '../../../support/loopback.js';
import { type Transport, tcpSession } from '../../../support/tcpSession.js';
import { until } from '../../../support/until.js';

const host = '127.0.0.1';

/** A link whose clock stands still; the timers of the machine are on another. */
async function link(
  serve: (peer: Socket) => void,
  run: (socket: Socket, context: RunContext) => Promise<ControlFlow>,
  options: Partial<TcpConnectorOptions>,
) {
  const clock = virtualClock();
  const peers: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (peer) => {
    peers.push(peer);
    serve(peer);
    // A release must not wait for the clock that stands still.
    peer.on('end', () => peer.end()).resume();
  });
  const port = await listening(server);
  const connector = tcpConnector({ host, port, clock, run, ...options });
  const actor = createReconnectActor(connector, { backoff: constantBackoff(0) });
  const events: ReconnectEmitted[] = [];
  actor.on('*', (event) => void events.push(event));
  const over = new Promise<void>((complete) => actor.subscribe({ complete }));
  onTestFinished(async () => {
    if (actor.getSnapshot().status === 'active') actor.send({ type: 'stop' });
    await over;
  });
  actor.start();
  const isOpened = () => events.some(({ type }) => type === 'connection.opened');
  await until('the first session', () => isOpened() && peers.length > 0);
  return { clock, peers, actor, events, over };
}

const waits = (_socket: Socket, { signal }: RunContext): Promise<ControlFlow> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(Continue())));

/** Waits for its signal as most do: with an error. */
const reads = async (socket: Socket, { signal }: RunContext): Promise<ControlFlow> => {
  for await (const line of lines(socket, { signal })) if (line === 'stop') return Break();
  return Continue();
};

describe('maxAgeMs', () => {
  it.each([
    ['returns Continue', waits],
    ['throws what the signal says', reads],
  ])('ends a session in order when run %s, and the next one has its own age', async (_how, run) => {
    const { clock, peers, events } = await link(() => {}, run, {
      maxAgeMs: 60_000,
      maxAgeSpreadMs: 10_000,
      random: () => 0.5,
    });
    for (const session of [1, 2]) {
      expect(clock.pending).toEqual([55_000]);
      await clock.advance(54_999);
      expect(peers).toHaveLength(session);
      await clock.advance(1);
      await until(
        'the next session',
        () => peers.length === session + 1 && clock.pending.length > 0,
      );
    }
    const closed = events.filter(({ type }) => type === 'connection.closed');
    expect(closed).toHaveLength(2);
    for (const event of closed) {
      expect(event).toMatchObject({ cause: 'lost', detail: { by: 'age', unreadBytes: 0 } });
      expect('error' in event && event.error).toBeFalsy();
    }
    const retries = events.filter(({ type }) => type === 'retry.scheduled');
    for (const event of retries) expect('error' in event && event.error).toBeFalsy();
    expect(events.some(({ type }) => type === 'attempt.failed')).toBe(false);
  });

  it('lets run finish what it is at: the connection is good', async () => {
    const answers: string[] = [];
    const { clock, peers } = await link(
      (peer) => peer.on('data', (question: Buffer) => peer.write(`answer to ${String(question)}`)),
      async (socket, { signal }) => {
        if (signal.aborted) return Continue();
        await once(signal, 'abort');
        expect(signal.reason).toBeInstanceOf(ConnectionLost);
        await write(socket, 'the last question\n');
        const { value } = await lines(socket).next();
        answers.push(String(value));
        return Continue();
      },
      { maxAgeMs: 1000 },
    );
    await clock.advance(1000);
    await until('the next session', () => peers.length === 2);
    expect(answers).toEqual(['answer to the last question']);
  });

  it('is shortened by up to a tenth by default', async () => {
    const { clock } = await link(() => {}, waits, { maxAgeMs: 1000, random: () => 1 });
    expect(clock.pending).toEqual([900]);
  });

  it('leaves no timer behind when the session ends before', async () => {
    const { clock, peers, actor } = await link(() => {}, waits, {
      maxAgeMs: 1000,
      silenceMs: 5000,
    });
    expect(clock.pending).toHaveLength(2);
    peers[0]?.destroy();
    await until(
      'the next session',
      () => peers.length === 2 && actor.getSnapshot().hasTag('online'),
    );
    expect(clock.pending).toHaveLength(2);
    actor.send({ type: 'stop' });
    await until('the end', () => clock.pending.length === 0);
  });
});

describe('silenceMs', () => {
  it.each<Transport>(['TCP', 'TLS'])(
    'over %s ends a session in which nothing comes in',
    async (transport) => {
      const clock = virtualClock();
      const { connector, socket, peer } = await tcpSession(transport, { clock, silenceMs: 1000 });
      const ended = connector.closed?.(socket);
      // What we send is no sign of life.
      socket.write('anybody there?\n');
      await clock.advance(900);
      const before = socket.bytesRead;
      peer.write('yes\n');
      await until('the answer', () => socket.bytesRead > before);
      await clock.advance(1000);
      expect(socket.destroyed).toBe(false);
      await clock.advance(250);
      const { error, detail } = (await ended) as { error: unknown; detail: unknown };
      expect(error).toBeInstanceOf(SilenceError);
      expect(error).toMatchObject({ code: 'ERR_SILENCE', silenceMs: 1000, wasPaused: false });
      expect(detail).toEqual({ by: 'silence', unreadBytes: 4 });
      expect(
        connector.isRetryable?.(error, { phase: 'run', attempt: 0, epoch: 1, hasBeenStable: true }),
      ).toBe(true);
      expect(clock.pending).toEqual([]);
    },
  );

  it('says so when run is behind, and the socket was paused', async () => {
    const clock = virtualClock();
    const options = { clock, silenceMs: 1000, readAheadBytes: 0 };
    const { connector, socket, peer } = await tcpSession('TCP', options);
    const ended = connector.closed?.(socket);
    peer.write(Buffer.alloc(1 << 20));
    await until('the pause', () => socket.readableLength >= socket.readableHighWaterMark);
    for (let i = 0; i < 10; i++) await new Promise(setImmediate);
    await clock.advance(1250);
    expect(await ended).toMatchObject({ error: { code: 'ERR_SILENCE', wasPaused: true } });
  });

  it('is not counted when the session has ended: what had arrived can be read', async () => {
    const clock = virtualClock();
    const { connector, socket, endPeer } = await tcpSession('TCP', {
      clock,
      silenceMs: 1000,
      maxAgeMs: 5000,
    });
    const ended = connector.closed?.(socket);
    void endPeer(Buffer.from('last words\n'));
    expect(await ended).toMatchObject({ detail: { by: 'fin', unreadBytes: 11 } });
    expect(clock.pending).toEqual([]);
    expect(await lines(socket).next()).toMatchObject({ value: 'last words' });
  });

  it('brings a link back', async () => {
    const { clock, peers, events } = await link(() => {}, reads, { silenceMs: 1000 });
    await clock.advance(1000);
    await until('the next session', () => peers.length === 2);
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'retry.scheduled',
        verdict: 'transient',
        error: expect.objectContaining({ code: 'ERR_SILENCE' }),
      }),
    );
  });
});

describe('a peer that ends its direction first', () => {
  it('gets all that run still has to say, with `allowHalfOpen`', async () => {
    let bytes = 0;
    let beSilent = () => {};
    const silence = new Promise<void>((resolve) => (beSilent = resolve));
    const { clock, peers, over, events } = await link(
      (peer) => peer.on('data', (chunk: Buffer) => (bytes += chunk.length)).end('go\n'),
      async (socket) => {
        for await (const line of lines(socket)) expect(line).toBe('go');
        for (let i = 0; i < 5; i++) {
          await write(socket, 'x'.repeat(1000));
          await new Promise(setImmediate);
        }
        await silence;
        await write(socket, 'last words');
        return Break();
      },
      { socketOptions: { allowHalfOpen: true }, silenceMs: 1000 },
    );
    await until('all but the last words', () => bytes === 5000);
    // It has said that it will be silent.
    await clock.advance(5000);
    expect(clock.pending).toEqual([]);
    beSilent();
    await over;
    // It hears of our end a moment after we have sent it.
    const [peer] = peers;
    await until('the peer to close', () => peer?.closed === true);
    expect([bytes, peer?.readableEnded, peer?.errored]).toEqual([5010, true, null]);
    expect(events.find(({ type }) => type === 'connection.closed')).toMatchObject({
      cause: 'break',
    });
  });
});

describe('probe', () => {
  it('is asked on the command, with the socket, and its rejection ends the session', async () => {
    const asked: unknown[] = [];
    const { actor, peers, events } = await link(() => {}, reads, {
      async probe(socket, { signal }) {
        asked.push([socket.remoteAddress, signal.aborted]);
        throw new Error('no answer');
      },
    });
    actor.send({ type: 'probe' });
    await until('the next session', () => peers.length === 2);
    expect(asked).toEqual([[host, false]]);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'retry.scheduled', error: new Error('no answer') }),
    );
  });
});
