import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { closedPort } from '../../../../test/support/loopback.js';
import { isListening } from '../../../../test/support/services.js';
import { until } from '../../../../test/support/until.js';

/** A Redis of the test's own, which may be hung and killed. */
export interface RedisServer {
  readonly port: number;
  /** Starts it, or starts it again, empty, at the same port. */
  start(): Promise<void>;
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** Kills it by SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
}

/** Not running yet; it is gone when the test is. `more` are arguments of `redis-server`. */
export async function redisServer(...more: readonly string[]): Promise<RedisServer> {
  const port = await closedPort();
  const folder = mkdtempSync(join(tmpdir(), 'schmoozer-redis-'));
  let server: ChildProcess | undefined;
  const kill = async () => {
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, 'exit');
    server.kill('SIGKILL');
    await gone;
  };
  onTestFinished(async () => {
    await kill();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    port,
    kill,
    signal: (signal) => void server?.kill(signal),
    async start() {
      const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder];
      server = spawn('redis-server', [...args, ...more], { stdio: 'ignore' });
      await once(server, 'spawn');
      await until('Redis listens', () => isListening(new URL(`redis://127.0.0.1:${port}`)));
    },
  };
}
