import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { addAbortSignal } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';
import {
  Break,
  ConnectionLost,
  constantBackoff,
  Continue,
  type ControlFlow,
  createReconnectActor,
  type ReconnectActorOptions,
  type ReconnectEmitted,
  type RunContext,
} from 'schmoozer';
import { lines, tcpConnector, type TcpConnectorOptions } from 'schmoozer/tcp';
import { describe, expect, it, onTestFinished } from 'vitest';
import { certificateFor } from '../../../support/certificate.js';
import { listening, openSockets, reset } from '../../../support/loopback.js';
import type { Transport } from '../../../support/tcpSession.js';
import { until } from '../../../support/until.js';

const certificate = certificateFor('server.test');
const transports: readonly Transport[] = ['TCP', 'TLS'];
const turn = (_what?: unknown) => new Promise((resolve) => setImmediate(resolve));

type Run = (socket: Socket, context: RunContext) => Promise<ControlFlow<string>>;

interface Link {
  readonly peer: Socket;
  /** What `run` gets. */
  readonly socket: Socket;
  readonly signal: AbortSignal;
  readonly events: readonly ReconnectEmitted[];
  readonly isOnline: () => boolean;
  /** The first event of a type, as soon as there is one. */
  event<T extends ReconnectEmitted['type']>(type: T): Promise<ReconnectEmitted & { type: T }>;
  resetByPeer(): void;
  stop(): void;
}

/** A link in its first session. */
async function link(
  transport: Transport,
  run: Run,
  options: Partial<TcpConnectorOptions<string>> = {},
  actorOptions: ReconnectActorOptions = {},
): Promise<Link> {
  const pem = await certificate;
  const isTls = transport === 'TLS';
  const server = isTls
    ? createTlsServer({ ...pem, allowHalfOpen: true })
    : createServer({ allowHalfOpen: true });
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const ready = isTls ? (once(server, 'secureConnection') as Promise<[Socket]>) : accepted;
  let session: { readonly socket: Socket; readonly signal: AbortSignal } | undefined;
  const connector = tcpConnector<string>({
    host: '127.0.0.1',
    port: await listening(server),
    tls: isTls && { ca: pem.cert, servername: 'server.test' },
    closeTimeoutMs: 20,
    run: (socket, context) => {
      session = { socket, signal: context.signal };
      return run(socket, context);
    },
    ...options,
  });
  const actor = createReconnectActor(connector, {
    backoff: constantBackoff(Infinity),
    ...actorOptions,
  });
  const events: ReconnectEmitted[] = [];
  actor.on('*', (event) => void events.push(event));
  const event = async <T extends ReconnectEmitted['type']>(type: T) => {
    const find = () => events.find((one): one is typeof one & { type: T } => one.type === type);
    await until(type, find);
    return find() as ReconnectEmitted & { type: T };
  };
  actor.start();
  onTestFinished(() => void actor.stop());
  const [[raw], [peer]] = await Promise.all([accepted, ready]);
  peer.on('error', () => {});
  await event('connection.opened');
  const isOnline = () => actor.getSnapshot().hasTag('online');
  expect(isOnline()).toBe(true);
  return {
    ...(session as unknown as NonNullable<typeof session>),
    peer,
    events,
    isOnline,
    event,
    resetByPeer: () => reset(raw),
    stop: () => actor.send({ type: 'stop' }),
  };
}

const untilAborted = ({ signal }: RunContext) =>
  new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });

/** What `run` does meanwhile: all but one end by their signal at the latest. */
const runs: Readonly<Record<string, Run>> = {
  'only writes': async (socket, { signal }) => {
    while (!signal.aborted) {
      socket.write('metric 1\n');
      await turn();
    }
    throw signal.reason;
  },
  'waits for its write': async (socket, context) => {
    const aborted = untilAborted(context);
    for (;;) {
      const drained = socket.write(Buffer.alloc(1_048_576)) ? turn() : once(socket, 'drain');
      await Promise.race([drained, aborted]);
    }
  },
  'only waits for its signal': (_socket, context) => untilAborted(context),
  'hears no signal': () => new Promise(() => {}),
  'hangs in a handler': async (socket, context) => {
    for await (const chunk of socket) await untilAborted(context).catch(() => chunk);
    return untilAborted(context);
  },
  'reads slowly': async (socket) => {
    for await (const chunk of socket) await turn(chunk);
    return Continue();
  },
  'has paused the socket': (socket, context) => {
    socket.on('data', () => {}).pause();
    return untilAborted(context);
  },
};

const shapes = transports.flatMap((transport) =>
  Object.entries(runs).flatMap(([shape, run]) =>
    (['FIN', 'RST'] as const).map((end) => ({ transport, shape, run, end })),
  ),
);

