import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, createServer, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { certificateFor, type Pem } from '../../../test/support/certificate.js';
import { closedPort, listening, openSockets } from '../../../test/support/loopback.js';
import { socksServer, type SocksRequest } from '../../../test/support/socksServer.js';
import { inProcess } from './support/command.js';

const soon = ['--backoff', 'constant:5', '--linger', '0'];
const at = (port: number, scheme = 'tcp', host = '127.0.0.1') => `${scheme}://${host}:${port}`;

/** A folder for files of a test. */
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'schmoozer-cli-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}
function files(texts: Record<string, string>): Record<string, string> {
  const path = folder();
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => {
      writeFileSync(join(path, name), text);
      return [name, join(path, name)];
    }),
  );
}

/** A server that ends each session when it has got this line, and keeps what it got. */
function until(line: string) {
  const sessions: string[] = [];
  const onConnection = (socket: Socket) => {
    const session = sessions.push('') - 1;
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      sessions[session] += String(bytes);
      if (sessions[session]?.includes(line)) socket.end('ok\n');
    });
  };
  return { sessions, onConnection };
}

/** A WebSocket server that tells the request of each session, and echoes. */
async function echoing(pem?: Pem) {
  const http = pem
    ? createHttpsServer({ ...pem, requestCert: true, rejectUnauthorized: false })
    : createHttpServer();
  const server = new WebSocketServer({
    server: http,
    handleProtocols: (protocols) => [...protocols].at(-1) as string,
  });
  const requests: IncomingMessage[] = [];
  server.on('connection', (socket, request) => {
    requests.push(request);
    socket.on('message', (data: Buffer) => socket.send(`${socket.protocol} ${data.toString()}`));
  });
  return { port: await listening(http), requests, server };
}

describe('--hello', () => {
  it('begins each session, before lines of stdin, and is not counted', async () => {
    const { hello } = files({ hello: 'USER me\nPASS secret\n' });
    const { sessions, onConnection } = until('stdin\n');
    const args = [at(await listening(createServer(onConnection))), ...soon, '--json'];
    args.push('--hello', 'SUB a', '--hello', 'SUB b', '--hello-file', hello as string);
    const { stdin, err, events, code } = inProcess(args);
    stdin.write('stdin\n');
    await err.until(/"waiting"/);
    stdin.end('stdin\n');
    expect(await code).toBe(0);
    const session = 'USER me\nPASS secret\nSUB a\nSUB b\nstdin\n';
    expect(sessions).toEqual([session, session]);
    expect(events().at(-1)).toMatchObject({ sent: 2, lost: 0 });
    expect(String(err)).not.toContain('secret');
  });
});

describe('over WebSocket', () => {
  it('sends headers and offers subprotocols', async () => {
    const { headers } = files({ headers: 'Authorization: Bearer secret\n' });
    const { port, requests } = await echoing();
    const args = [at(port, 'ws'), ...soon, '-H', 'X-One: 1', '--header', `@${headers}`];
    const { stdin, out, err, code } = inProcess([...args, '--protocol', 'v1', '--protocol', 'v2']);
    stdin.write('hi\n');
    await out.until(/\n/);
    stdin.end();
    expect(await code).toBe(0);
    expect(String(out)).toBe('v2 hi\n');
    expect(requests[0]?.headers).toMatchObject({
      'x-one': '1',
      authorization: 'Bearer secret',
      'sec-websocket-protocol': 'v1,v2',
    });
    expect(String(err)).not.toContain('secret');
  });

  it('shows a client certificate, and asks for another name', async () => {
    const pem = await certificateFor('server.test');
    const client = await certificateFor('client.test');
    const { ca, cert, key } = files({ ca: pem.cert, ...client });
    const { port, requests } = await echoing(pem);
    const args = [at(port, 'wss'), ...soon, '--ca', ca as string, '--servername', 'server.test'];
    const { stdin, out, code } = inProcess([
      ...args,
      '--cert',
      cert as string,
      '--key',
      key as string,
    ]);
    stdin.write('hi\n');
    await out.until(/\n/);
    stdin.end();
    expect(await code).toBe(0);
    const socket = requests[0]?.socket as TLSSocket;
    expect(socket.getPeerCertificate().subject?.CN ?? 'gone').toMatch(/client\.test|gone/);
  });

  it.each([
    [['--heartbeat', '30'], true],
    [['--heartbeat', 'off'], false],
  ])('pings as %j says', async (more, isPinged) => {
    const { port, server } = await echoing();
    const pinged = once(server, 'connection').then(([socket]) => once(socket, 'ping'));
    const { stdin, err, code } = inProcess([at(port, 'ws'), ...soon, ...more]);
    await err.until(/connected/);
    if (isPinged) await pinged;
    stdin.end();
    expect(await code).toBe(0);
  });
});

