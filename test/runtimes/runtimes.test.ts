import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import { root } from '../support/exec.js';
import { listening } from '../support/loopback.js';

const folder = `${root}test/runtimes`;
const cpu = process.arch;
const programs = `${folder}/node_modules`;
const nodes = {
  'Node 22': `${programs}/node22-linux-${cpu}/bin/node`,
  'Node 24': `${programs}/node24-linux-${cpu}/bin/node`,
};
const others = {
  Bun: [`${programs}/@oven/bun-linux-${cpu === 'arm64' ? 'aarch64' : cpu}/bin/bun`],
  Deno: [
    `${programs}/@deno/linux-${cpu}-glibc/deno`,
    'run',
    '--allow-all',
    '--no-lock',
    '--node-modules-dir=manual',
  ],
} as const;

beforeAll(() => {
  if (process.platform !== 'linux') throw new Error('the runtimes are installed for Linux only');
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'inherit' });
}, 300_000);

/** Runs a program to its end, or to the test's deadline. */
async function outcome(program: string, args: readonly string[]) {
  const env = { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1', FORCE_COLOR: undefined };
  const child = spawn(program, args, { cwd: root, env });
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  }
  const [status] = await once(child, 'close');
  return { status: status as number | null, text };
}

/** Both servers echo, and end the first session at once. */
async function servers(): Promise<[tcp: string, webSocket: string]> {
  let sessions = 0;
  const tcp = createServer((socket: Socket) => {
    sessions += 1;
    if (sessions === 1) socket.end();
    else socket.pipe(socket);
  });
  const webSocket = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(webSocket, 'listening');
  onTestFinished(() => {
    for (const client of webSocket.clients) client.terminate();
    webSocket.close();
  });
  let webSocketSessions = 0;
  webSocket.on('connection', (socket) => {
    webSocketSessions += 1;
    if (webSocketSessions === 1) return socket.close(1011);
    socket.on('message', (data: Buffer) => socket.send(data.toString()));
  });
  const { port } = webSocket.address() as { port: number };
  return [String(await listening(tcp)), String(port)];
}

const smoke = `${folder}/smoke.mjs`;

it('the smoke runs every entry of the package', () => {
  const { exports } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
  const entries = Object.values<string>(exports).filter((file) => file.endsWith('.js'));
  const imported = readFileSync(smoke, 'utf8').matchAll(/from '\.\.\/\.\.(\/dist\/[\w-]+\.js)'/g);
  const files = [...imported].map(([, file]) => `.${file}`);
  expect(files.toSorted()).toEqual(entries.toSorted());
});

describe.each(Object.entries(nodes))('%s', (_name, node) => {
  it('passes the suites of the core, TCP and WebSocket', async () => {
    const args = [
      'run',
      '--config',
      'vitest.config.ts',
      '--project',
      'floor',
      '--reporter=dot',
      '--silent=true',
    ];
    const suites = [
      'core',
      'policy',
      'actors',
      'machine',
      'connectors',
      'discovery',
      'browser',
      'compat',
    ];
    const { status, text } = await outcome(node, [
      'node_modules/vitest/vitest.mjs',
      ...args,
      ...suites.map((suite) => `test/unit/${suite}/`),
    ]);
    expect(status, text).toBe(0);
    expect(text).toMatch(/Tests\s+\d{3,} passed/);
  });

  it('has metrics and spans with the newest SDK of OpenTelemetry', async () => {
    const { status, text } = await outcome(node, [`${folder}/opentelemetry.mjs`]);
    expect({ status, text }).toEqual({ status: 0, text: 'ok\n' });
  });

  it('runs every entry with its own WebSocket, and ends', async () => {
    const { status, text } = await outcome(node, [smoke, ...(await servers())]);
    expect({ status, text }).toEqual({ status: 0, text: expect.stringMatching(/^ok\n/m) });
  });
});

describe.each(Object.entries(others))('%s', (_name, [program, ...args]) => {
  it('runs every entry with its own WebSocket, and ends', async () => {
    const { status, text } = await outcome(program, [...args, smoke, ...(await servers())]);
    expect({ status, text }).toEqual({ status: 0, text: expect.stringMatching(/^ok\n/m) });
  });
});
