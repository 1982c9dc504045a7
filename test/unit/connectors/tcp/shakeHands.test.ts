import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import {
  Break,
  constantBackoff,
  createReconnectActor,
  fatal,
  type ReconnectEmitted,
} from 'schmoozer';
import {
  lines,
  SocketClosedError,
  tcpConnector,
  type TcpConnectorOptions,
  write,
} from 'schmoozer/tcp';
import { describe, expect, it } from 'vitest';
import { attempts, firstAttempt } from '../../../support/attempt.js';
import { certificateFor } from '../../../support/certificate.js';
import { type DamagingProxy, damagingProxy } from '../../../support/damagingProxy.js';
import { listening, rejection, reset } from '../../../support/loopback.js';
import { type Transport, tcpSession } from '../../../support/tcpSession.js';
import { until } from '../../../support/until.js';

type Handshake = NonNullable<TcpConnectorOptions['handshake']>;

/** A connector whose server does as it is told, and the server's end. */
async function connectorOf(handshake: Handshake, serve: (peer: Socket) => void = () => {}) {
  const peers: Socket[] = [];
  const server = createServer((peer) => {
    peers.push(peer);
    serve(peer);
  });
  const connector = tcpConnector<string>({
    host: '127.0.0.1',
    port: await listening(server),
    handshake,
    async run(socket) {
      for await (const line of lines(socket)) return Break(line);
      return Break('nothing');
    },
  });
  return { connector, peers };
}

const login: Handshake = async (socket, { signal }) => {
  await write(socket, 'LOGIN\n', { signal });
  const { value } = await lines(socket, { signal }).next();
  if (value !== 'OK') throw new Error(`no login: ${String(value)}`);
};

