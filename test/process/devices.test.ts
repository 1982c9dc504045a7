import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../support/exec.js';
import { until } from '../support/until.js';

it('the devices as a program: it follows its file, answers /readyz, and ends by SIGTERM', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.end('hello\n');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port: httpPort } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  const folder = await mkdtemp(join(tmpdir(), 'devices-'));
  const file = join(folder, 'devices.json');
  const list = (...ids: string[]) =>
    JSON.stringify(ids.map((id) => ({ id, host: '127.0.0.1', port })));
  await writeFile(file, list('a'));
  const args = ['--import', 'tsx', 'examples/devices/main.ts', file, String(httpPort)];
  const child = spawn(process.execPath, args, { cwd: root });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  }
  const exit = once(child, 'exit');
  try {
    await until('the first device', () => text.includes('a hello') && text.includes('ready'));
    await writeFile(file, list('b'));
    await until('the second device', () => text.includes('b hello'));
    const health = await (await fetch(`http://127.0.0.1:${httpPort}/readyz`)).json();
    expect(health).toMatchObject({ total: 1, links: { b: {} } });
    await writeFile(file, '{ no list');
    await until('the complaint', () => text.includes('the list stays as it was'));
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
    expect(text).toContain("stopped { status: 'stopped', late: [] }");
  } finally {
    child.kill('SIGKILL');
    server.close();
    await rm(folder, { recursive: true });
  }
});
