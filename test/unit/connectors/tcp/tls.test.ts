import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import {
  Break,
  ConnectTimeoutError,
  constantBackoff,
  Continue,
  type ControlFlow,
  createReconnectActor,
  type ReconnectEmitted,
} from 'schmoozer';
import { isRetryableTcpError, tcpConnector, type TlsOptions } from 'schmoozer/tcp';
import { createServer, TLSSocket } from 'node:tls';
import { inspect } from 'node:util';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { isPermanentCode } from '../../../../src/connectors/tcpVerdicts.js';
import { attempts, firstAttempt } from '../../../support/attempt.js';
import { certificateFor, certificateNamed } from '../../../support/certificate.js';
import { damagingProxy } from '../../../support/damagingProxy.js';
import { listenersOn, listening, rejection } from '../../../support/loopback.js';

const DAY_MS = 86_400_000;
const ago = (days: number) => new Date(Date.now() - days * DAY_MS);
const run = async () => Break();
const connectTo = (port: number, tls: boolean | TlsOptions) =>
  tcpConnector({ host: '127.0.0.1', port, tls, run }).connect(firstAttempt().attempt);

let good: Awaited<ReturnType<typeof certificateFor>>;
beforeAll(async () => {
  good = await certificateFor('server.test');
});

/** The head of a TLS record of some kind, and as many bytes as it promises. */
const record = (kind: number, length: number) =>
  Buffer.concat([Buffer.of(kind, 3, 3, length >> 8, length & 0xff), Buffer.alloc(length, 0x99)]);

/** What the client's connect rejects with. */
function errorFrom(port: number, tls: boolean | TlsOptions): Promise<unknown> {
  return rejection(connectTo(port, tls));
}

describe('connect over TLS', () => {
  it('resolves after the handshake, to a socket whose peer is authorized', async () => {
    const port = await listening(createServer(good));
    const { attempt } = firstAttempt();
    const tls = { ca: good.cert, servername: 'server.test' };
    const { connect } = tcpConnector({ host: '127.0.0.1', port, tls, run, noDelay: true });
    const socket = (await connect(attempt)) as TLSSocket;
    expect(socket).toBeInstanceOf(TLSSocket);
    expect(socket).toMatchObject({ authorized: true });
    expect(socket.getPeerCertificate().subject.CN).toBe('server.test');
    expect(listenersOn(attempt.signal)).toBe(0);
    expect(socket.listenerCount('error')).toBeGreaterThan(0);
    socket.destroy();
  });

  it('rejects a self-signed certificate that is not in `ca`: permanent', async () => {
    const port = await listening(createServer(good));
    const error = await errorFrom(port, true);
    expect(error).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    expect(isRetryableTcpError(error)).toBe(false);
  });

  it('shows nothing of a certificate raw, and keeps it for who asks', async () => {
    const name = '\u001B[31m\u009B\u202E\u2028\u007F\nschmoozer: connected';
    const nasty = await certificateNamed(name);
    const port = await listening(createServer(nasty));
    const error = (await errorFrom(port, { ca: nasty.cert, servername: 'server.test' })) as Error;
    const texts = [error.message, error.stack, inspect(error), JSON.stringify(error)].join('');
    expect(texts.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    expect(error.message).toContain("is not cert's CN: \\u{1B}[31m\\u{9B}\\u{202E}");
    expect(error).toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
      cert: { subject: { CN: name } },
    });
  });

  it('rejects a certificate for another name: permanent', async () => {
    const port = await listening(createServer(good));
    const error = await errorFrom(port, { ca: good.cert, servername: 'other.test' });
    expect(error).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    expect(isRetryableTcpError(error)).toBe(false);
  });

  it.each([
    ['has expired: permanent', 'CERT_HAS_EXPIRED', { notBeforeDate: ago(9), notAfterDate: ago(1) }],
    [
      'is not yet valid: transient',
      'CERT_NOT_YET_VALID',
      { notBeforeDate: ago(-1), notAfterDate: ago(-9) },
    ],
  ])('rejects a certificate that %s', async (title, code, validity) => {
    const bad = await certificateFor('server.test', validity);
    const port = await listening(createServer(bad));
    const error = await errorFrom(port, { ca: bad.cert, servername: 'server.test' });
    expect(error).toMatchObject({ code });
    expect(isRetryableTcpError(error)).toBe(title.endsWith('transient'));
  });

  it.each<[string, (socket: Socket) => unknown]>([
    ['mail', (socket) => socket.end('220 welcome\r\n')],
    ['SSH', (socket) => socket.write('SSH-2.0-OpenSSH_9.2p1\r\n')],
    ['HTTP', (socket) => createHttpServer().emit('connection', socket)],
    ['random bytes', (socket) => socket.write(randomBytes(64).fill(0xee, 0, 1))],
    ['an echo', (socket) => socket.pipe(socket)],
    ['a record that is too long', (socket) => socket.write(record(22, 0xffff))],
    ['an early change of cipher', (socket) => socket.write(record(20, 5))],
    ['an alert of five bytes', (socket) => socket.write(record(21, 5))],
    ['an alert of a kind there is not', (socket) => socket.write(record(21, 2))],
  ])('rejects a server that speaks %s in place of TLS: permanent', async (_title, speak) => {
    const port = await listening(createTcpServer(speak));
    const error = (await errorFrom(port, true)) as { code: string };
    expect(error.code).toMatch(/^ERR_SSL_|^EPROTO$/);
    expect(isRetryableTcpError(error)).toBe(false);
    expect(isPermanentCode(error.code)).toBe(true);
  });

  it('rejects when the server ends within the handshake: transient', async () => {
    const port = await listening(createTcpServer((socket) => socket.end()));
    const error = await errorFrom(port, true);
    expect(error).toMatchObject({ code: 'ECONNRESET' });
    expect(isRetryableTcpError(error)).toBe(true);
  });

  it.each(attempts)(
    'is destroyed at once by an abort within the handshake, for $whose',
    async ({ makeAttempt }) => {
      const server = createTcpServer();
      const accepted = once(server, 'connection');
      const port = await listening(server);
      const { attempt, abort, listeners } = makeAttempt();
      const { connect } = tcpConnector({ host: '127.0.0.1', port, tls: true, run });
      const connecting = rejection(connect(attempt));
      const [socket] = (await accepted) as [Socket];
      // The client's hello is here: the handshake has begun, and gets no answer.
      await once(socket, 'data');
      const gone = new Promise((resolve) => socket.once('close', resolve));
      const reason = new Error('stop');
      abort(reason);
      expect(await connecting).toBe(reason);
      expect(listeners()).toBe(0);
      await gone;
    },
  );

  it('is ended by connectTimeoutMs when the server accepts TCP and stays silent', async () => {
    const server = createTcpServer((socket) => socket.resume());
    const closed = new Promise<void>((resolve) =>
      server.on('connection', (socket) => socket.once('close', () => resolve())),
    );
    const port = await listening(server);
    const actor = createReconnectActor(tcpConnector({ host: '127.0.0.1', port, tls: true, run }), {
      connectTimeoutMs: 50,
      backoff: constantBackoff(Infinity),
    });
    const failure = new Promise((resolve) => actor.on('retry.scheduled', resolve));
    actor.start();
    expect(await failure).toMatchObject({ error: expect.any(ConnectTimeoutError) });
    await closed;
    actor.send({ type: 'stop' });
    expect(actor.getSnapshot().value).toBe('stopped');
  });
});