describe('a session in which nothing comes', () => {
  it.each(['tcp', 'ws'])('ends after --silence (%s)', async (scheme) => {
    const port = scheme === 'ws' ? (await echoing()).port : await listening(createServer());
    const { err, events, signal, code } = inProcess([
      at(port, scheme),
      ...soon,
      '--json',
      '--silence',
      '50',
    ]);
    await err.until(/"waiting"/);
    signal('SIGTERM');
    expect(await code).toBe(0);
    expect(events().find(({ event }) => event === 'disconnected')).toMatchObject({
      error: { code: 'ERR_SILENCE' },
    });
  });
});

it('--max-age renews a connection in order: what is on its way arrives, and nothing is lost', async () => {
  const { sessions, onConnection } = until('never');
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    onConnection(socket);
    socket.on('end', () => socket.end('bye\n'));
  });
  const args = [at(await listening(server)), ...soon, '--json', '--max-age', '100'];
  const { stdin, out, err, events, code } = inProcess(args);
  stdin.write('one\n');
  await err.until(/"connected"[^]*"connected"/);
  stdin.end('two\n');
  expect(await code).toBe(0);
  expect(sessions.join('')).toBe('one\ntwo\n');
  expect(String(out)).toMatch(/^(bye\n){2,}$/);
  expect(events().at(-1)).toMatchObject({ sent: 2, lost: 0 });
});

it('--max-age renews a WebSocket, too', async () => {
  const { port, requests } = await echoing();
  const args = [at(port, 'ws'), ...soon, '--json', '--max-age', '100'];
  const { stdin, err, events, code } = inProcess(args);
  await err.until(/"connected"[^]*"connected"/);
  stdin.end('two\n');
  expect(await code).toBe(0);
  expect(requests.length).toBeGreaterThan(1);
  expect(events().at(-1)).toMatchObject({ sent: 1, lost: 0 });
});

it.each([
  ['--keep-alive 1s', [true, 1000], ['--keep-alive', '1s']],
  ['its default', [true, 30_000], []],
  ['--keep-alive off', undefined, ['--keep-alive', 'off']],
])('TCP asks for a silent peer by %s', async (_title, expected, more) => {
  const asked = vi.spyOn(Socket.prototype, 'setKeepAlive');
  onTestFinished(() => asked.mockRestore());
  const server = createServer((socket) => socket.end());
  const { code } = inProcess([at(await listening(server)), '--once', ...more]);
  expect(await code).toBe(0);
  expect(asked.mock.calls[0]).toEqual(expected);
});

it('reaches a unix socket', async () => {
  const path = join(folder(), 'app.sock');
  const server = createServer((socket) => socket.pipe(socket)).listen(path);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { stdin, out, err, code } = inProcess([`unix://${path}`, ...soon]);
  stdin.end('hi\n');
  expect(await code).toBe(0);
  expect(String(out)).toBe('hi\n');
  expect(String(err)).toContain(`connecting to unix:${path}\n`);
});

