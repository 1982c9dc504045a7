import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ServerOptions, WebSocketServer } from 'ws';
import { inProcess } from './support/command.js';
import { certificateFor } from '../../../test/support/certificate.js';
import { closedPort, listening, openSockets, reset } from '../../../test/support/loopback.js';

const soon = ['--backoff', 'constant:5'];
const at = (port: number, scheme = 'tcp') => `${scheme}://127.0.0.1:${port}`;
const echo = () => createServer((socket) => socket.pipe(socket));

/** A server that collects what comes, session by session. */
function collector(onSession: (socket: Socket, session: number) => void = () => {}) {
  const received: string[] = [];
  const server = createServer((socket) => {
    const session = received.push('') - 1;
    socket.on('data', (chunk) => (received[session] += String(chunk)));
    onSession(socket, session);
  });
  return { server, received };
}

describe('the end of stdin', () => {
  it('sends all, waits for the answer, and ends with 0; no socket is left', async () => {
    const before = openSockets();
    const { stdin, out, err, code } = inProcess([at(await listening(echo())), '--linger', '0']);
    stdin.end('one\ntwo');
    expect(await code).toBe(0);
    expect(String(out)).toBe('one\ntwo');
    expect(String(err)).toMatch(/connecting to tcp:.*\n.*connected\n.*disconnected.*\n.*ended, 2/);
    // The server's end, in this same process, closes a moment later.
    while (openSockets() > before) await new Promise(setImmediate);
  });

  it('waits out --linger for a server that answers late and gives up when we end', async () => {
    const server = createServer((socket) =>
      socket.once('data', () => setTimeout(() => socket.end('late\n'), 50)),
    );
    const { stdin, out, code } = inProcess([at(await listening(server)), '--linger', '1h']);
    stdin.end('question\n');
    expect(await code).toBe(0);
    expect(String(out)).toBe('late\n');
  });

  it('counts silence from the last thing that moved', async () => {
    const server = createServer((socket) => {
      let beats = 0;
      const timer = setInterval(() => {
        socket.write(`${(beats += 1)}\n`);
        if (beats === 5) clearInterval(timer);
      }, 300);
      socket.on('close', () => clearInterval(timer));
    });
    const { stdin, out, code } = inProcess([at(await listening(server)), '--linger', '1200']);
    stdin.end();
    expect(await code).toBe(0);
    expect(String(out)).toBe('1\n2\n3\n4\n5\n');
  });

  it('sends through several sessions, each line once', async () => {
    const { server, received } = collector((socket, session) => {
      if (session === 0) socket.once('data', () => socket.end());
    });
    const { stdin, err, code } = inProcess([at(await listening(server)), ...soon, '--linger', '0']);
    stdin.write('one\n');
    await err.until(/next attempt in 5 ms/);
    stdin.end('two\nthree\n');
    expect(await code).toBe(0);
    expect(received).toEqual(['one\n', 'two\nthree\n']);
  });

  it('while the connection is down and nothing is left ends with 0, without another try', async () => {
    const { server, received } = collector((socket) => socket.once('data', () => socket.end()));
    const args = [at(await listening(server)), '--backoff', 'constant:1h'];
    const { stdin, err, code } = inProcess(args);
    stdin.write('one\n');
    await err.until(/next attempt/);
    stdin.end();
    expect(await code).toBe(0);
    expect(received).toEqual(['one\n']);
  });

  it('while a session without more to do is closing ends it there', async () => {
    const { server } = collector((socket) => socket.once('data', () => socket.end()));
    const { stdin, err, code } = inProcess([at(await listening(server)), '--json', ...soon]);
    stdin.write('one\n');
    await err.until(/"disconnected"/);
    stdin.end();
    expect(await code).toBe(0);
  });

  it('after a session that broke, with nothing left to send, ends with 1', async () => {
    const { server } = collector((socket) => socket.once('data', () => reset(socket)));
    const { stdin, err, code } = inProcess([
      at(await listening(server)),
      '--json',
      '--backoff',
      'constant:1h',
    ]);
    stdin.write('one\n');
    await err.until(/"waiting"/);
    stdin.end();
    expect(await code).toBe(1);
    expect(String(err)).toMatch(/"stopped","status":"failed".*"code":"ECONNRESET"/);
  });

  it('of an empty stdin: what the server says is received before the end', async () => {
    const server = createServer((socket) => socket.end('welcome\n'));
    const { stdin, out, code } = inProcess([at(await listening(server))]);
    stdin.end();
    expect(await code).toBe(0);
    expect(String(out)).toBe('welcome\n');
  });
});