describe('a certificate that is refused after a good session', () => {
  it.each([
    ['expired', { notBeforeDate: ago(2), notAfterDate: ago(1) }, 'CERT_HAS_EXPIRED'],
    ['for another name', undefined, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('does not end the link: %s', async (_what, dates, code) => {
    const odd = await (dates ? certificateFor('server.test', dates) : certificateFor('other.test'));
    const served = [good, odd, good];
    const server = createServer({}, (peer) => peer.on('error', () => {}));
    // Before the server's own listener makes a TLS socket.
    server.prependListener('connection', () => server.setSecureContext(served.shift() ?? good));
    const port = await listening(server);
    const events: ReconnectEmitted[] = [];
    const ends = new Set<() => void>();
    const connector = tcpConnector({
      host: '127.0.0.1',
      port,
      tls: { ca: [good.cert, odd.cert], servername: 'server.test' },
      run: (_socket, { signal }) =>
        new Promise<ControlFlow>((resolve) => {
          ends.add(() => resolve(Continue()));
          signal.addEventListener('abort', () => resolve(Continue()));
        }),
    });
    const link = createReconnectActor(connector, { backoff: constantBackoff(0), stableAfterMs: 0 });
    link.on('*', (event) => void events.push(event));
    link.start();
    const opened = (epoch: number) =>
      vi.waitFor(() => expect(link.getSnapshot().context.epoch).toBe(epoch), { timeout: 10_000 });
    await opened(1);
    for (const end of ends) end();
    await opened(2);
    expect(events.filter(({ type }) => type === 'attempt.failed')).toMatchObject([
      { verdict: 'permanent', error: { code } },
    ]);
    link.stop();
  });
});

it('a damaged record ends a session that nobody reads, also when the peer keeps the connection', async () => {
  const server = createServer(good);
  const accepted = once(server, 'secureConnection') as Promise<[TLSSocket]>;
  const proxy = await damagingProxy(await listening(server));
  const tls = { ca: good.cert, servername: 'server.test' };
  const connector = tcpConnector({ host: '127.0.0.1', port: proxy.port, tls, run });
  const [socket, [peer]] = await Promise.all([connector.connect(firstAttempt().attempt), accepted]);
  peer.on('error', () => {});
  const ended = connector.closed?.(socket);
  proxy.damage(
    peer.remotePort as number,
    () => Buffer.from('upstream connect error\n'),
    'toClient',
  );
  peer.write('news\n');
  expect(await ended).toMatchObject({
    error: { code: expect.stringMatching(/^ERR_SSL_|^EPROTO/) },
    detail: { by: 'error' },
  });
  expect(socket.destroyed).toBe(true);
  peer.destroy();
});