describe('--proxy', () => {
  /** A proxy of HTTP that lets CONNECT through to those who know the login. */
  function httpProxy(requests: string[], login?: string) {
    const proxy = createHttpServer();
    proxy.on('connect', ({ url = '', headers }: IncomingMessage, client: Socket, head: Buffer) => {
      requests.push(url);
      client.on('error', () => {});
      const sent = headers['proxy-authorization'];
      const wanted = login && `Basic ${Buffer.from(login).toString('base64')}`;
      if (sent !== wanted) return client.end('HTTP/1.1 407 x\r\nContent-Length: 0\r\n\r\n');
      const [, host = '', port] = /^\[?([^\]]*)\]?:(\d+)$/.exec(url) ?? [];
      const server = connect(Number(port), host, () => {
        client.write('HTTP/1.1 200 x\r\n\r\n');
        server.write(head);
        client.pipe(server).pipe(client);
      });
      server.on('error', () => client.destroy());
      client.on('close', () => server.destroy());
    });
    return proxy;
  }

  it.each([
    ['tcp', '127.0.0.1'],
    ['tcp', '::1'],
    ['tls', 'localhost'],
    ['ws', '127.0.0.1'],
    ['wss', 'localhost'],
  ])('of HTTP leads to %s://%s', async (scheme, host) => {
    const pem = await certificateFor('localhost');
    const { ca } = files({ ca: pem.cert });
    const isSecure = scheme === 'tls' || scheme === 'wss';
    const echo = (socket: Socket) => socket.pipe(socket);
    const port = scheme.startsWith('ws')
      ? (await echoing(isSecure ? pem : undefined)).port
      : await listening(
          isSecure ? createTlsServer(pem, echo) : createServer(echo),
          host === '::1' ? host : undefined,
        );
    const requests: string[] = [];
    const proxy = await listening(httpProxy(requests, 'me:secret'));
    const shown = host === '::1' ? '[::1]' : host;
    const { stdin, out, err, code } = inProcess([
      at(port, scheme, shown),
      ...soon,
      '--proxy',
      `http://me:secret@127.0.0.1:${proxy}`,
      ...(isSecure ? ['--ca', ca as string] : []),
    ]);
    stdin.write('hi\n');
    await out.until(/hi\n/);
    stdin.end();
    expect(await code).toBe(0);
    expect(requests).toEqual([`${shown}:${port}`]);
    expect(String(err)).not.toContain('secret');
  });

  it.each([true, false])('of SOCKS5 leads on; the server talks first: %s', async (isLate) => {
    const before = openSockets();
    const requests: SocksRequest[] = [];
    const server = createServer((socket) => {
      if (isLate) socket.write('welcome\n');
      socket.pipe(socket);
    });
    const port = await listening(server);
    const proxy = await listening(socksServer(requests, { isLate, login: 'me:secret' }));
    const url = `socks5://me:secret@127.0.0.1:${proxy}`;
    const { stdin, out, code } = inProcess([at(port), ...soon, '--proxy', url]);
    stdin.end('hi\n');
    expect(await code).toBe(0);
    expect(String(out)).toBe(isLate ? 'welcome\nhi\n' : 'hi\n');
    expect(requests).toEqual([{ target: `127.0.0.1:${port}`, login: 'me:secret' }]);
    await expect.poll(openSockets).toBeLessThanOrEqual(before);
  });

  it.each([
    ['http', 'the proxy failed: it answered with HTTP 407'],
    ['socks5', /the proxy failed: .*[Aa]uthentication/],
  ] as const)('of %s that refuses is told, without the login', async (scheme, message) => {
    const server =
      scheme === 'http' ? httpProxy([], 'me:other') : socksServer([], { login: 'me:other' });
    const url = `${scheme}://me:secret@127.0.0.1:${await listening(server)}`;
    const args = [at(await closedPort()), ...soon, '--json', '--max-attempts', '2', '--proxy', url];
    const { events, err, code } = inProcess(args);
    expect(await code).toBe(1);
    expect(events().find(({ event }) => event === 'waiting')).toMatchObject({
      error: {
        code: 'ERR_PROXY',
        message: expect.stringMatching(message),
        hint: expect.stringContaining('--proxy'),
      },
    });
    expect(String(err)).not.toContain('secret');
  });

  it.each(['http', 'socks5'])(
    'of %s that is not there is tried again, and hears a stop',
    async (scheme) => {
      const url = `${scheme}://127.0.0.1:${await closedPort()}`;
      const refused = inProcess([at(1), ...soon, '--max-attempts', '2', '--proxy', url]);
      expect(await refused.code).toBe(1);
      expect(String(refused.err)).toMatch(/the proxy failed: connect ECONNREFUSED/);
      const silent = await listening(createServer());
      const hanging = inProcess([at(1), ...soon, '--proxy', `${scheme}://127.0.0.1:${silent}`]);
      await hanging.err.until(/connecting/);
      hanging.signal('SIGTERM');
      expect(await hanging.code).toBe(0);
    },
  );

  it.each(['http', 'socks5'])('of %s that says nothing ends with the attempt', async (scheme) => {
    const silent = await listening(createServer());
    const args = [at(1), ...soon, '--max-attempts', '1', '--connect-timeout', '50'];
    const { err, code } = inProcess([...args, '--proxy', `${scheme}://127.0.0.1:${silent}`]);
    expect(await code).toBe(1);
    expect(String(err)).toMatch(/ERR_CONNECT_TIMEOUT|within 50 ms/);
  });
});

