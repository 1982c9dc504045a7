import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { closedPort } from './loopback.js';
import { isListening } from './services.js';
import { until } from './until.js';

export interface RealProxy {
  readonly host: string;
  readonly port: number;
}

const host = '127.0.0.1';

/** Debian's HTTP proxy, which lets CONNECT through to any port. */
export async function tinyproxy(): Promise<RealProxy> {
  const port = await closedPort();
  const folder = mkdtempSync(join(tmpdir(), 'schmoozer-tinyproxy-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'tinyproxy.conf');
  writeFileSync(file, `Port ${port}\nListen ${host}\nTimeout 60\nMaxClients 20\nAllow ${host}\n`);
  return started('tinyproxy', ['-d', '-c', file], port);
}

/** Debian's SOCKS5 proxy; with a password it lets nobody else through. */
export async function microsocks(login: readonly string[] = []): Promise<RealProxy> {
  const port = await closedPort();
  return started('microsocks', ['-i', host, '-p', String(port), ...login], port);
}

async function started(command: string, args: string[], port: number): Promise<RealProxy> {
  const child = spawn(command, args, { stdio: 'ignore' });
  let failure: Error | undefined;
  child.once('error', (error) => (failure = error));
  onTestFinished(async () => {
    if (child.pid === undefined || child.exitCode !== null) return;
    const gone = once(child, 'exit');
    child.kill();
    await gone;
  });
  await until(`${command} to listen`, () => {
    if (failure !== undefined) {
      const what = `${command} cannot be started: install it, \`apt-get install ${command}\``;
      throw new Error(what, { cause: failure });
    }
    if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}`);
    return isListening(new URL(`http://${host}:${port}`));
  });
  return { host, port };
}
