import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { root } from '../../../../test/support/exec.js';
import { closedPort, listening } from '../../../../test/support/loopback.js';
import { spawned, spawnedFrom, Text } from '../support/command.js';

const at = (port: number) => `tcp://127.0.0.1:${port}`;
const echo = () => createServer((socket) => socket.pipe(socket));
const DEADLINE = { timeout: 60_000 };
const command = [`${root}packages/cli/dist/cli.js`];

describe('the command and its signals', DEADLINE, () => {
  it('SIGHUP tells what is lost, and a second one leaves at once with 129', async () => {
    const waiting = spawned(['--json', '--backoff', 'constant:1h', at(await closedPort())]);
    waiting.stdin.write('a\nb\nc\n');
    await waiting.err.until(/"waiting"/);
    waiting.child.kill('SIGHUP');
    expect(await waiting.ended).toBe(1);
    expect(String(waiting.err)).toContain('"event":"lost","lines":3,"why":"unsent"');

    const server = createServer({ allowHalfOpen: true }, (socket) => socket.resume());
    const hanging = spawned([at(await listening(server))]);
    await hanging.err.until(/connected/);
    hanging.child.kill('SIGHUP');
    await hanging.err.until(/sending the remaining lines/);
    hanging.child.kill('SIGHUP');
    expect(await hanging.ended).toBe(129);
  });

  it('SIGUSR1 reconnects now, and opens no debugger', async () => {
    const { child, stdin, err, ended } = spawned([at(await listening(echo())), '--linger', '0']);
    await err.until(/connected/);
    child.kill('SIGUSR1');
    await err.until(/connected, session 2/);
    stdin.end('hi\n');
    expect(await ended).toBe(0);
    expect(String(err)).not.toMatch(/[Dd]ebugger/);
  });

  it('ends with 3 when nobody reads stdout', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.write(Buffer.alloc(4_000_000, 'line\n'));
    });
    const child = spawn(process.execPath, [...command, at(await listening(server))]);
    onTestFinished(() => void child.kill('SIGKILL'));
    const err = new Text(child.stderr);
    await err.until(/connected/);
    await once(child.stdout, 'readable');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([3, null]);
  });

  it('ends with 3 when nobody reads stderr', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'schmoozer-cli-'));
    const path = join(folder, 'full');
    execFileSync('mkfifo', [path]);
    const full = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    onTestFinished(() => {
      closeSync(full);
      rmSync(folder, { recursive: true });
    });
    expect(() => {
      for (;;) writeSync(full, Buffer.alloc(4096));
    }).toThrow('EAGAIN');
    const server = echo();
    const connected = once(server, 'connection');
    const child = spawn(process.execPath, [...command, at(await listening(server))], {
      stdio: ['pipe', 'ignore', full],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    await connected;
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([3, null]);
  });

  it('tells who uses nohup what to use, and why a service ends at once', async () => {
    const port = await listening(echo());
    for (const [flags, hint, status] of [
      ['w', /nohup.*--no-stdin/, 1],
      ['r', /warning: stdin ended before its first line\n.*--no-stdin/, 0],
    ] as const) {
      const child = spawn(process.execPath, [...command, at(port), '--linger', '0'], {
        stdio: [openSync('/dev/null', flags), 'ignore', 'pipe'],
      });
      onTestFinished(() => void child.kill('SIGKILL'));
      const err = new Text(child.stderr as NonNullable<typeof child.stderr>);
      const [code] = await once(child, 'close');
      expect(code).toBe(status);
      expect(String(err)).toMatch(hint);
    }
  });

  it.each([
    ['30s by default', [], 30],
    ['as --keep-alive says', ['--keep-alive', '7s'], 7],
  ])('the system probes a silent peer %s', async (_title, more, seconds) => {
    const port = await listening(createServer());
    const { err } = spawned([at(port), '--no-stdin', ...more]);
    await err.until(/connected/);
    const shown = spawnedFrom('ss', ['-tno', 'state', 'established', `( dport = :${port} )`], {});
    await shown.ended;
    const left = Number(/timer:\(keepalive,(\d+)/.exec(String(shown.out))?.[1]);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(seconds);
  });
});
