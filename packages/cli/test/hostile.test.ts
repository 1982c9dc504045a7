import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { actorFor } from '../src/actorFor.js';
import { LineQueue } from '../src/lineQueue.js';
import { parseArguments } from '../src/parseArguments.js';
import type { CommandEvent } from '../src/report.js';
import { inProcess } from './support/command.js';
import { acceptOf } from '../../../test/support/acceptOf.js';
import { certificateFor, certificateNamed } from '../../../test/support/certificate.js';
import { closedPort, listening } from '../../../test/support/loopback.js';

const SECRET = 'hunter2';
/** What is sent of the user and the password in the address. */
const BASIC = Buffer.from(`me:${SECRET}`).toString('base64');
/** What a server says who wants to write into the terminal, and to forge lines of ours. */
const NASTY =
  '\u001B]0;title\u0007\u001B[31m\u009B31m\u0085\u2028\u202E\u007F\r\nschmoozer: ended, 0 lines sent\n' +
  '{"event":"stopped","exitCode":0}';
const latin1 = (text: string) => Buffer.from(text, 'latin1');

interface Peer {
  readonly port: number;
  /** More arguments, for this server. */
  readonly args?: readonly string[];
}

const plain = (text: string | Buffer) => async (): Promise<Peer> => ({
  port: await listening(
    createServer((socket) => {
      socket.on('data', () => {});
      socket.end(text);
    }),
  ),
});

const upgrade = (answer: (key: string) => string | Buffer) => async (): Promise<Peer> => {
  const server = createHttpServer().on('upgrade', (request, socket) => {
    socket.on('error', () => {});
    socket.end(answer(String(request.headers['sec-websocket-key'])));
  });
  return { port: await listening(server) };
};

const accepted = (key: string) =>
  `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptOf(key)}`;

const webSocket = (onSocket: (socket: WebSocket) => void) => async (): Promise<Peer> => {
  const http = createHttpServer();
  const server = new WebSocketServer({ server: http });
  server.on('connection', (socket) => {
    socket.on('error', () => {});
    onSocket(socket);
  });
  onTestFinished(() => server.close());
  return { port: await listening(http) };
};

