import { once } from 'node:events';
import type { Socket } from 'node:net';
import { addAbortSignal } from 'node:stream';
import type { ConnectionEnd } from '../../../../src/core/connector.js';
import { lines, ReadOverflowError, type TcpEnd } from 'schmoozer/tcp';
import { describe, expect, it } from 'vitest';
import { openSockets, pair } from '../../../support/loopback.js';
import { tcpSession, type TcpSession } from '../../../support/tcpSession.js';
import { until } from '../../../support/until.js';

const MIB = 1_048_576;
const transports = ['TCP', 'TLS'] as const;

const never = (_what?: unknown) => new Promise<never>(() => {});
const turn = (_what?: unknown) => new Promise((resolve) => setImmediate(resolve));

/** What `run` does with its socket. All but the last two leave something unread. */
const shapes: Readonly<Record<string, (socket: Socket) => unknown>> = {
  'only waits': () => {},
  'only writes': (socket) => {
    const write = () => {
      while (socket.writable && socket.write(Buffer.alloc(1000)));
    };
    socket.on('drain', write);
    write();
  },
  'has paused the socket': (socket) => socket.on('data', () => {}).pause(),
  'hangs in a loop': async (socket) => {
    for await (const chunk of socket) await never(chunk);
  },
  'reads slowly': async (socket) => {
    for await (const chunk of socket) await turn(chunk);
  },
  'reads all': (socket) => socket.resume(),
};

const cases = transports.flatMap((transport) =>
  Object.entries(shapes).flatMap(([shape, behave]) =>
    [0, 10, 900_000, MIB].map((unread) => ({ transport, shape, behave, unread })),
  ),
);

/** `closed`, as the machine calls it: after `run`. */
function watch({ connector, socket }: TcpSession, behave: (socket: Socket) => unknown = () => {}) {
  const running = Promise.resolve(behave(socket));
  // What a broken loop throws is not the question here.
  running.catch(() => {});
  return connector.closed?.(socket) as PromiseLike<ConnectionEnd & { detail: TcpEnd }>;
}

async function isPending(promise: PromiseLike<unknown>): Promise<boolean> {
  await turn();
  return (await Promise.race([promise, turn().then(() => 'pending')])) === 'pending';
}

describe.each(cases)(
  'over $transport, when run $shape and $unread bytes come',
  ({ transport, shape, behave, unread }) => {
    it('sees a FIN behind them', async () => {
      const session = await tcpSession(transport);
      const ended = watch(session, behave);
      // Who only writes has a peer that does not read.
      if (shape !== 'only writes') session.peer.resume();
      void session.endPeer(Buffer.alloc(unread));
      const { detail, drained, ...rest } = await ended;
      expect(rest).toEqual({});
      expect(drained).toBeInstanceOf(Promise);
      expect(detail.by).toBe('fin');
      if (!shape.startsWith('reads')) expect(detail.unreadBytes <= unread).toBe(true);
      if (/waits|writes|paused/.test(shape)) expect(detail.unreadBytes).toBe(unread);
    });

    it('sees a reset behind them', async () => {
      const session = await tcpSession(transport);
      const ended = watch(session, behave);
      if (unread > 0) session.peer.write(Buffer.alloc(unread));
      await until('all has arrived', () => session.socket.bytesRead >= unread);
      session.resetByPeer();
      const { detail, ...rest } = await ended;
      expect(rest).toEqual({ error: expect.objectContaining({ code: 'ECONNRESET' }) });
      expect(detail.by).toBe('reset');
      if (/waits|writes|paused/.test(shape)) expect(detail.unreadBytes).toBe(unread);
    });
  },
);

