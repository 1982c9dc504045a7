import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import {
  Break,
  constantBackoff,
  Continue,
  type ControlFlow,
  createReconnectActor,
  type ReconnectEmitted,
} from 'schmoozer';
import { lines, tcpConnector, type TcpConnectorOptions, write } from 'schmoozer/tcp';
import { describe, expect, it } from 'vitest';
import { throughHttpProxy, throughSocksProxy } from '../../examples/tcp-through-proxy.js';
import { firstAttempt } from '../support/attempt.js';
import { certificateFor } from '../support/certificate.js';
import { closedPort, listening, openSockets, rejection, reset } from '../support/loopback.js';
import { microsocks, type RealProxy, tinyproxy } from '../support/proxies.js';
import { until } from '../support/until.js';

type Open = NonNullable<TcpConnectorOptions['open']>;

const host = '127.0.0.1';
const certificate = certificateFor('server.test');

const proxies: [
  name: string,
  start: () => Promise<RealProxy>,
  through: (proxy: RealProxy) => Open,
][] = [
  ['HTTP CONNECT, by tinyproxy', tinyproxy, throughHttpProxy],
  ['SOCKS5, by microsocks', microsocks, throughSocksProxy],
];

/** Greets, and answers each line. */
function echo(socket: Socket): void {
  socket.write('hello\n');
  socket.pipe(socket);
}

describe.each(proxies)('a session through %s', (_name, start, through) => {
  it.each(['TCP', 'TLS'])('speaks %s with the server behind', async (transport) => {
    const pem = await certificate;
    const isTls = transport === 'TLS';
    const names: unknown[] = [];
    const server: Server = isTls
      ? createTlsServer(pem, (socket) => (names.push(socket.servername), echo(socket)))
      : createServer(echo);
    const port = await listening(server);
    const proxy = await start();
    const connector = tcpConnector({
      host,
      port,
      tls: isTls && { ca: pem.cert, servername: 'server.test' },
      open: through(proxy),
      noDelay: true,
      keepAlive: true,
      run: async () => Break(),
    });
    const socket = await connector.connect(firstAttempt().attempt);
    expect(socket.remotePort).toBe(proxy.port);
    const read = lines(socket);
    expect(await read.next()).toMatchObject({ value: 'hello' });
    const big = 'x'.repeat(300_000);
    await write(socket, `${big}\n`);
    expect(await read.next()).toMatchObject({ value: big });
    expect(names).toEqual(isTls ? ['server.test'] : []);
    await connector.disconnect?.(socket);
    expect(socket.destroyed).toBe(true);
  });

  it('ends at once when the server ends, though run does not read, and comes back', async () => {
    const peers: Socket[] = [];
    const port = await listening(createServer((peer) => void peers.push(peer)));
    const connector = tcpConnector({
      host,
      port,
      open: through(await start()),
      run: (_socket, { signal }) =>
        new Promise<ControlFlow>((resolve) =>
          signal.addEventListener('abort', () => resolve(Continue())),
        ),
    });
    const link = createReconnectActor(connector, { backoff: constantBackoff(0) });
    const events: ReconnectEmitted[] = [];
    link.on('*', (event) => void events.push(event));
    link.start();
    await until('the first session', () => peers.length === 1);
    peers[0]?.end();
    await until('the second session', () => peers.length === 2);
    reset(peers[1] as Socket);
    await until('the third session', () => peers.length === 3);
    const ends = events.filter(({ type }) => type === 'connection.closed');
    expect(ends).toMatchObject([{ detail: { by: 'fin' } }, { cause: 'lost' }]);
    const ended = new Promise<void>((complete) => link.subscribe({ complete }));
    link.send({ type: 'stop' });
    await ended;
    await until('no socket of ours', () => peers.every(({ destroyed }) => destroyed));
  });

  it('is retried when nobody listens behind the proxy, or the proxy is not there', async () => {
    const port = await closedPort();
    const { host: at, port: proxyPort } = await start();
    for (const proxy of [
      { host: at, port: proxyPort },
      { host, port: await closedPort() },
    ]) {
      const { attempt, listeners } = firstAttempt();
      const connector = tcpConnector({
        host,
        port,
        open: through(proxy),
        run: async () => Break(),
      });
      const error = await rejection(connector.connect(attempt));
      expect(
        connector.isRetryable?.(error, {
          phase: 'connect',
          attempt: 0,
          epoch: 0,
          hasBeenStable: false,
        }),
      ).toBe(true);
      await until('no socket', () => openSockets() === 0 && listeners() === 0);
    }
  });

  it('leaves nothing behind when the attempt is aborted while the proxy works', async () => {
    // Accepts, and says nothing.
    const silent = createServer((socket) => socket.resume());
    const accepted = once(silent, 'connection');
    const proxy = { host, port: await listening(silent) };
    const connector = tcpConnector({
      host,
      port: 1,
      open: through(proxy),
      run: async () => Break(),
    });
    const { attempt, abort } = firstAttempt();
    const connecting = rejection(connector.connect(attempt));
    const [peer] = (await accepted) as [Socket];
    await once(peer, 'data');
    const gone = once(peer, 'close');
    abort('enough');
    expect(await connecting).toBe('enough');
    await gone;
  });
});

describe('a proxy that asks for a login', () => {
  it('lets through who has it, and nobody else', async () => {
    const port = await listening(createServer(echo));
    const proxy = await microsocks(['-u', 'me', '-P', 'hunter2']);
    const connect = (open: Open) =>
      tcpConnector({ host, port, open, run: async () => Break() }).connect(firstAttempt().attempt);
    const socket = await connect(
      throughSocksProxy({ ...proxy, userId: 'me', password: 'hunter2' }),
    );
    expect(await lines(socket).next()).toMatchObject({ value: 'hello' });
    socket.destroy();
    await rejection(connect(throughSocksProxy(proxy)));
  });
});

describe('what a server says together with the answer of the proxy', () => {
  it('is not lost: HTTP', async () => {
    const proxy = createServer((socket) =>
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\n\r\nhello\nthere\n')),
    );
    await reads(throughHttpProxy({ host, port: await listening(proxy) }));
  });

  it('is not lost: SOCKS5', async () => {
    const proxy = createServer((socket) => {
      socket.once('data', () => {
        socket.write(Buffer.from([5, 0]));
        socket.once('data', () => {
          const answer = Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 1]);
          socket.write(Buffer.concat([answer, Buffer.from('hello\nthere\n')]));
        });
      });
    });
    await reads(throughSocksProxy({ host, port: await listening(proxy) }));
  });

  async function reads(open: Open): Promise<void> {
    for (const way of ['lines', 'data'] as const) {
      const connector = tcpConnector({ host, port: 1, open, run: async () => Break() });
      const socket = await connector.connect(firstAttempt().attempt);
      // Not in this turn: a `run` may have other things to do first.
      for (let i = 0; i < 5; i++) await new Promise(setImmediate);
      if (way === 'lines') {
        const read = lines(socket);
        expect([await read.next(), await read.next()]).toMatchObject([
          { value: 'hello' },
          { value: 'there' },
        ]);
      } else {
        let text = '';
        socket.on('data', (chunk: Buffer) => (text += String(chunk)));
        await until('all of it', () => text === 'hello\nthere\n');
      }
      socket.destroy();
    }
  }
});
