import { createServer as createHttpServer } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { beforeAll, describe, expect, it } from 'vitest';
import { inProcess } from './support/command.js';
import { certificateFor } from '../../../test/support/certificate.js';
import { listening, reset } from '../../../test/support/loopback.js';

const at = (port: number, scheme: string) => `${scheme}://127.0.0.1:${port}`;
const soon = ['--backoff', 'constant:5'];

let pem: Awaited<ReturnType<typeof certificateFor>>;
beforeAll(async () => {
  pem = await certificateFor('server.test');
});

/** A TLS server, and how many connections it got. */
async function tlsServer() {
  const server = createTlsServer(pem, (socket) => socket.pipe(socket));
  const counts = { connections: 0 };
  server.on('connection', () => (counts.connections += 1));
  return { port: await listening(server), counts };
}

/** What the command says, and nothing on stdout, when a line meets such a server; it must end with 1. */
async function refusal(port: number, scheme: string, ...args: string[]): Promise<string> {
  const { stdin, out, err, code } = inProcess([at(port, scheme), ...soon, ...args]);
  stdin.end('hello\n');
  expect(await code).toBe(1);
  expect(String(out)).toBe('');
  return String(err);
}

describe('a server that speaks another protocol', () => {
  it('plain lines in place of TLS', async () => {
    const port = await listening(createServer((socket) => socket.write('220 welcome\r\n')));
    for (const [scheme, plain] of [
      ['tls', 'tcp'],
      ['wss', 'ws'],
    ] as const) {
      expect(await refusal(port, scheme)).toMatch(
        new RegExp(`error: the peer does not speak TLS.*\\n.*use ${plain}:// when`),
      );
    }
  });

  it('TLS in place of plain lines, without a word to those who speak none', async () => {
    const { port, counts } = await tlsServer();
    const told = /error: the server speaks TLS\n.*use tls:\/\/ in place of tcp:\/\//;
    expect(await refusal(port, 'tcp')).toMatch(told);
    expect(counts.connections).toBe(2);
  });

  it('TLS in place of plain lines, typed one by one: at the third session', async () => {
    const { port, counts } = await tlsServer();
    const { stdin, err, code } = inProcess([at(port, 'tcp'), ...soon]);
    for (let session = 1; session <= 3; session += 1) {
      stdin.write('hello\n');
      while (counts.connections < session) await new Promise(setImmediate);
      await err.until(new RegExp(`(disconnected[^]*){${session}}`));
    }
    expect(await code).toBe(1);
    expect(String(err)).toContain('error: the server speaks TLS\n');
    expect(counts.connections).toBe(4);
  });

  it('TLS in place of plain lines, with an alert', async () => {
    const alert = Buffer.of(0x15, 3, 1, 0, 2, 2, 0x46);
    const port = await listening(createServer((socket) => socket.end(alert)));
    expect(await refusal(port, 'tcp')).toContain('error: the server speaks TLS\n');
  });

  it('TLS in place of WebSocket: at the third try', async () => {
    const { port } = await tlsServer();
    expect(await refusal(port, 'ws')).toMatch(/error: the server speaks TLS\n.*use wss:\/\/ in/);
  });

  it('an echo in place of WebSocket', async () => {
    const port = await listening(createServer((socket) => socket.pipe(socket)));
    expect(await refusal(port, 'ws')).toMatch(
      /error: the peer does not speak HTTP.*\n.*use tcp:\/\/ when/,
    );
  });

  it('HTTP in place of WebSocket', async () => {
    const server = createHttpServer((_request, response) => response.end('hello'));
    expect(await refusal(await listening(server), 'ws')).toMatch(/error: .*HTTP 200.*\n.*the path/);
  });

  it('nothing: the deadline of --connect-timeout, with advice', async () => {
    const port = await listening(createServer((socket) => socket.resume()));
    const more = ['--connect-timeout', '50', '--max-attempts', '2'];
    const told = await refusal(port, 'ws', ...more);
    expect(told).toMatch(
      /gave up after 2 failures in a row: connect did not settle within 50 ms\n.*scheme/,
    );
  });
});

describe('a server that hangs up without a word', () => {
  /** Takes a line, hangs up, and keeps the first bytes of each connection. */
  async function sink(hangUp: (socket: Socket) => void) {
    const firsts: number[] = [];
    const server = createServer((socket) =>
      socket.once('data', (chunk) => {
        firsts.push(chunk[0] as number);
        hangUp(socket);
      }),
    );
    return { port: await listening(server), firsts };
  }
  const HELLO = 0x16;
  const LINE = 'h'.charCodeAt(0);

  it.each([
    ['an end', (socket: Socket) => void socket.end()],
    ['silence', () => {}],
    ['a reset', reset],
  ])('is asked for TLS once, and may answer with %s', async (_title, answer) => {
    const { port, firsts } = await sink((socket) =>
      firsts.at(-1) === HELLO ? answer(socket) : void socket.end(),
    );
    const { stdin, code } = inProcess([at(port, 'tcp'), ...soon]);
    stdin.end('hello\n');
    expect(await code).toBe(0);
    expect(firsts).toEqual([LINE, HELLO]);
  });

  it('is not asked when it has once said something, nor when we had ended before', async () => {
    let sessions = 0;
    const { port, firsts } = await sink((socket) => {
      sessions += 1;
      socket.end(sessions === 1 ? 'welcome\n' : '');
    });
    const { stdin, err, code } = inProcess([at(port, 'tcp'), ...soon]);
    for (const pattern of [/next attempt/, /(next attempt[^]*){2}/]) {
      stdin.write('hello\n');
      await err.until(pattern);
    }
    stdin.end('hello\n');
    expect(await code).toBe(0);
    expect(firsts).toEqual([LINE, LINE, LINE]);
    const quiet = await sink(() => {});
    const ended = inProcess([at(quiet.port, 'tcp'), '--linger', '0']);
    ended.stdin.end('hello\n');
    expect(await ended.code).toBe(0);
    expect(quiet.firsts).toEqual([LINE]);
  });

  it('a stop does not wait for its answer', async () => {
    const { port, firsts } = await sink((socket) => {
      if (firsts.at(-1) === LINE) socket.end();
    });
    const { stdin, code, signal } = inProcess([at(port, 'tcp'), ...soon]);
    stdin.end('hello\n');
    while (!firsts.includes(HELLO)) await new Promise(setImmediate);
    signal('SIGINT');
    expect(await code).toBe(0);
  });
});