async function behind(server: Server, ca?: string): Promise<Peer> {
  const port = await listening(server, 'localhost');
  if (ca === undefined) return { port };
  const folder = mkdtempSync(join(tmpdir(), 'schmoozer-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'ca.pem'), ca);
  return { port, args: ['--ca', join(folder, 'ca.pem')] };
}

type Case = readonly [
  what: string,
  scheme: 'tcp' | 'tls' | 'ws' | 'wss',
  open: () => Promise<Peer>,
];

const cases: readonly Case[] = [
  ['nobody', 'ws', async () => ({ port: await closedPort() })],
  ['silence', 'wss', silent],
  ['a close', 'ws', webSocket((socket) => socket.close(4401, NASTY.slice(0, 60)))],
  [
    'a close with an address',
    'ws',
    webSocket((socket) => socket.close(4401, `wss://me:${SECRET}@h/?${SECRET}`)),
  ],
  ['a loss', 'ws', webSocket((socket) => socket.terminate())],
  ['a long message', 'ws', webSocket((socket) => socket.send('x'.repeat(2000)))],
  [
    'a 403',
    'ws',
    upgrade(() =>
      latin1('HTTP/1.1 403 \u001B[31mNO\u009B\r\nContent-Length: 0\r\nX: \u001B[0m\r\n\r\n'),
    ),
  ],
  [
    'a redirect',
    'ws',
    upgrade(() => `HTTP/1.1 302 Found\r\nLocation: wss://me:${SECRET}@h/?${SECRET}\r\n\r\n`),
  ],
  [
    'a page',
    'ws',
    upgrade(() => latin1(`HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n\u001B[31m${SECRET}`)),
  ],
  [
    'a wrong key',
    'ws',
    upgrade(() => 'HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'),
  ],
  [
    'a wrong upgrade',
    'ws',
    upgrade(() =>
      latin1('HTTP/1.1 101 X\r\nUpgrade: \u0080websocket\r\nConnection: Upgrade\r\n\r\n'),
    ),
  ],
  [
    'an extension',
    'ws',
    upgrade((key) =>
      latin1(
        `HTTP/1.1 101 X\r\n${accepted(key)}\r\nSec-WebSocket-Extensions: \u001B[31mX\u009B; x\r\n\r\n`,
      ),
    ),
  ],
  ['no HTTP', 'ws', plain(`\u001B[31m${SECRET}\r\n\r\n`)],
  ['no TLS', 'tls', plain(`\u001B[31m${SECRET}\r\n\r\n`)],
  ['no TLS below a WebSocket', 'wss', plain(`\u001B[31m${SECRET}\r\n\r\n`)],
  [
    'a name with escape sequences',
    'tls',
    async () => {
      const nasty = await certificateNamed(NASTY);
      return behind(createTlsServer(nasty), nasty.cert);
    },
  ],
  [
    'the same below a WebSocket',
    'wss',
    async () => {
      const nasty = await certificateNamed(NASTY);
      return behind(createTlsServer(nasty), nasty.cert);
    },
  ],
  [
    'another name with escape sequences',
    'tls',
    async () => {
      const nasty = await certificateFor('a\u001B[31m.example');
      return behind(createTlsServer(nasty), nasty.cert);
    },
  ],
  ['an unknown issuer', 'wss', async () => behind(createTlsServer(await certificateNamed(NASTY)))],
  ...(['http', 'socks5'] as const).flatMap((by): Case[] => [
    [
      `a proxy of ${by} that is not there`,
      'tcp',
      () => through(by, async () => ({ port: await closedPort() })),
    ],
    [`a proxy of ${by} that hangs up`, 'ws', () => through(by, plain(''))],
    [
      `a proxy of ${by} that answers with anything`,
      'wss',
      () => through(by, plain(`${NASTY}${SECRET}\r\n\r\n`)),
    ],
    [
      `a proxy of ${by} that refuses`,
      'ws',
      () =>
        through(by, plain(`HTTP/1.1 407 ${SECRET}\r\nX: \u001B[31m\r\nContent-Length: 0\r\n\r\n`)),
    ],
  ]),
  ['a line', 'tcp', plain(`${NASTY}\n`)],
  ['a long line', 'tcp', plain(`${NASTY}${'x'.repeat(2000)}`)],
];

/** A server that nobody reaches, behind a proxy that is this one. */
async function through(by: 'http' | 'socks5', open: () => Promise<Peer>): Promise<Peer> {
  const { port } = await open();
  return {
    port: await closedPort(),
    args: ['--proxy', `${by}://me:${SECRET}@127.0.0.1:${port}`, '--hello', SECRET],
  };
}

async function silent(): Promise<Peer> {
  return { port: await listening(createServer(() => {})), args: ['--connect-timeout', '20'] };
}

describe.each([[[] as string[]], [['--json']]])('what the command says, with %j', (format) => {
  it.each(cases)('after %s has nothing raw in it and no secret', async (_what, scheme, open) => {
    const { port, args = [] } = await open();
    const host = scheme === 'ws' || scheme === 'tcp' ? '127.0.0.1' : 'localhost';
    const address = scheme.startsWith('ws')
      ? `${scheme}://me:${SECRET}@${host}:${port}/a\u001B\u202E?token=${SECRET}`
      : `${scheme}://${host}:${port}`;
    const limits = ['--max-attempts', '2', '--backoff', 'constant:1', '--max-message', '1000'];
    const { err, code } = inProcess([
      address,
      '--no-stdin',
      '--once',
      ...limits,
      ...format,
      ...args,
    ]);
    await code;
    const said = String(err);
    check(said);
    const lines = said.trimEnd().split('\n');
    if (format.length === 0) {
      expect(lines.filter((line) => !line.startsWith('schmoozer: '))).toEqual([]);
      expect(lines.filter((line) => line.startsWith('schmoozer: ended'))).toHaveLength(1);
    } else {
      const events = lines.map((line) => (JSON.parse(line) as { event: string }).event);
      expect(events.filter((event) => event === 'stopped')).toHaveLength(1);
    }
  });

  it('after a signal, and the second one', async () => {
    const { port } = await silent();
    const address = `ws://me:${SECRET}@127.0.0.1:${port}/?token=${SECRET}`;
    const { err, code, signal } = inProcess([address, ...format]);
    await err.until(/connecting/);
    signal('SIGTERM');
    signal('SIGTERM');
    await code;
    check(String(err));
  });
});

describe('what a server sends', () => {
  const received = async (args: string[], tty: boolean) => {
    const { port } = await plain(`${NASTY}\n`)();
    const address = `tcp://127.0.0.1:${port}`;
    const { out, code } = inProcess([address, '--no-stdin', '--once', ...args], { tty });
    expect(await code).toBe(0);
    return String(out);
  };

  it('reaches a pipe as it is', async () => {
    expect(await received([], false)).toBe(`${NASTY}\n`);
  });

  it('reaches a terminal as text, unless with --raw', async () => {
    const shown = await received([], true);
    check(shown.replaceAll('\r', ''));
    expect(shown).toContain('\\u{1B}[31m');
    expect(await received(['--raw'], true)).toBe(`${NASTY}\n`);
  });
});

it('what is meant for the logger is a warning, and as harmless', async () => {
  const settings = parseArguments(['tcp://127.0.0.1:1'], { out: () => {}, err: () => {} });
  const told: CommandEvent[] = [];
  const host = { stdout: new PassThrough() } as never;
  const queue = new LineQueue({ lines: 1, bytes: 1, overflow: 'wait' });
  const actor = actorFor(settings, host, queue, (event) => told.push(event));
  (actor as unknown as { logger: (error: unknown) => void }).logger(new Error(NASTY));
  expect(told).toEqual([
    {
      event: 'warning',
      error: expect.objectContaining({ message: expect.stringContaining('u{1B}') }),
    },
  ]);
});

describe('what the command says of its arguments', () => {
  const url = `wss://me:${SECRET}@h/?token=${SECRET}`;
  it.each<[args: string[]]>([
    [['--help']],
    [['--help', url]],
    [[url, url]],
    [[url, `-p${SECRET}`]],
    [[url, `--password=${SECRET}`]],
    [[url, '--max-attempts', url]],
    [[url, '--backoff', `${SECRET}' is invalid.`]],
    [[url, '--connect-timeout', `${SECRET}\n`]],
    [[url, '--overflow', url]],
    [[url, '--max-message', url]],
    [[url, '--ca', url]],
    [[url, '--ca', `${SECRET}\u001B[31m`]],
    [[url, '--proxy', url]],
    [[url, '--proxy', `http://${SECRET}%zz@h`]],
    [[url, '--proxy', `socks5://me:${SECRET}@h/${SECRET}`]],
    [[url, '-H', `${SECRET}\u001B[31m`]],
    [[url, `-H${SECRET}: \u0000`]],
    [[url, '-H', `@${SECRET}`]],
    [[url, '--protocol', `${SECRET}==`]],
    [[url, '--hello-file', `${SECRET}\u202E`]],
    [[url, '--cert', `${SECRET}\u009B`]],
    [[url, '--key', SECRET]],
    [[url, '--keep-alive', SECRET]],
    [[url, '--heartbeat', SECRET]],
    [[url, '--max-age', `${SECRET}\n`]],
    [[url, '--fail-fast', url]],
    [[`tcp://h:1`, '-H', `Authorization: ${SECRET}`]],
    [[`unix:/\u001B[31m${SECRET}`]],
    [[`unix:/no/such/\u202E\u009B`, '--no-stdin', '--once', '--max-attempts', '1']],
    [[`foo://${SECRET}\u001B[31m\u009B\u202E`]],
    [[url, '-\u001B[31m']],
    [[url, '--\u001B[31m']],
    [['--', `--${SECRET}`]],
    [[`ws://me:${SECRET}@127.0.0.1:1/`, '--insecure']],
  ])('%j: has nothing raw in it and no secret', async (args) => {
    const { out, err, code } = inProcess(args);
    await code;
    check(`${String(out)}${String(err)}`);
    expect(`${String(out)}${String(err)}`).not.toBe('');
  });
});

function check(said: string): void {
  expect(said.split('\n').filter((line) => /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(line))).toEqual(
    [],
  );
  expect(said.split('\n').filter((line) => line.includes(SECRET) || line.includes(BASIC))).toEqual(
    [],
  );
}
