import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { ADDRCONFIG } from 'node:dns';
import { createServer, type LookupFunction, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { Break, InvalidOptionError } from 'schmoozer';
import {
  isRetryableTcpError,
  lines,
  tcpConnector,
  type TcpConnectorOptions,
  type TcpTarget,
} from 'schmoozer/tcp';
import { describe, expect, it, onTestFinished } from 'vitest';
import { firstAttempt } from '../../../support/attempt.js';
import { certificateFor } from '../../../support/certificate.js';
import { listening, rejection } from '../../../support/loopback.js';

const run = async () => Break();
const host = '127.0.0.1';
const certificate = certificateFor('server.test');

const connect = (options: Partial<TcpConnectorOptions>): Promise<Socket> =>
  Promise.resolve(tcpConnector({ run, ...options }).connect(firstAttempt().attempt));

/** A server at a unix socket. */
async function atPath(server = createServer((peer) => peer.write('hello\n'))): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'schmoozer-'));
  const path = join(folder, 'server.sock');
  const peers: Socket[] = [];
  server.on('connection', (peer: Socket) => void peers.push(peer.on('error', () => {})));
  server.listen(path);
  await once(server, 'listening');
  onTestFinished(() => {
    for (const peer of peers) peer.destroy();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return path;
}

describe('target', () => {
  it('answers host, port and tls together, at each attempt: never one of this and one of that server', async () => {
    const pem = await certificate;
    const plain = await listening(createServer(), '127.0.0.1');
    const secure = await listening(createTlsServer(pem), '127.0.0.2');
    const targets: TcpTarget[] = [
      { host: '127.0.0.1', port: plain },
      { host: '127.0.0.2', port: secure, tls: { ca: pem.cert, servername: 'server.test' } },
    ];
    const seen: unknown[] = [];
    const { attempt } = firstAttempt();
    const connector = tcpConnector({
      run,
      // Discovery that takes its time.
      target: async (told) => {
        seen.push(told);
        await new Promise(setImmediate);
        return targets[seen.length - 1] as TcpTarget;
      },
    });
    for (const [i, remotePort] of [plain, secure].entries()) {
      const socket = await connector.connect(attempt);
      expect(socket).toMatchObject({ remoteAddress: `127.0.0.${i + 1}`, remotePort });
      expect('encrypted' in socket).toBe(i === 1);
      socket.destroy();
    }
    expect(seen).toEqual([attempt, attempt]);
  });

  it('may be a value, and a path', async () => {
    const port = await listening(createServer());
    (await connect({ target: { host, port } })).destroy();
    (await connect({ target: { path: await atPath() } })).destroy();
  });

  it('may have its fields from a class', async () => {
    const port = await listening(createServer());
    class Endpoint {
      get host() {
        return host;
      }
      get port() {
        return port;
      }
    }
    (await connect({ target: new Endpoint() })).destroy();
    (await connect({ target: () => new Endpoint() })).destroy();
  });

  it('that throws fails the attempt with a transient error, even a TypeError', async () => {
    const target = () => {
      throw new TypeError('the answer was a page of HTML');
    };
    expect(isRetryableTcpError(await rejection(connect({ target })))).toBe(true);
  });

  const bad: [option: string, target: unknown, message: string][] = [
    ['target', undefined, '`target` must be an object; received undefined'],
    ['target', 'h:1', '`target` must be an object; received a string of 3 characters'],
    [
      'target.host',
      { port: 1 },
      '`target.host` must be a string that is not empty; received undefined',
    ],
    [
      'target.host',
      { host: () => host, port: 1 },
      '`target.host` must be a string that is not empty; received a function',
    ],
    [
      'target.port',
      { host, port: '1' },
      '`target.port` must be an integer from 1 to 65535; received "1"',
    ],
    [
      'target.path',
      { path: '' },
      '`target.path` must be a string that is not empty; received a string of 0 characters',
    ],
    [
      'target.host',
      { path: '/x', host },
      '`target.host` must be left out beside `path`; received a string of 9 characters',
    ],
    [
      'target.port',
      { path: '/x', port: 1 },
      '`target.port` must be left out beside `path`; received 1',
    ],
    [
      'target.tls',
      { host, port: 1, tls: null },
      '`target.tls` must be true, false or an object of TLS options; received null',
    ],
    [
      'target.hots',
      { host, port: 1, hots: 1 },
      '`target.hots` must be left out: no such option, the nearest is `target.host`; received 1',
    ],
  ];

  it.each(bad)(
    'refuses a bad %s as it is made, or at the attempt',
    async (option, target, message) => {
      const expected = expect.objectContaining({ option, message });
      const value = target as TcpTarget;
      if (target !== undefined)
        expect(() => tcpConnector({ run, target: value })).toThrow(expected);
      const error = await rejection(connect({ target: async () => value }));
      expect(error).toBeInstanceOf(InvalidOptionError);
      expect(error).toEqual(expected);
      expect(isRetryableTcpError(error)).toBe(false);
    },
  );
});

describe('what says where to', () => {
  const target: TcpTarget = { host, port: 1 };

  it.each<[option: string, options: object, beside: string]>([
    ['host', { target, host }, 'target'],
    ['port', { target, port: 1 }, 'target'],
    ['path', { target, path: '/x' }, 'target'],
    ['tls', { target, tls: true }, 'target'],
    ['host', { path: '/x', host }, 'path'],
    ['port', { path: '/x', port: 1 }, 'path'],
    ['host', { path: () => '/x', host: () => host }, 'path'],
    ['path', { target: () => target, path: '/x', open: () => {} }, 'target'],
    ['socketOptions', { ...target, socketOptions: {}, open: () => {} }, 'open'],
    ['lookup', { ...target, lookup: () => {}, open: () => {} }, 'open'],
    ['path', { path: '/x', open: () => {} }, 'open'],
  ])('may be said once: `%s` with %o is refused beside `%s`', (option, options, beside) => {
    expect(() => tcpConnector({ run, ...options })).toThrow(
      expect.objectContaining({
        option,
        message: expect.stringContaining(`must be left out beside \`${beside}\``),
      }),
    );
  });

  it.each([
    ['host', {}],
    ['host', { port: 1 }],
    ['port', { host }],
  ])('must be said: without %s it is refused', (option, options) => {
    expect(() => tcpConnector({ run, ...options })).toThrow(expect.objectContaining({ option }));
  });
});

describe('path', () => {
  it('leads to a unix socket, with TLS too, and may be asked for at each attempt', async () => {
    const path = await atPath();
    const socket = await connect({ path, noDelay: true, keepAlive: true });
    expect(await lines(socket).next()).toMatchObject({ value: 'hello' });
    socket.destroy();

    const pem = await certificate;
    const secure = createTlsServer(pem, (peer) => peer.write('hello\n'));
    const tls = { ca: pem.cert, servername: 'server.test' };
    const paths = [await atPath(secure)];
    const asked = await connect({ path: async () => paths.shift() as string, tls });
    expect(await lines(asked).next()).toMatchObject({ value: 'hello' });
    asked.destroy();
  });

  it('at which nobody listens fails the attempt with a transient error', async () => {
    const error = await rejection(connect({ path: join(tmpdir(), 'schmoozer-nobody.sock') }));
    expect(error).toMatchObject({ code: 'ENOENT' });
    expect(isRetryableTcpError(error)).toBe(true);
  });
});

describe('socketOptions', () => {
  it('reach Node: where the connection comes from, and whether it may be half open', async () => {
    const port = await listening(createServer());
    const socketOptions = { localAddress: '127.0.0.3', allowHalfOpen: true };
    const socket = await connect({ host, port, socketOptions });
    expect(socket).toMatchObject({ localAddress: '127.0.0.3', allowHalfOpen: true });
    socket.destroy();
  });

  it('reach Node: the family, as the look-up is asked for it', async () => {
    const port = await listening(createServer());
    const asked: unknown[] = [];
    const lookup: LookupFunction = (_name, { family, hints }, done) => {
      asked.push([family, hints]);
      done(null, host, 4);
    };
    const socketOptions = { family: 4, hints: ADDRCONFIG };
    const socket = await connect({ host: 'name.test', port, socketOptions, lookup });
    expect(asked).toEqual([[4, ADDRCONFIG]]);
    socket.destroy();
  });

  it.each<[option: string, value: unknown, code: string]>([
    ['autoSelectFamily', 'yes', 'ERR_INVALID_ARG_TYPE'],
    ['autoSelectFamilyAttemptTimeout', 0, 'ERR_OUT_OF_RANGE'],
    ['localPort', 'first', 'ERR_INVALID_ARG_TYPE'],
    ['localAddress', 'here', 'ERR_INVALID_IP_ADDRESS'],
  ])('are checked by Node: %s = %o', async (option, value, code) => {
    for (const tls of [false, true]) {
      const options = { host, port: 1, tls, socketOptions: { [option]: value } };
      expect(await rejection(connect(options))).toMatchObject({ code });
    }
  });

  it('may be another at each attempt, and a name that is none is refused then', async () => {
    const socketOptions = (() => ({ famly: 4 })) as never;
    expect(await rejection(connect({ host, port: 1, socketOptions }))).toMatchObject({
      option: 'socketOptions.famly',
    });
  });
});

describe('the name that a TLS server is told', () => {
  it.each<[what: string, options: Partial<TcpConnectorOptions>, told: string | false]>([
    ['the host', { host: 'localhost' }, 'localhost'],
    ['`tls.servername`', { host: 'localhost', tls: { servername: 'other.test' } }, 'other.test'],
    ['none for an address', { host }, false],
  ])('is %s', async (_what, options, told) => {
    const pem = await certificate;
    const names: unknown[] = [];
    const server = createTlsServer(pem, (peer) => void names.push(peer.servername));
    const port = await listening(server);
    const tls = { rejectUnauthorized: false, ...(options.tls as object) };
    const socket = await connect({ ...options, port, tls });
    while (names.length === 0) await new Promise(setImmediate);
    socket.destroy();
    expect(names).toEqual([told]);
  });
});
