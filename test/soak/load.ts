// As many connections as one process may have, all dropped at once: load.ts <bare|xstate|compiled> [connections]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Continue, exponentialBackoff } from 'schmoozer';
import { closed, tcpConnector } from 'schmoozer/tcp';
import { type Engine, linkOf, type SoakLink } from './engines.js';
import { heapAfterCollection } from './rows.js';

/** What load.ts sends to main.ts. */
export interface Load {
  readonly upMs: number;
  readonly heapKb: number;
  readonly backMs: number;
  readonly blockMs: number;
  readonly online: number;
  readonly left: number;
}

const [variant, count] = process.argv.slice(2) as [Engine | 'bare', string];
const connections = Number(count);
const BATCH = 200;
const server = fork(fileURLToPath(new URL('loadServer.ts', import.meta.url)));
const [{ ports }] = (await once(server, 'message')) as [{ ports: number[] }];
let online = 0;
let isOver = false;
const links: SoakLink[] = [];
const before = await heapAfterCollection();
const stalls = monitorEventLoopDelay({ resolution: 5 });

const startedAt = performance.now();
for (let nth = 0; nth < connections; nth += 1) {
  start(ports[nth % ports.length] as number);
  if (nth % BATCH === BATCH - 1) await delay(1);
}
await until(() => online === connections);
const upMs = performance.now() - startedAt;
await delay(1000);
const heapKb = ((await heapAfterCollection()) - before) / connections / 1000;

stalls.enable();
server.send('drop');
const droppedAt = performance.now();
await until(() => online < connections / 2);
await until(() => online === connections);
const backMs = performance.now() - droppedAt;
stalls.disable();
const reached = online;

isOver = true;
for (const link of links) link.send({ type: 'stop' });
await until(() => links.every((link) => link.getSnapshot().status !== 'active'));
let left = 0;
if (variant !== 'bare') {
  await until(() => open() === 0);
  left = open();
}
const load: Load = { upMs, heapKb, backMs, blockMs: stalls.max / 1e6, online: reached, left };
process.send?.(load, () => process.exit());

function open(): number {
  return process.getActiveResourcesInfo().filter((one) => one === 'TCPSocketWrap').length;
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!condition() && performance.now() < deadline) await delay(5);
}

function start(port: number): void {
  if (variant === 'bare') return bare(port);
  const link = linkOf(
    variant,
    tcpConnector({
      host: '127.0.0.1',
      port,
      async run(socket) {
        socket.resume();
        await closed(socket);
        return Continue();
      },
    }),
    { backoff: exponentialBackoff({ baseMs: 200, maxMs: 2000 }) },
  );
  let isOnline = false;
  link.subscribe((snapshot) => {
    const isNow = snapshot.hasTag('online');
    if (isNow !== isOnline) online += isNow ? 1 : -1;
    isOnline = isNow;
  });
  links.push(link);
  link.start();
}

/** Connects again after a wait of the same kind: no state, no deadline, no stop. */
function bare(port: number, attempt = 1): void {
  const socket = connect({ port, host: '127.0.0.1' });
  let isOnline = false;
  socket.once('connect', () => {
    isOnline = true;
    online += 1;
    socket.resume();
  });
  socket.on('error', () => {});
  socket.once('close', () => {
    if (isOnline) online -= 1;
    if (isOver) return;
    const next = isOnline ? 1 : attempt + 1;
    setTimeout(() => bare(port, next), Math.random() * Math.min(2000, 200 * 2 ** (next - 1)));
  });
}
