/**
 * What every entry does in a runtime, at its least: `smoke.mjs TCP_PORT WEBSOCKET_PORT`. Both servers echo, and end the first
 * session. The last line is `ok`; then the program must end by itself.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { channel } from 'node:diagnostics_channel';
import * as schmoozer from '../../dist/index.js';
import { whileOnline } from '../../dist/browser.js';
import { connectBudget } from '../../dist/budget.js';
import { createReconnectActor as createCompiled } from '../../dist/compiled.js';
import { diagnoseAll } from '../../dist/diagnostics.js';
import { exclusive, expiringLock } from '../../dist/exclusive.js';
import { explainError, printable } from '../../dist/explain.js';
import { createGroup } from '../../dist/group.js';
import { createInspector } from '../../dist/inspect.js';
import { connectLimiter } from '../../dist/limiter.js';
import { logEvents } from '../../dist/log.js';
import { endpoints } from '../../dist/many.js';
import { ReconnectingWebSocket } from '../../dist/reconnecting-websocket.js';
import { outbox } from '../../dist/outbox.js';
import { fileStore } from '../../dist/outbox-file.js';
import { Inbox, resolveMessageOptions } from '../../dist/messages.js';
import { eventStream } from '../../dist/sse.js';
import { srvEndpoints } from '../../dist/srv.js';
import { lines, tcpConnector, write } from '../../dist/tcp.js';
import { scriptedConnector, virtualClock } from '../../dist/testing.js';
import { webSocketConnector } from '../../dist/websocket.js';

const { Break, constantBackoff, Continue, createReconnectActor, run } = schmoozer;
const [tcpPort, webSocketPort] = process.argv.slice(2).map(Number);
const options = { backoff: constantBackoff(1) };

function expect(what, actual, expected) {
  const [got, wanted] = [actual, expected].map((it) => JSON.stringify(it));
  if (got !== wanted) throw new Error(`${what}: ${got} and not ${wanted}`);
}

const published = [];
channel('schmoozer:link:ended').subscribe(({ name, status }) => published.push([name, status]));
const diagnosed = diagnoseAll();

const tcp = tcpConnector({
  host: '127.0.0.1',
  port: tcpPort,
  async run(socket, { epoch }) {
    await write(socket, `hello ${epoch}\n`);
    for await (const line of lines(socket)) return Break(line);
    return Continue();
  },
});
expect('tcp', (await run(tcp, { ...options, id: 'tcp' })).value, 'hello 2');
diagnosed.unsubscribe();
expect('diagnostics', published, [['tcp', 'completed']]);

const webSocket = webSocketConnector({
  url: `ws://127.0.0.1:${webSocketPort}/`,
  ...(globalThis.WebSocket === undefined && { WebSocket: (await import('ws')).WebSocket }),
  async run(session, { epoch }) {
    await session.send(`hello ${epoch}`);
    for await (const message of session) return Break(message);
    return Continue();
  },
});
expect('websocket', (await run(webSocket, options)).value, 'hello 2');

// What the other libraries have under this name.
const socket = new ReconnectingWebSocket(`ws://127.0.0.1:${webSocketPort}/`, [], {
  ...(globalThis.WebSocket === undefined && { WebSocket: (await import('ws')).WebSocket }),
});
expect('reconnecting-websocket', socket.send('hello'), false);
const { data } = await new Promise((resolve) => socket.addEventListener('message', resolve));
expect('reconnecting-websocket', data, 'hello');
const closing = new Promise((resolve) => socket.addEventListener('close', resolve));
socket.close(3000, 'bye');
expect('reconnecting-websocket', (await closing).code, 3000);

// A session that is stopped while it runs leaves nothing behind, with either engine.
for (const create of [createReconnectActor, createCompiled]) {
  const serving = create(
    {
      ...webSocket,
      run: async (_session, { signal }) => {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        return Continue();
      },
    },
    options,
  );
  const online = new Promise((resolve) => {
    serving.subscribe((snapshot) => snapshot.hasTag('online') && resolve());
  });
  const ended = new Promise((resolve) => serving.subscribe({ complete: resolve }));
  serving.start();
  await online;
  serving.send({ type: 'stop', reason: 'enough' });
  await ended;
  expect('stop', serving.getSnapshot().output.reason, 'enough');
}

// `fetch` of each runtime reads a body; what is handled of it decides where the next stream goes on.
const asked = [];
const events = eventStream({
  url: 'http://127.0.0.1/',
  async fetch(_url, { headers }) {
    asked.push(headers.get('last-event-id'));
    if (asked.length === 3) return new Response(null, { status: 204 });
    return new Response('id: 1\ndata: hello\n\n', {
      headers: { 'content-type': 'text/event-stream' },
    });
  },
  onMessage: (event) => void asked.push(event.data),
});
expect('sse', (await run(events, options)).status, 'completed');
expect('sse', asked, [null, 'hello', '1']);
expect('messages', new Inbox(resolveMessageOptions({ onMessage() {} }, {}, [])).size, 0);

const told = [];
await run(
  { connect: async () => 1, run: async () => Break() },
  { onEvent: logEvents({ log: (level, _message, { event }) => told.push([level, event]) }) },
);
expect('log', told, [
  ['info', 'connection.opened'],
  ['info', 'connection.closing'],
  ['info', 'link.ended'],
]);

const clock = virtualClock();
const { connector, connects } = scriptedConnector();
const actor = createReconnectActor(connector, {
  clock,
  connectTimeoutMs: 1000,
  backoff: constantBackoff(5),
});
actor.start();
await clock.advance(1005);
expect('testing', connects.length, 2);
actor.send({ type: 'stop' });
expect('testing', actor.getSnapshot().hasTag('stopping'), true);
await clock.advance(60_000);
expect('testing', actor.getSnapshot().status, 'done');

// One link of a group, over the second of two endpoints, with a limiter and a budget.
const closed = 1;
const addresses = [closed, tcpPort].map((port) => `127.0.0.1:${port}`);
const budget = connectBudget({ reserve: async () => ({ delayMs: 1 }) });
const group = createGroup({ limiter: connectLimiter({ budget }), ...options });
const saidBy = new Promise((resolve) => group.on('link.ended', resolve));
const connectTo = (address) => tcpConnector({ ...hostAndPort(address), run: tcp.run });
group.add('feed', endpoints(addresses, connectTo, { order: 'failover' }));
expect('group', (await saidBy).output, { status: 'completed', value: 'hello 1' });
expect('group', await group.stop(), { status: 'stopped', late: [] });

function hostAndPort(address) {
  const [host, port] = address.split(':');
  return { host, port: Number(port) };
}

// A link that holds a lock while it is connected.
const claim = { take: async () => 7, renew: async () => true, release: async () => {} };
const lock = expiringLock({ claim: () => claim });
const held = exclusive(
  { connect: async ({ fence }) => ({ fence }), run: async ({ fence }) => Break(fence) },
  { lock, name: 'feed' },
);
expect('exclusive', (await run(held, options)).value, 7);

// What one outbox has left in its file, the next one delivers.
const folder = await mkdtemp(join(tmpdir(), 'smoke-'));
const heard = [];
const boxOf = () =>
  outbox({
    store: fileStore({ path: join(folder, 'log'), compactBytes: 0 }),
    send: (to, message) => void to.push(message),
  });
const first = boxOf();
await first.add('kept');
await first.close();
const next = boxOf();
await next.add('new');
const halt = new AbortController();
const delivered = next.deliver(heard, halt);
await next.drained();
halt.abort();
await delivered;
await next.close();
await rm(folder, { recursive: true });
expect('outbox', heard, ['kept', 'new']);

expect('explain', explainError({ code: 'EBADNAME' }), 'the host name is malformed');
expect('printable', printable('\u001b[2J'), '\\u{1B}[2J');
const functions = [whileOnline, createInspector, srvEndpoints].map((it) => typeof it);
expect('functions', functions, ['function', 'function', 'function']);
console.log('ok');