describe('signals', () => {
  it('SIGHUP tells what is lost, as SIGTERM does', async () => {
    const args = [at(await closedPort()), '--json', '--backoff', 'constant:1h'];
    const { stdin, err, events, signal, code } = inProcess(args);
    stdin.write('a\nb\nc\n');
    await err.until(/"waiting"/);
    signal('SIGHUP');
    expect(await code).toBe(1);
    expect(events()).toContainEqual(
      expect.objectContaining({ event: 'stopping', signal: 'SIGHUP' }),
    );
    expect(events()).toContainEqual(
      expect.objectContaining({ event: 'lost', lines: 3, why: 'unsent' }),
    );
  });

  it('SIGUSR1 reconnects at once: in a wait, and in a session, whose lines are not lost', async () => {
    const port = await closedPort();
    const { stdin, err, events, signal, code } = inProcess([
      at(port),
      '--json',
      '--backoff',
      'constant:1h',
      '--linger',
      '0',
    ]);
    stdin.write('one\n');
    await err.until(/"waiting"/);
    const { sessions, onConnection } = until('never');
    const server = createServer(onConnection).listen(port, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    signal('SIGUSR1');
    await err.until(/"connected"/);
    await expect.poll(() => sessions.join('')).toBe('one\n');
    signal('SIGUSR1');
    await err.until(/"epoch":2[^]*"connected"/);
    stdin.end('two\n');
    expect(await code).toBe(0);
    expect(sessions).toEqual(['one\n', 'two\n']);
    expect(events().at(-1)).toMatchObject({ sent: 2, lost: 0 });
    signal('SIGUSR1');
  });

  it('end it with 3 within 5 s when nobody reads stdout', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.write(Buffer.alloc(1_000_000, 'line\n'));
    });
    const { err, events, signal, stdout, code } = inProcess(
      [at(await listening(server)), '--json'],
      {
        read: false,
      },
    );
    await err.until(/"connected"/);
    await expect.poll(() => stdout.readableLength).toBeGreaterThan(0);
    signal('SIGTERM');
    expect(await code).toBe(3);
    expect(events().at(-1)).toMatchObject({ exitCode: 3, error: { code: 'ERR_OUTPUT_STUCK' } });
  });
});

it('ends with 3 within 5 s when nobody reads stderr', async () => {
  const stderr = new Writable({ write: () => {} });
  const { signal, code } = inProcess([at(await closedPort())], { stderr });
  signal('SIGTERM');
  expect(await code).toBe(3);
});

it('tells who wonders why a command with no stdin ends', async () => {
  const server = createServer((socket) => socket.pipe(socket));
  const { stdin, err, code } = inProcess([at(await listening(server)), '--linger', '0']);
  stdin.end();
  expect(await code).toBe(0);
  expect(String(err)).toMatch(/warning: stdin ended before its first line\n.*use --no-stdin/);
});

it.each([
  ['has said hello', ['--hello', 'hi'], {}],
  ['types', [], { tty: true }],
])('says nothing of it to who %s', async (_who, more, options) => {
  const server = createServer((socket) => socket.pipe(socket));
  const args = [at(await listening(server)), '--linger', '0', ...more];
  const { stdin, err, code } = inProcess(args, options);
  stdin.end();
  expect(await code).toBe(0);
  expect(String(err)).not.toContain('warning');
});

it('tells who uses nohup what to use', async () => {
  const { stdin, err, code } = inProcess([at(await listening(createServer()))]);
  stdin.destroy(Object.assign(new Error('EBADF: bad file descriptor, read'), { code: 'EBADF' }));
  expect(await code).toBe(1);
  expect(String(err)).toMatch(/EBADF.*\n.*nohup.*--no-stdin/);
});

it('--once gives up after five attempts, unless told otherwise', async () => {
  const args = [at(await closedPort()), ...soon, '--json', '--once'];
  const once5 = inProcess(args);
  expect(await once5.code).toBe(1);
  expect(once5.events().filter(({ event }) => event === 'connecting')).toHaveLength(5);
  const forever = inProcess([...args, '--max-attempts', 'never']);
  await forever.err.until(/"attempt":7/);
  forever.signal('SIGTERM');
  expect(await forever.code).toBe(0);
});

it.each([
  ['never', 0],
  ['startup', 1],
])('--fail-fast %s: what waiting may not mend', async (when, expected) => {
  const { port } = await echoing();
  const plain = await listening(
    createHttpServer((_request, response) => response.writeHead(404).end()),
  );
  void port;
  const { err, signal, code } = inProcess([at(plain, 'ws'), ...soon, '--fail-fast', when]);
  if (expected === 0) {
    await err.until(/next attempt/);
    signal('SIGTERM');
  }
  expect(await code).toBe(expected);
});

describe('options that do not fit', () => {
  it.each([
    [['tcp://h:1', '-H', 'A: 1'], '--header is for ws:// and wss://, not for tcp:'],
    [['ws://h', '--keep-alive', '1s'], '--keep-alive is for tcp:// and tls://, not for ws:'],
    [['unix:/x', '--proxy', 'http://h'], '--proxy is for servers on the network, not for unix:'],
  ])('%j', async (args, message) => {
    const { err, code } = inProcess(args);
    expect(await code).toBe(2);
    expect(String(err)).toContain(`error: ${message}`);
  });

  it('a certificate and a key of another, or one of them', async () => {
    const [one, two] = [await certificateFor('one.test'), await certificateFor('two.test')];
    const { cert, key } = files({ cert: one.cert, key: two.key });
    for (const [args, message] of [
      [['--cert', cert], '--cert and --key must be used together'],
      [['--cert', cert, '--key', key], '--key is not the key of --cert'],
    ] as const) {
      const { err, code } = inProcess(['tls://h:1', ...(args as unknown as string[])]);
      expect(await code).toBe(2);
      expect(String(err)).toContain(message);
    }
  });
});
