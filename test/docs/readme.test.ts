import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { fencesOf, read, root, rowsOf } from '../support/documents.js';

const text = read('README.md');
const programs = fencesOf('README.md').filter(({ info }) => info.startsWith('ts'));
const [webSocket, tcp] = programs.map(({ code }) => code) as [string, string];
const folder = join(root, '.tmp', `readme-${process.pid}`);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('README.md', () => {
  it('has at most 200 lines', () => {
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(200);
  });

  it('says in its first lines what it is, with a WebSocket in about ten lines', () => {
    expect(text).toMatch(/^# schmoozer\n\n[A-Z][^\n]+\.\n\n```ts\n/);
    expect(webSocket).toContain("from 'schmoozer/websocket'");
    expect(webSocket.split('\n').filter((line) => line !== '').length).toBeLessThanOrEqual(10);
  });

  it('goes on with any protocol, the chart, the storm, why, and what each entry is for', () => {
    const order = [
      '\n## Any protocol\n',
      '](docs/states.svg)\n',
      '](docs/pictures/storm.svg)\n',
      '\n## Why\n',
      '\n## Entries and packages\n',
      '\n## What your project needs\n',
    ].map((part) => text.indexOf(part));
    expect(order).not.toContain(-1);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    // Real: a socket of the operating system, and the library by its name.
    expect(tcp).toMatch(/from 'node:net'[\s\S]+from 'schmoozer'/);
    expect(text.indexOf(tcp)).toBeGreaterThan(order[0] as number);
    expect(text.indexOf(tcp)).toBeLessThan(order[1] as number);
  });

  it('has a row for each entry and each package, and no other', () => {
    const { exports } = JSON.parse(read('package.json')) as { exports: Record<string, string> };
    const entries = Object.keys(exports).filter((entry) => !entry.endsWith('.json'));
    const packages = readdirSync(join(root, 'packages')).map(
      (name) => JSON.parse(read(`packages/${name}/package.json`)).name as string,
    );
    const rows = rowsOf('README.md', 'import');
    const wanted = [...entries.map((entry) => entry.replace('.', 'schmoozer')), ...packages];
    const shown = rows.map(([name]) => name as string);
    expect(new Set(shown)).toEqual(new Set(wanted));
    expect(shown).toHaveLength(wanted.length);
    for (const [, purpose, page] of rows) {
      expect(purpose?.length).toBeGreaterThan(10);
      const [, path] = /\]\(([^)#]+)/.exec(page as string) as unknown as [string, string];
      expect(existsSync(join(root, path)), path).toBe(true);
    }
  });

  it('gives two commands for a fresh machine: one runs the demo, one passes the tests', () => {
    expect(text).toContain('\n```sh\nnpm ci && npm run demo\nnpm ci && npm test\n```\n');
  });
});

describe('the first program of README.md', () => {
  const url = 'wss://prices.example/stream';
  /** `edit` changes the program, as the README says for Node. */
  async function printed(edit: (code: string) => string, flags: string[] = []) {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    let connections = 0;
    server.on('connection', (socket) => {
      connections += 1;
      socket.send(`message ${connections}`);
      if (connections === 1) socket.close(1001, 'restarting');
    });
    const { port } = server.address() as AddressInfo;
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `program-${port}.mjs`);
    expect(webSocket).toContain(url);
    writeFileSync(file, edit(webSocket.replace(url, `ws://127.0.0.1:${port}`)));
    const child = execFile(process.execPath, [...flags, file], { cwd: root, timeout: 30_000 });
    const closed = once(child, 'close');
    let out = '';
    child.stdout?.on('data', (chunk: string) => {
      out += chunk;
      // Both messages have come: nothing else ends the program.
      if (out.includes('message 2')) child.kill();
    });
    await closed;
    for (const socket of server.clients) socket.terminate();
    server.close();
    return out;
  }

  it('prints messages across a restart of the server, with the class of `ws`', async () => {
    const withWs = (code: string) =>
      `import { WebSocket } from 'ws';\n${code.replace('\n  url:', '\n  WebSocket,\n  url:')}`;
    expect(await printed(withWs)).toBe('message 1\nmessage 2\n');
  }, 40_000);

  it('does so as it stands where Node has a WebSocket, as from 22 on', async () => {
    const flags = 'WebSocket' in globalThis ? [] : ['--experimental-websocket'];
    expect(await printed((code) => code, flags)).toBe('message 1\nmessage 2\n');
  }, 40_000);
});