describe('a connection that is down', () => {
  it('keeps lines, and sends them in order when it is up', async () => {
    const port = await closedPort();
    const { stdin, err, code } = inProcess([at(port), ...soon, '--linger', '0']);
    stdin.end('one\ntwo\nthree\n');
    await err.until(/ECONNREFUSED/);
    const { server, received } = collector();
    server.listen(port, '127.0.0.1');
    expect(await code).toBe(0);
    server.close();
    expect(received).toEqual(['one\ntwo\nthree\n']);
  });

  it('makes a pipe wait when the buffer is full: nothing is lost', async () => {
    const port = await closedPort();
    const { stdin, err, code } = inProcess([at(port), ...soon, '--buffer', '3', '--linger', '0']);
    stdin.end(Array.from({ length: 100 }, (_, i) => `${i}\n`).join(''));
    await err.until(/ECONNREFUSED/);
    const { server, received } = collector();
    server.listen(port, '127.0.0.1');
    expect(await code).toBe(0);
    server.close();
    expect(received.join('').split('\n')).toHaveLength(101);
    expect(String(err)).toContain('ended, 100 lines sent\n');
  });

  it.each([
    ['of what is typed drops the newest', { tty: true, env: { NO_COLOR: '1' } }, [], '0\n1\n2\n'],
    ['drops the oldest if told so', {}, ['--overflow', 'drop-oldest'], '7\n8\n9\n'],
  ])('%s, says so, and ends with 1', async (_title, options, more, kept) => {
    const port = await closedPort();
    const args = [at(port), ...soon, '--buffer', '3', '--linger', '0', ...more];
    const { stdin, err, code } = inProcess(args, options);
    stdin.end('0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n');
    await err.until(/7 lines dropped: the buffer is full/);
    const { server, received } = collector();
    server.listen(port, '127.0.0.1');
    expect(await code).toBe(1);
    server.close();
    expect(received).toEqual([kept]);
    expect(String(err)).toContain('ended, 3 lines sent, 7 lost\n');
  });

  it('is given up after --max-attempts tries in a row: 1, and the lines that were not sent', async () => {
    const args = [at(await closedPort()), '--json', ...soon, '--max-attempts', '3'];
    const { stdin, events, code } = inProcess(args);
    stdin.write('one\n');
    expect(await code).toBe(1);
    expect(events().filter(({ event }) => event === 'connecting')).toHaveLength(3);
    expect(events().at(-2)).toMatchObject({ event: 'lost', lines: 1, why: 'unsent' });
    expect(events().at(-1)).toMatchObject({
      event: 'stopped',
      status: 'failed',
      exitCode: 1,
      sent: 0,
      lost: 1,
      error: {
        code: 'ERR_RETRY_LIMIT',
        message: expect.stringMatching(/^gave up after 3 failures in a row: connect ECONNREFUSED/),
        hint: 'check host and port, and that the server is running',
      },
    });
  });
});

describe('--once', () => {
  it('ends with the first session', async () => {
    const server = createServer((socket) => socket.end('bye\n'));
    const { out, code } = inProcess([at(await listening(server)), '--once']);
    expect(await code).toBe(0);
    expect(String(out)).toBe('bye\n');
  });

  it('ends with 1 when that session breaks', async () => {
    const server = createServer((socket) => socket.once('data', () => reset(socket)));
    const { stdin, err, code } = inProcess([at(await listening(server)), '--once']);
    stdin.write('one\n');
    expect(await code).toBe(1);
    expect(String(err)).toMatch(/error: .*ECONNRESET/);
  });

  it('tries until there is a session', async () => {
    const port = await closedPort();
    const { err, code } = inProcess([at(port), '--once', ...soon]);
    await err.until(/ECONNREFUSED/);
    const server = createServer((socket) => socket.end());
    server.listen(port, '127.0.0.1');
    expect(await code).toBe(0);
    server.close();
  });
});

describe('--no-stdin', () => {
  it('receives through several sessions, and leaves stdin alone', async () => {
    let sessions = 0;
    const server = createServer((socket) => socket.end(`session ${(sessions += 1)}\n`));
    const { stdin, out, code, signal } = inProcess([
      at(await listening(server)),
      '--no-stdin',
      ...soon,
    ]);
    stdin.end('never sent\n');
    await out.until(/session 3/);
    signal('SIGINT');
    expect(await code).toBe(0);
    expect(stdin.readableLength).toBe(11);
  });
});

