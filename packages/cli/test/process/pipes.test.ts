import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { once } from 'node:events';
import { spawned } from '../support/command.js';
import { closedPort, listening } from '../../../../test/support/loopback.js';

const at = (port: number, scheme = 'tcp') => `${scheme}://127.0.0.1:${port}`;
const echo = () => createServer((socket) => socket.pipe(socket));
const DEADLINE = { timeout: 60_000 };

describe('the command as a process, with pipes', DEADLINE, () => {
  it('brings a line to the server and its answer back, and ends with 0', async () => {
    const { stdin, out, err, ended } = spawned([at(await listening(echo())), '--linger', '100']);
    stdin.end('hello\n');
    expect(await ended).toBe(0);
    expect(String(out)).toBe('hello\n');
    expect(String(err)).toMatch(/^schmoozer: connecting to tcp.*\nschmoozer: connected\n/);
  });

  it('lives through a server that is not there yet', async () => {
    const port = await closedPort();
    const { stdin, out, err, ended } = spawned([at(port), '--backoff', 'constant:50']);
    stdin.end('one\ntwo\n');
    await err.until(/next attempt in 50 ms/);
    const server = echo().listen(port, '127.0.0.1');
    expect(await ended).toBe(0);
    server.close();
    expect(String(out)).toBe('one\ntwo\n');
  });

  it('ends with 2 and without a word on stdout when the command line is wrong', async () => {
    const { out, err, ended } = spawned(['udp://localhost:1']);
    expect(await ended).toBe(2);
    expect(String(out)).toBe('');
    expect(String(err)).toContain(
      'error: the address is wrong. Expected an address that begins with tcp://',
    );
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('drains at the first %s, and leaves at once at the second', async (name, status) => {
    const server = createServer({ allowHalfOpen: true }, (socket) => socket.resume());
    const { child, err, ended } = spawned([at(await listening(server))]);
    await err.until(/connected/);
    child.kill(name);
    await err.until(/sending the remaining lines/);
    child.kill(name);
    expect(await ended).toBe(status);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends with 0 after one %s', async (name) => {
    const { child, err, ended } = spawned([at(await listening(echo()))]);
    await err.until(/connected/);
    child.kill(name);
    expect(await ended).toBe(0);
  });

  it('ends quietly when the reader of stdout leaves, as head does', async () => {
    const server = createServer((socket) => {
      const write = () => {
        while (socket.write('line\n'.repeat(1000)));
        socket.once('drain', write);
      };
      write();
    });
    const { child, out, err, ended } = spawned([at(await listening(server))]);
    await out.until(/line\n/);
    child.stdout?.destroy();
    expect(await ended).toBe(0);
    expect(String(err)).toMatch(/connected\n$/);
  });

  it('passes 200 MB through, to a slow server and back, in bounded memory', async () => {
    const MEGABYTES = 200;
    const { child, stdin, out, ended } = spawned([at(await listening(echo()))], { keep: false });
    const chunk = Buffer.alloc(1_000_000, `${'x'.repeat(99)}\n`);
    let peakKiB = 0;
    for (let i = 0; i < MEGABYTES; i += 1) {
      if (!stdin.write(chunk)) await once(stdin, 'drain');
      peakKiB = Math.max(peakKiB, await residentKiB(child.pid as number));
    }
    stdin.end();
    expect(await ended).toBe(0);
    expect(out.bytes).toBe(MEGABYTES * 1_000_000);
    expect(peakKiB).toBeLessThan(200_000);
  });

  it('refuses a message of 200 MB: 1, nothing of it on stdout, what to do on stderr', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    server.on('connection', (socket) => socket.send('x'.repeat(200_000_000)));
    const { port } = server.address() as { port: number };
    const { out, err, ended } = spawned([at(port, 'ws')]);
    expect(await ended).toBe(1);
    server.close();
    expect(out.bytes).toBe(0);
    expect(String(err)).toMatch(/error: a message from the server is longer than 16777216 bytes/);
    expect(String(err)).toContain('allow longer ones with --max-message, up to 1GiB');
  });

  it('refuses a line of 200 MB likewise', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.write(Buffer.alloc(200_000_000, 'x'));
    });
    const { out, err, ended } = spawned([at(await listening(server))]);
    expect(await ended).toBe(1);
    expect(out.bytes).toBe(0);
    expect(String(err)).toMatch(/error: a line from the server is longer than 16777216 bytes/);
  });
});

async function residentKiB(pid: number): Promise<number> {
  const { readFile } = await import('node:fs/promises');
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
}