describe.each(shapes)('a link over $transport whose run $shape', ({ transport, run, end }) => {
  it(`is not online after a ${end}, and its session ends`, async () => {
    const { socket, peer, signal, isOnline, event, resetByPeer } = await link(
      transport,
      run,
      {},
      {
        gracePeriodMs: 200,
      },
    );
    if (end === 'FIN') peer.end(Buffer.alloc(500_000));
    else {
      // It would overtake what a server sends after the handshake, and look like an end in order.
      const arrived = socket.bytesRead;
      peer.write('some');
      await until('some has arrived', () => socket.bytesRead >= arrived + 4);
      resetByPeer();
    }
    const closing = await event('connection.closing');
    expect(isOnline()).toBe(false);
    expect(closing).toMatchObject({
      cause: 'lost',
      detail: { by: end === 'FIN' ? 'fin' : 'reset' },
    });
    const closed = await event('connection.closed');
    expect(closed).toMatchObject({ cause: 'lost', detail: closing.detail });
    if (end === 'RST') {
      expect(closing).toMatchObject({ error: { code: 'ECONNRESET' } });
      expect(await event('retry.scheduled')).toMatchObject({
        error: { code: 'ECONNRESET' },
        verdict: 'transient',
      });
    } else {
      expect(closing).not.toHaveProperty('error.code', 'ERR_CONNECTION_LOST');
    }
    if (signal.aborted) expect(signal.reason).toBeInstanceOf(ConnectionLost);
  });
});

describe.each(transports)('a link over %s', (transport) => {
  const reply = Array.from({ length: 40_000 }, (_, i) => `line ${i}`);

  it('lets run read a reply that a FIN follows, with its signal on the socket', async () => {
    const seen: string[] = [];
    const { peer, event, isOnline } = await link(transport, async (socket, context) => {
      addAbortSignal(context.signal, socket);
      let rest = '';
      for await (const chunk of socket) {
        rest += String(chunk);
        await turn();
      }
      seen.push(...rest.trim().split('\n'));
      return Break('done');
    });
    peer.end(`${reply.join('\n')}\n`);
    await event('connection.closing');
    expect(isOnline()).toBe(false);
    expect(await event('link.ended')).toMatchObject({
      output: { status: 'completed', value: 'done' },
    });
    expect(seen).toEqual(reply);
  });

  it('lets run read the lines of a reply, with its signal in the loop', async () => {
    const seen: string[] = [];
    const { peer, event } = await link(transport, async (socket, { signal }) => {
      for await (const line of lines(socket, { signal })) {
        if (seen.length % 100 === 0) await turn();
        seen.push(line);
      }
      return Break('done');
    });
    peer.end(`${reply.join('\n')}\n`);
    await event('connection.closing');
    expect(await event('link.ended')).toMatchObject({
      output: { status: 'completed', value: 'done' },
    });
    expect(seen).toEqual(reply);
  });

  it('stays online after a FIN where run lets the socket be half open', async () => {
    let fin: Promise<unknown> | undefined;
    const { peer, isOnline, stop, event } = await link(transport, async (socket, context) => {
      socket.allowHalfOpen = true;
      fin = once(socket.resume(), 'end');
      await untilAborted(context).catch(() => {});
      return Continue();
    });
    peer.resume().end();
    await fin;
    await turn();
    expect(isOnline()).toBe(true);
    stop();
    expect(await event('connection.closed')).toMatchObject({ cause: 'stop' });
  });

  it('has no end of its own where it is stopped', async () => {
    const { events, peer, stop, event } = await link(transport, (_socket, context) =>
      untilAborted(context),
    );
    peer.resume().on('end', () => peer.end());
    stop();
    await event('link.ended');
    const { detail, error } = (await event('connection.closed')) as Record<string, unknown>;
    expect([detail, error]).toEqual([undefined, undefined]);
    expect(events.filter(({ type }) => type === 'connection.closing')).toMatchObject([
      { cause: 'stop' },
    ]);
  });

  it('ends a session whose peer is not read, if onOverflow says so', async () => {
    const { peer, event, signal } = await link(
      transport,
      (_socket, context) => untilAborted(context),
      {
        readAheadBytes: 100_000,
        onOverflow: 'end',
      },
    );
    peer.write(Buffer.alloc(1_000_000));
    const overflow = { error: { code: 'ERR_READ_OVERFLOW' }, detail: { by: 'overflow' } };
    expect(await event('connection.closing')).toMatchObject(overflow);
    expect(signal.reason).toMatchObject({ code: 'ERR_CONNECTION_LOST', cause: overflow.error });
    expect(await event('retry.scheduled')).toMatchObject({
      error: overflow.error,
      verdict: 'transient',
    });
  });
});

describe('a hundred sessions that are lost', () => {
  it('leave no socket behind', async () => {
    const before = openSockets();
    let accepted = 0;
    const server = createServer((socket) => {
      accepted += 1;
      socket.on('error', () => {});
      if (accepted % 2 === 0) socket.end('bye');
      else reset(socket);
    });
    const port = await listening(server);
    const connector = tcpConnector<string>({
      host: '127.0.0.1',
      port,
      closeTimeoutMs: 20,
      run: async (_socket, context) =>
        context.epoch === 100 ? Break('enough') : untilAborted(context),
    });
    const actor = createReconnectActor(connector, {
      backoff: constantBackoff(1),
      gracePeriodMs: 20,
    });
    const ended = new Promise<void>((complete) => actor.subscribe({ complete }));
    actor.start();
    await ended;
    await until('all sockets are closed', () => openSockets() <= before + 1);
  });
});