describe('a signal', () => {
  it('sends what is left, our end, takes the rest of the answer, and ends with 0', async () => {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.resume();
      socket.on('end', () => socket.end('goodbye\n'));
    });
    const { stdin, out, err, code, signal, exits } = inProcess([at(await listening(server))]);
    stdin.write('one\n');
    await err.until(/connected/);
    signal('SIGTERM');
    expect(await code).toBe(0);
    expect(String(out)).toBe('goodbye\n');
    expect(String(err)).toMatch(
      /sending the remaining lines.*\n.*disconnected.*\n.*ended, 1 line sent\n$/,
    );
    expect(exits).toEqual([]);
  });

  it('does not wait for ever for a server that does not read: 1, and what may be lost', async () => {
    const server = createServer({ pauseOnConnect: true });
    const { stdin, err, code, signal } = inProcess([at(await listening(server))]);
    stdin.write(`${'x'.repeat(15_000_000)}\n`);
    await err.until(/connected/);
    signal('SIGINT');
    expect(await code).toBe(1);
    expect(String(err)).toContain('1 line may not have arrived');
  }, 30_000);

  it('while the connection is down ends with 1 if lines are left, and says how many', async () => {
    const { stdin, err, code, signal } = inProcess([at(await closedPort()), '--buffer', '2']);
    stdin.write('one\ntwo\nthree\nfour\n');
    await err.until(/next attempt/);
    signal('SIGINT');
    expect(await code).toBe(1);
    expect(String(err)).toContain('4 lines not sent\n');
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('a second %s leaves at once, with %i', async (name, status) => {
    const server = createServer({ allowHalfOpen: true }, (socket) => socket.resume());
    const { err, signal, exits } = inProcess([at(await listening(server))]);
    await err.until(/connected/);
    signal('SIGINT');
    expect(exits).toEqual([]);
    signal(name);
    expect(exits).toEqual([status]);
  });
});

describe('a session that breaks', () => {
  it('loses the line that was on its way, says so, and does not send it again', async () => {
    const { server, received } = collector((socket, session) => {
      // It does not read on: most of what is sent never leaves this machine.
      if (session === 0) socket.once('data', () => reset(socket));
    });
    const args = [at(await listening(server)), '--json', ...soon, '--linger', '0'];
    const { stdin, events, code } = inProcess(args);
    stdin.write(`${'x'.repeat(10_000_000)}\n`);
    stdin.end('next\n');
    expect(await code).toBe(1);
    expect(received.at(-1)).toBe('next\n');
    expect(events()).toContainEqual({
      time: '1970-01-01T00:00:00.000Z',
      event: 'lost',
      lines: 1,
      why: 'cut',
    });
    expect(events().at(-1)).toMatchObject({ exitCode: 1, sent: 1, lost: 1, error: null });
  });

  it('drops the beginning of a line, and says so', async () => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.write(`session ${sockets.length}\nha`);
    });
    const { out, err, code, signal } = inProcess([at(await listening(server)), ...soon]);
    await out.until(/session 1\n/);
    reset(sockets[0] as Socket);
    await out.until(/session 2\n/);
    expect(String(out)).toBe('session 1\nsession 2\n');
    expect(String(err)).toContain('2 bytes of a line that the server did not finish dropped');
    sockets[1]?.end('lf\n');
    await out.until(/half\n/);
    signal('SIGINT');
    expect(await code).toBe(0);
  });

  it('because its peer ended and no longer reads is left after a second', async () => {
    const { server, received } = collector((socket, session) => {
      if (session === 0) socket.once('data', () => socket.pause().end());
    });
    const { stdin, err, code } = inProcess([at(await listening(server)), ...soon, '--linger', '0']);
    stdin.write(`${'x'.repeat(15_000_000)}\n`);
    stdin.end('next\n');
    expect(await code).toBe(1);
    expect(received.at(-1)).toBe('next\n');
    expect(String(err)).toContain('1 line may not have arrived');
  });
});

describe('stdin and stdout that fail', () => {
  it('a reader of stdout that leaves ends the command quietly, with 0', async () => {
    const server = createServer((socket) => socket.write('line\n'));
    const { stdout, err, code } = inProcess([at(await listening(server))]);
    await err.until(/connected/);
    stdout.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    expect(await code).toBe(0);
    expect(String(err)).toMatch(/connected\n$/);
  });

  it('any other error of stdout is told, with 1', async () => {
    const { stdout, err, code } = inProcess([at(await listening(echo()))]);
    await err.until(/connected/);
    stdout.destroy(Object.assign(new Error('write ENOSPC'), { code: 'ENOSPC' }));
    expect(await code).toBe(1);
    expect(String(err)).toContain('error: writing to stdout failed: write ENOSPC\n');
    // Another that comes when all is over has nobody to tell.
    stdout.emit('error', new Error('write ENOSPC'));
  });

  it('an error of stdin is told, with 1', async () => {
    const { stdin, err, code } = inProcess([at(await listening(echo()))]);
    stdin.destroy(new Error('read EISDIR'));
    expect(await code).toBe(1);
    expect(String(err)).toContain('error: reading stdin failed: read EISDIR\n');
  });

  it('a line of stdin over --max-message is told, with 1; nothing of it is sent', async () => {
    const { server, received } = collector();
    const args = [at(await listening(server)), '--max-message', '10', '--linger', '0'];
    const { stdin, err, code } = inProcess(args);
    stdin.write('good\n');
    await err.until(/connected/);
    stdin.write('far too long a line\n');
    expect(await code).toBe(1);
    expect(received).toEqual(['good\n']);
    expect(String(err)).toMatch(/error: a line of stdin is longer than 10 bytes\n.*--max-message/);
  });

  it('a reader of stderr that leaves changes nothing', async () => {
    const { stdin, out, code } = inProcess([at(await listening(echo())), '--linger', '0']);
    stdin.end('one\n');
    expect(await code).toBe(0);
    expect(String(out)).toBe('one\n');
  });
});

