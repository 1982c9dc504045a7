import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { closedPort } from '../support/loopback.js';
import { answering, webSocketServer } from '../support/webSocketServer.js';

const built = (entry: string) =>
  JSON.stringify(fileURLToPath(new URL(`../../dist/${entry}.js`, import.meta.url)));

/** Runs a program on the built library in a process of its own, with Node's own WebSocket. */
async function runProgram(source: string): Promise<string[]> {
  const program = `
    import { Break, constantBackoff, Continue, run } from ${built('index')};
    import { isRetryableWebSocketError, webSocketConnector } from ${built('websocket')};
    ${source}`;
  // Node 20 has one, too, when it is asked for.
  const flags = ['--experimental-websocket', '--unhandled-rejections=strict'];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...flags, '--input-type=module', '--eval', program],
    { timeout: 30_000 },
  );
  return stdout.trim().split('\n');
}

it('Node’s own WebSocket: sessions, losses, a fatal close', { timeout: 60_000 }, async () => {
  const { url } = await webSocketServer((socket, count) => {
    socket.send('hello');
    socket.send(Buffer.from([1, 2, 3]));
    socket.on('message', () => {
      if (count === 1) socket.close(1001);
      else if (count === 2) socket.terminate();
      else socket.close(4401, 'old token');
    });
  });
  const printed = await runProgram(`
    const connector = webSocketConnector({
      url: ${JSON.stringify(url)},
      heartbeat: { message: 'ping' },
      async handshake(session) {
        for await (const message of session) return void console.log('handshake', message);
      },
      async run(session, { epoch }) {
        await session.send('go');
        for await (const message of session) console.log(epoch, message.constructor.name, ...message);
        return Continue();
      },
      retryDelay: ({ error }) => (console.log(error?.message), Continue(0)),
    });
    await run(connector).catch((error) => console.log('fatal:', error.message));
  `);
  expect(printed).toEqual([
    'handshake hello',
    '1 Uint8Array 1 2 3',
    'undefined',
    'handshake hello',
    '2 Uint8Array 1 2 3',
    expect.stringMatching(/^the WebSocket was closed with code 1006 \(abnormal closure\)/),
    'handshake hello',
    '3 Uint8Array 1 2 3',
    'fatal: the WebSocket was closed with code 4401 (unauthorized), reason "old token"',
  ]);
});

it(
  'Node’s own WebSocket: a stop, a refusal, and the process ends',
  { timeout: 60_000 },
  async () => {
    const { url, closes, gone } = await webSocketServer();
    const printed = await runProgram(`
    const stop = new AbortController();
    const connector = webSocketConnector({
      url: ${JSON.stringify(url)},
      heartbeat: { message: 'ping' },
      async run(session) {
        setImmediate(() => stop.abort('enough'));
        for await (const message of session) console.log(message);
        return Continue();
      },
    });
    console.log(JSON.stringify(await run(connector, { signal: stop.signal })));
    const nobody = webSocketConnector({ url: 'ws://127.0.0.1:1', run: async () => Break() });
    const { signal } = new AbortController();
    await nobody.connect({ signal }).catch((error) =>
      console.log(error.code, isRetryableWebSocketError(error)),
    );
  `);
    expect(printed).toEqual(['{"status":"stopped","reason":"enough"}', 'ERR_WEBSOCKET_OPEN true']);
    await gone();
    expect(closes).toEqual([[1000, '']]);
  },
);

it('Node’s own WebSocket: no failure shows a secret', { timeout: 60_000 }, async () => {
  const { port } = await webSocketServer((socket, count) => {
    if (count === 1) socket.close(4000, 'at wss://me:hunter2@h/?hunter2 \u202E');
    else socket.terminate();
  });
  const refusing = new URL(await answering('HTTP/1.1 401 No', 'Content-Length: 0'));
  const moved = new URL(
    await answering('HTTP/1.1 302 Found', 'Location: wss://me:hunter2@h/?hunter2'),
  );
  const ports = [port, port, Number(refusing.port), Number(moved.port), await closedPort()];
  const printed = await runProgram(`
    import { inspect } from 'node:util';
    const hosts = ${JSON.stringify(ports)}.map((port) => '127.0.0.1:' + port);
    // A user is refused before the attempt.
    for (const host of [...hosts, 'me:hunter2@' + hosts[0]]) {
      const connector = webSocketConnector({
        url: 'ws://' + host + '/path?token=hunter2',
        protocols: 'hunter2',
        async run(session) {
          for await (const message of session);
          return Continue();
        },
        isRetryable: () => false,
      });
      const error = await run(connector).catch((error) => error);
      console.log(inspect(error, { depth: 9 }), error.stack, JSON.stringify(error), 'ends');
    }
  `);
  const text = printed.join('\n');
  expect(text.match(/ends$/gm)).toHaveLength(ports.length + 1);
  for (const code of ['ERR_WEBSOCKET_CLOSED', 'ERR_WEBSOCKET_OPEN', 'ERR_INVALID_OPTION']) {
    expect(text).toContain(code);
  }
  // The program itself is not in the stacks.
  expect(printed.filter((line) => /hunter2|\u202E/.test(line))).toEqual([]);
});

it(
  'Node’s own WebSocket: socketOptions reach the wire or are refused',
  { timeout: 60_000 },
  async () => {
    const { url, server } = await webSocketServer((socket) => socket.close(1000));
    const seen: unknown[] = [];
    server.on('connection', (_socket, { headers }) =>
      seen.push([headers.authorization, headers['sec-websocket-protocol']]),
    );
    const printed = await runProgram(`
    const own = { url: ${JSON.stringify(url)}, protocols: ['a', 'b'], run: async () => Break() };
    const headers = { authorization: 'Bearer 1' };
    process.on('warning', ({ code }) => console.log(code ?? 'another'));
    await run(webSocketConnector({ ...own, socketOptions: { headers } }));
    await run(webSocketConnector({ ...own, socketOptions: async () => ({ headers }) }));
    const bad = { ...own, WebSocket, socketOptions: () => ({ ca: 'x' }) };
    await run(webSocketConnector(bad)).catch(({ option }) => console.log(option));
    try { webSocketConnector({ ...bad, socketOptions: { ca: 'x' } }); } catch ({ option }) { console.log(option); }
  `);
    expect(seen).toEqual([
      ['Bearer 1', 'a, b'],
      ['Bearer 1', 'a, b'],
    ]);
    expect(printed.filter((line) => line !== 'another')).toEqual([
      'SCHMOOZER_NODE_WEBSOCKET',
      'socketOptions.ca',
      'socketOptions.ca',
    ]);
  },
);