describe.each(transports)('what had arrived before a FIN over %s', (transport) => {
  const reply = Buffer.from(`${'a line of the reply\n'.repeat(40_000)}bye\n`);

  it('is read whole by a slow reader, and drained only then', async () => {
    const session = await tcpSession(transport);
    const controller = new AbortController();
    // As `run` may give its signal away; the machine fires it when all is drained.
    addAbortSignal(controller.signal, session.socket);
    const seen: Buffer[] = [];
    const reading = (async () => {
      for await (const chunk of session.socket) {
        await turn();
        seen.push(chunk as Buffer);
      }
    })();
    const ended = watch(session);
    void session.endPeer(reply);
    const { drained } = await ended;
    expect(Buffer.concat(seen).length).toBeLessThan(reply.length);
    await drained;
    controller.abort();
    await reading;
    expect(Buffer.concat(seen).equals(reply)).toBe(true);
  });

  it.each<[string, (socket: Socket) => Promise<unknown>]>([
    [
      'loop over chunks',
      async (socket) => {
        for await (const chunk of socket) await turn(chunk);
      },
    ],
    [
      'loop over lines',
      async (socket) => {
        for await (const line of lines(socket)) if (line === 'bye') await turn();
      },
    ],
    ['listener', (socket) => once(socket.resume(), 'end')],
  ])('is drained when a %s is over, and not before', async (_reader, read) => {
    const session = await tcpSession(transport);
    const order: string[] = [];
    const reading = read(session.socket).then(() => order.push('read'));
    const ended = watch(session);
    void session.endPeer(reply);
    await (
      await ended
    ).drained;
    order.push('drained');
    await reading;
    expect(order).toEqual(['read', 'drained']);
  });

  it('is not drained while nobody reads it, and is when the socket is destroyed', async () => {
    const session = await tcpSession(transport);
    const ended = watch(session);
    void session.endPeer(reply);
    const { drained } = await ended;
    expect(await isPending(drained as PromiseLike<unknown>)).toBe(true);
    session.socket.destroy();
    await drained;
  });

  it('is drained when it has been read, though what run has written is not', async () => {
    const session = await tcpSession(transport);
    const { socket, peer } = session;
    const ended = watch(session, () => socket.write(Buffer.alloc(20 * MIB)));
    void session.endPeer(reply);
    const { drained } = await ended;
    socket.resume();
    await drained;
    expect(socket.readableEnded).toBe(true);
    expect([socket.closed, socket.writableLength > 0]).toEqual([false, true]);
    peer.destroy();
  });

  it('is drained when it had been read before anybody asked', async () => {
    const session = await tcpSession(transport);
    void session.endPeer(Buffer.from('all\n'));
    const seen: string[] = [];
    for await (const line of lines(session.socket)) seen.push(line);
    expect(seen).toEqual(['all']);
    const { detail, drained } = await watch(session);
    expect(detail).toEqual({ by: 'fin', unreadBytes: 0 });
    await drained;
  });
});