describe('a slow reader of stdout', () => {
  it('holds the server back', async () => {
    let written = 0;
    const server = createServer((socket) => {
      const write = () => {
        while (socket.write(Buffer.alloc(65_536, 'x\n'))) written += 65_536;
        socket.once('drain', write);
      };
      write();
    });
    const { stdout, err, code, signal } = inProcess([at(await listening(server))], { read: false });
    await err.until(/connected/);
    let last = -1;
    while (last !== written) {
      last = written;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    // What the two sockets hold, and no more.
    expect(written).toBeLessThan(20_000_000);
    stdout.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    expect(await code).toBe(0);
    signal('SIGINT');
  });
});

describe('over TLS', () => {
  it('trusts --ca, accepts anything with --insecure, and else says what to do', async () => {
    const pem = await certificateFor('localhost');
    const port = await listening(createTlsServer(pem, (socket) => socket.pipe(socket)));
    const folder = mkdtempSync(join(tmpdir(), 'schmoozer-ca-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'ca.pem'), pem.cert);
    const trusted = inProcess([
      `tls://localhost:${port}`,
      '--ca',
      join(folder, 'ca.pem'),
      '--once',
    ]);
    trusted.stdin.end('one\n');
    expect(await trusted.code).toBe(0);
    expect(String(trusted.out)).toBe('one\n');
    const refused = inProcess([at(port, 'tls')]);
    expect(await refused.code).toBe(1);
    expect(String(refused.err)).toMatch(/error: self-signed certificate\n.*--ca <file>/);
    const insecure = inProcess([at(port, 'tls'), '--insecure', '--linger', '0']);
    insecure.stdin.end('one\n');
    expect(await insecure.code).toBe(0);
    expect(String(insecure.out)).toBe('one\n');
  });
});

describe('over WebSocket', () => {
  async function webSocketServer(options: ServerOptions = {}) {
    const server = new WebSocketServer({ ...options, port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    return { server, port };
  }

  it('sends a line as a message, without its end, as text or else as bytes', async () => {
    const { server, port } = await webSocketServer();
    const messages: unknown[] = [];
    server.on('connection', (socket) =>
      socket.on('message', (data, isBinary) => {
        messages.push(isBinary ? data : (data as Buffer).toString());
        socket.send(data, { binary: isBinary });
      }),
    );
    const { stdin, out, code } = inProcess([at(port, 'ws'), '--linger', '200']);
    stdin.write('grün\r\n\n');
    stdin.write(Buffer.of(0xff, 0x0a));
    stdin.end('last');
    expect(await code).toBe(0);
    server.close();
    expect(messages).toEqual(['grün', '', Buffer.of(0xff), 'last']);
    expect(String(out)).toBe('grün\n\n\uFFFD\nlast\n');
  });

  it('reconnects, and takes what comes while it drains', async () => {
    const { server, port } = await webSocketServer();
    let sessions = 0;
    server.on('connection', (socket) => {
      sessions += 1;
      socket.send(`session ${sessions}`);
      if (sessions === 1) socket.close();
    });
    const { out, code, signal } = inProcess([at(port, 'ws'), ...soon]);
    await out.until(/session 2/);
    signal('SIGINT');
    expect(await code).toBe(0);
    server.close();
  });

  it('refuses a message over --max-message: fatal, nothing of it is written', async () => {
    const { server, port } = await webSocketServer();
    server.on('connection', (socket) => {
      socket.send('good');
      socket.send('x'.repeat(101));
    });
    const { out, err, code } = inProcess([at(port, 'ws'), '--max-message', '100']);
    expect(await code).toBe(1);
    server.close();
    expect(String(out)).toBe('good\n');
    expect(String(err)).toMatch(
      /message from the server is longer than 100 bytes\n.*--max-message/,
    );
  });

  it('is told of a message that is too long for the server: fatal', async () => {
    const { server, port } = await webSocketServer({ maxPayload: 10 });
    server.on('connection', (socket) => socket.on('error', () => {}));
    const { stdin, err, code } = inProcess([at(port, 'ws')]);
    stdin.write('more than ten bytes\n');
    expect(await code).toBe(1);
    server.close();
    expect(String(err)).toContain('code 1009 (message too big)');
  });
});
