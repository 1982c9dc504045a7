// Twenty thousand real sessions that the server ends: sessions.ts <tcp|ws|sse> <engine> [sessions]
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { constantBackoff, Continue } from 'schmoozer';
import { eventStream } from 'schmoozer/sse';
import { lines, tcpConnector } from 'schmoozer/tcp';
import { webSocketConnector } from 'schmoozer/websocket';
import { WebSocket, WebSocketServer } from 'ws';
import { type Engine, linkOf } from './engines.js';
import { flat, heapAfterCollection, none, say } from './rows.js';

type Kind = 'tcp' | 'ws' | 'sse';
const [kind, engine, count] = process.argv.slice(2) as [Kind, Engine, string];
const LINKS = 20;
let sessions = 0;
/** Calls back when so many sessions have begun. */
const reached = new Map<number, () => void>();
const begun = (number: number) =>
  new Promise<void>((resolve) => void reached.set(Math.floor(number), resolve));
const began = () => {
  reached.get(++sessions)?.();
};

const warnings: unknown[] = [];
process.on('warning', (warning) => void warnings.push(warning));
const server = await listen();
const port = (server.address() as AddressInfo).port;
const before = resources();
const links = Array.from({ length: LINKS }, () =>
  linkOf(engine, connectorOf(), { backoff: constantBackoff(1) }),
);
const finished = begun(Number(count));
const fifth = begun(Number(count) / 5);
for (const link of links) link.start();
await fifth;
const early = await heapAfterCollection();
await finished;
const late = await heapAfterCollection();
for (const link of links) link.send({ type: 'stop' });
while (links.some((link) => link.getSnapshot().status === 'active')) await delay(5);
// What was closed is gone from the loop after it has turned.
for (let wait = 0; wait < 400 && resources() > before; wait += 1) await delay(20);
const title = `${count} sessions of ${kind}, ${engine}`;
say([
  flat(`heap, ${title}`, early, late),
  none(`sockets and timers left, ${title}`, Math.max(0, resources() - before)),
  none(`warnings, ${title}`, warnings.length),
]);
process.disconnect();
server.close();

function resources(): number {
  return process.getActiveResourcesInfo().filter((one) => /Socket|Timeout/.test(one)).length;
}

/** One server in three resets, the others end in order. */
async function listen(): Promise<Server> {
  let nth = 0;
  const isRude = () => ++nth % 3 === 0;
  const own: Server = {
    tcp: () =>
      createServer((socket) => {
        socket.on('error', () => {});
        if (isRude()) socket.once('data', () => socket.resetAndDestroy());
        else socket.resume().end('bye\n');
      }),
    ws: () => {
      const http = createHttpServer();
      const peers = new WebSocketServer({ server: http, perMessageDeflate: false });
      peers.on('connection', (peer) => {
        peer.on('error', () => {});
        if (isRude()) return peer.terminate();
        peer.send('bye');
        peer.close(1001);
      });
      return http;
    },
    sse: () =>
      createHttpServer((request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        if (isRude()) request.socket.resetAndDestroy();
        else response.end('data: bye\n\n');
      }),
  }[kind]();
  own.listen(0, '127.0.0.1', 1024);
  await once(own, 'listening');
  return own;
}

function connectorOf() {
  if (kind === 'sse') {
    return eventStream({
      url: `http://127.0.0.1:${port}/`,
      onSession: began,
      onMessage() {},
    });
  }
  if (kind === 'ws') {
    return webSocketConnector({
      url: `ws://127.0.0.1:${port}/`,
      WebSocket,
      socketOptions: { perMessageDeflate: false },
      async run(session) {
        began();
        for await (const message of session) void message;
        return Continue();
      },
    });
  }
  return tcpConnector({
    host: '127.0.0.1',
    port,
    closeTimeoutMs: 200,
    async run(socket, { signal }) {
      began();
      socket.write('hello\n');
      for await (const line of lines(socket, { signal })) void line;
      return Continue();
    },
  });
}