describe.each(transports)('an end over %s', (transport) => {
  it('is no FIN where the socket may be half open, but that both sides have ended', async () => {
    const session = await tcpSession(transport);
    const { socket, peer } = session;
    const ended = watch(session, () => Object.assign(socket, { allowHalfOpen: true }).resume());
    void session.endPeer();
    await once(socket, 'end');
    expect(await isPending(ended)).toBe(true);
    const heard = once(peer, 'data');
    socket.write('still here');
    expect(String((await heard)[0])).toBe('still here');
    socket.end();
    expect(await ended).toEqual({ detail: { by: 'fin', unreadBytes: 0 } });
  });

  it('is a FIN that came before run, unless run lets the socket be half open', async () => {
    const first = await tcpSession(transport);
    const second = await tcpSession(transport);
    for (const { socket, endPeer } of [first, second]) {
      void endPeer(Buffer.alloc(10));
      // Node emits it for the data, and again for the end.
      await once(socket, 'readable');
      await until('the end is here', () => socket.readableLength === 10);
      await turn();
    }
    expect(await watch(first)).toMatchObject({ detail: { by: 'fin', unreadBytes: 10 } });
    const halfOpen = watch(second, (socket) => Object.assign(socket, { allowHalfOpen: true }));
    expect(await isPending(halfOpen)).toBe(true);
  });

  it('is a destroy by run, with the error if it gave one', async () => {
    const plain = await tcpSession(transport);
    const silent = watch(plain, (socket) => socket.destroy());
    expect(await silent).toEqual({ detail: { by: 'destroy', unreadBytes: 0 } });

    const error = new Error('enough');
    const loud = watch(await tcpSession(transport), (socket) => socket.destroy(error));
    expect(await loud).toEqual({ error, detail: { by: 'error', unreadBytes: 0 } });

    const aborted = watch(await tcpSession(transport), (socket) =>
      addAbortSignal(AbortSignal.abort(), socket),
    );
    expect(await aborted).toMatchObject({
      error: { name: 'AbortError' },
      detail: { by: 'destroy', unreadBytes: 0 },
    });
  });

  it('is told to everybody who asks, also later', async () => {
    const session = await tcpSession(transport);
    const first = watch(session);
    const second = watch(session);
    void session.endPeer();
    expect(await first).toMatchObject({ detail: { by: 'fin' } });
    expect(await second).toBe(await first);
    expect(await watch(session)).toBe(await first);
  });

  it('is not our own release, and nothing of ours is left on the socket', async () => {
    const session = await tcpSession(transport);
    const { connector, socket, peer } = session;
    peer.resume().on('end', () => peer.end());
    const ended = watch(session);
    await connector.disconnect?.(socket);
    expect(socket.closed).toBe(true);
    expect(await isPending(ended)).toBe(true);
    expect(Object.keys(socket)).not.toContain('push');
    expect(Object.keys(socket)).not.toContain('_read');
  });
});

describe.each(transports)('closed over %s settles before a run that', (transport) => {
  const ways: Readonly<Record<string, (socket: Socket) => PromiseLike<unknown>>> = {
    'reads lines': async (socket) => {
      for await (const line of lines(socket)) expect.unreachable(line);
    },
    'waits for the end': (socket) => once(socket.resume(), 'end').then(() => {}),
    'waits for its write': (socket) =>
      new Promise((resolve) => socket.write(Buffer.alloc(20 * MIB), resolve)).then(() => {}),
  };

  it.each(Object.entries(ways))('%s', async (what, wait) => {
    const session = await tcpSession(transport);
    const order: string[] = [];
    const push = () => order.push('run');
    const running = wait(session.socket).then(push, push);
    const ended = watch(session).then(() => order.push('closed'));
    if (what === 'waits for the end') void session.endPeer();
    else session.resetByPeer();
    await Promise.all([running, ended]);
    expect(order).toEqual(['closed', 'run']);
  });
});