describe('handshake', () => {
  it.each<Transport>(['TCP', 'TLS'])(
    'over %s is done before connect resolves, and leaves the rest for run',
    async (transport) => {
      const said: string[] = [];
      const { connector, socket } = await tcpSession(transport, {
        handshake: async (_socket, attempt) => {
          await new Promise(setImmediate);
          said.push(`epoch ${attempt.epoch}`);
        },
      });
      expect(said).toEqual(['epoch 1']);
      expect(socket.destroyed).toBe(false);
      await connector.disconnect?.(socket);

      const { connector: other } = await connectorOf(login, (peer) =>
        peer.once('data', () => peer.write('OK\nnews\n')),
      );
      const session = await other.connect(firstAttempt().attempt);
      expect(await lines(session).next()).toMatchObject({ value: 'news' });
      session.destroy();
    },
  );

  it('holds the link `connecting` until it is done, and its failure is a failed attempt', async () => {
    const { connector, peers } = await connectorOf(login, (peer) =>
      peer.once('data', () => peer.write(peers.length === 1 ? 'NO\n' : 'OK\nnews\n')),
    );
    const link = createReconnectActor(connector, { backoff: constantBackoff(0) });
    const events: ReconnectEmitted[] = [];
    link.on('*', (event) => void events.push(event));
    const over = new Promise<void>((complete) => link.subscribe({ complete }));
    link.start();
    await over;
    const told = events.filter(({ type }) => /^(attempt|connection)\./.test(type));
    expect(told).toMatchObject([
      { type: 'attempt.started' },
      { type: 'attempt.failed', error: { message: 'no login: NO' }, verdict: 'transient' },
      { type: 'attempt.started', attempt: 1 },
      { type: 'connection.opened', epoch: 1 },
      { type: 'connection.closing' },
      { type: 'connection.closed' },
    ]);
    expect(link.getSnapshot().output).toEqual({ status: 'completed', value: 'news' });
  });

  it('ends the loop with a fatal error', async () => {
    const { connector } = await connectorOf(async () => {
      throw fatal(new Error('wrong password'));
    });
    const link = createReconnectActor(connector);
    const over = new Promise<void>((complete) => link.subscribe({ complete }));
    link.start();
    await over;
    expect(link.getSnapshot().output).toMatchObject({
      status: 'failed',
      error: { message: 'wrong password' },
    });
  });

  it.each<[how: string, handshake: Handshake]>([
    [
      'rejects',
      async (socket) => {
        socket.write('QUIT\n');
        throw new Error('odd');
      },
    ],
    [
      'throws',
      (socket) => {
        socket.write('QUIT\n');
        throw new Error('odd');
      },
    ],
  ])('that %s releases the socket in order: what was written is sent', async (_how, handshake) => {
    const read: Buffer[] = [];
    const { connector, peers } = await connectorOf(handshake, (peer) =>
      peer.on('data', (chunk: Buffer) => read.push(chunk)),
    );
    const { attempt, listeners } = firstAttempt();
    expect(await rejection(connector.connect(attempt))).toEqual(new Error('odd'));
    await until('the end', () => peers[0]?.readableEnded);
    expect(Buffer.concat(read).toString()).toBe('QUIT\n');
    expect(listeners()).toBe(0);
  });

  it.each(attempts)(
    'is cut off by an abort of $whose attempt, and its socket',
    async ({ makeAttempt }) => {
      const reached = Promise.resolve();
      let begun = () => {};
      const begin = new Promise<void>((resolve) => (begun = resolve));
      const { connector, peers } = await connectorOf(async () => {
        begun();
        await reached;
        await new Promise(() => {});
      });
      const { attempt, abort, listeners } = makeAttempt();
      const connecting = rejection(connector.connect(attempt));
      await begin;
      abort('enough');
      expect(await connecting).toBe('enough');
      expect(listeners()).toBe(0);
      await once((peers[0] as Socket).resume(), 'close');
    },
  );

  it.each<[how: string, end: (peer: Socket) => void, error: object]>([
    ['ends in order', (peer) => peer.end(), { code: 'ERR_SOCKET_CLOSED' }],
    ['resets', (peer) => reset(peer), { code: 'ECONNRESET' }],
  ])('that does not notice that the peer %s fails', async (_how, end, error) => {
    const { connector } = await connectorOf(async (socket) => {
      socket.resume();
      await once(socket, 'close').catch(() => {});
    }, end);
    expect(await rejection(connector.connect(firstAttempt().attempt))).toMatchObject(error);
  });

  it('that ends with the peer, before the socket has closed, fails', async () => {
    const { connector } = await connectorOf(
      async (socket) => void (await once(socket.resume(), 'end')),
      (peer) => void peer.end(),
    );
    expect(await rejection(connector.connect(firstAttempt().attempt))).toMatchObject({
      code: 'ERR_SOCKET_CLOSED',
    });
  });

  it.each([
    ['as it is', true, (error: unknown) => error],
    ['as an error of its own', 'permanent', () => Object.assign(new Error(), { code: 'EPROTO' })],
  ])(
    'that fails by damaged bytes within TLS, and throws that %s: %s',
    async (_how, verdict, toThrown) => {
      const pem = await certificateFor('server.test');
      let proxy: DamagingProxy;
      const server = createTlsServer(pem, (peer) => {
        peer.on('error', () => {});
        peer.once('data', () => {
          const plain = Buffer.from('upstream connect error\n');
          proxy.damage(peer.remotePort as number, () => plain, 'toClient');
          peer.write('OK\n');
        });
      });
      proxy = await damagingProxy(await listening(server));
      const connector = tcpConnector({
        host: '127.0.0.1',
        port: proxy.port,
        tls: { ca: pem.cert, servername: 'server.test' },
        async handshake(socket, attempt) {
          await Promise.resolve(login(socket, attempt)).catch((error: unknown) => {
            throw toThrown(error);
          });
        },
        run: async () => Break(),
      });
      const error = await rejection(connector.connect(firstAttempt().attempt));
      expect(error).toMatchObject({ code: expect.stringMatching(/^ERR_SSL_|^EPROTO/) });
      const facts = { phase: 'connect', attempt: 0, epoch: 0, hasBeenStable: false } as const;
      expect(connector.isRetryable?.(error, facts)).toBe(verdict);
    },
  );

  it('that was followed by an end leaves what came before that for run', async () => {
    const { connector } = await connectorOf(login, (peer) =>
      peer.once('data', () => peer.end('OK\nlast words\n')),
    );
    const socket = await connector.connect(firstAttempt().attempt);
    expect(await lines(socket).next()).toMatchObject({ value: 'last words' });
    socket.destroy();
  });

  it('that ends with the session of a peer that may go half open is no failure', async () => {
    const { connector } = await connectorOf(
      async (socket) => {
        socket.allowHalfOpen = true;
        await once(socket.resume(), 'end');
      },
      (peer) => void peer.end(),
    );
    const socket = await connector.connect(firstAttempt().attempt);
    expect(socket.writable).toBe(true);
    socket.destroy();
  });

  it('hears of an end as lines and write do', async () => {
    const { connector } = await connectorOf(login, (peer) => void peer.end());
    const error = await rejection(connector.connect(firstAttempt().attempt));
    expect(
      error instanceof SocketClosedError || String(error) === 'Error: no login: undefined',
    ).toBe(true);
  });
});