describe('more than readAheadBytes', () => {
  it.each(transports)(
    'hold the peer up over %s until run reads, which sees the end',
    async (transport) => {
      const session = await tcpSession(transport, { readAheadBytes: 200_000 });
      const { socket, peer } = session;
      const ended = watch(session);
      const much = Buffer.alloc(20 * MIB, 'x');
      void session.endPeer(much);
      await until('the socket is full', () => socket.bytesRead > 200_000);
      const before = socket.bytesRead;
      expect(await isPending(ended)).toBe(true);
      // No more than what one turn of Node brings: a read, and over TLS what was decrypted by then.
      expect(socket.bytesRead).toBe(before);
      expect(socket.bytesRead).toBeLessThan(400_000);
      expect(peer.writableLength).toBeGreaterThan(0);
      let seen = 0;
      const read = once(socket, 'end');
      socket.on('data', (chunk: Buffer) => (seen += chunk.length));
      expect(await ended).toMatchObject({ detail: { by: 'fin' } });
      await read;
      expect(seen).toBe(much.length);
    },
  );

  it.each(transports)(
    'are read on over %s as soon as so much has been read, not all',
    async (transport) => {
      const session = await tcpSession(transport, { readAheadBytes: 500_000 });
      const { socket } = session;
      const ended = watch(session);
      void session.endPeer(Buffer.alloc(700_000));
      await until('the socket is full', () => socket.bytesRead > 500_000);
      expect(await isPending(ended)).toBe(true);
      // In pieces: a single read takes what Node has of its own, and that is less than what is missing.
      for (let read = 0; read < 250_000; await turn()) {
        read += ((socket.read() as Buffer | null) ?? '').length;
      }
      const { detail } = await ended;
      expect(detail.by).toBe('fin');
      expect(detail.unreadBytes).toBeGreaterThan(300_000);
    },
  );

  it.each(transports)('end the session over %s if that is wanted', async (transport) => {
    const session = await tcpSession(transport, { readAheadBytes: 200_000, onOverflow: 'end' });
    const { socket, peer } = session;
    const reading = (async () => {
      for await (const chunk of socket) await never(chunk);
    })();
    reading.catch(() => {});
    const ended = watch(session);
    peer.write(Buffer.alloc(MIB));
    const { error, detail, ...rest } = await ended;
    expect(error).toBeInstanceOf(ReadOverflowError);
    expect(error).toMatchObject({ code: 'ERR_READ_OVERFLOW', readAheadBytes: 200_000 });
    expect(detail.by).toBe('overflow');
    expect(detail.unreadBytes).toBeGreaterThan(200_000);
    expect(rest).toEqual({});
    expect(socket.errored).toBe(error);
  });

  it('are no less than the buffer of Node', async () => {
    const session = await tcpSession('TCP', { readAheadBytes: 0, onOverflow: 'end' });
    const ended = watch(session);
    void session.endPeer(Buffer.alloc(session.socket.readableHighWaterMark - 1));
    expect(await ended).toMatchObject({ detail: { by: 'fin' } });
  });
});

describe('a socket that the connector did not make', () => {
  it('is watched from the question on', async () => {
    const { connector } = await tcpSession('TCP');
    const { ours, theirs } = await pair();
    const ended = connector.closed?.(ours);
    theirs.end('last');
    expect(await ended).toMatchObject({ detail: { by: 'fin', unreadBytes: 4 } });
  });

  it('has ended if it is closed, and is released like any other', async () => {
    const { connector } = await tcpSession('TCP');
    const { ours } = await pair();
    ours.destroy();
    await once(ours, 'close');
    expect(await connector.closed?.(ours)).toEqual({ detail: { by: 'destroy', unreadBytes: 0 } });
    const other = await pair();
    other.theirs.resume().on('end', () => other.theirs.end());
    await connector.disconnect?.(other.ours);
    expect(other.ours.closed).toBe(true);
  });
});

describe('many sessions', () => {
  it('leave no socket, listener or override behind, however they ended', async () => {
    const before = openSockets();
    const ends: ((session: TcpSession) => unknown)[] = [
      (session) => session.endPeer(Buffer.alloc(200_000)),
      (session) => session.resetByPeer(),
      (session) => session.socket.destroy(),
      (session) => session.peer.write(Buffer.alloc(200_000)),
    ];
    for (let i = 0; i < 100; i += 1) {
      const session = await tcpSession(i % 10 === 0 ? 'TLS' : 'TCP', { closeTimeoutMs: 20 });
      const { connector, socket, peer } = session;
      const ended = watch(session);
      const kind = i % ends.length;
      void ends[kind]?.(session);
      if (kind < 3) await ended;
      await connector.disconnect?.(socket);
      peer.destroy();
      expect(socket.closed).toBe(true);
      expect(Object.keys(socket).filter((key) => /^(push|_read)$/.test(key))).toEqual([]);
      const { ours } = await pair();
      const names = ['close', 'end', 'error', 'data', 'readable', 'drain'];
      const counts = (one: Socket) => names.map((name) => one.listenerCount(name));
      if (i % 10 !== 0) expect(counts(socket)).toEqual(counts(ours));
      ours.destroy();
    }
    await until('all sockets are closed', () => openSockets() <= before + 101);
  });
});
