// A thousand links over a network that misbehaves by seed, and what was promised beside what was seen:
// npm run chaos -- --seconds 600 --links 1000 --seed 42
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type FleetListener, type Link, startLink } from './fleet.js';
import { type FromNetwork, now, type SessionRecord, type ToNetwork } from './records.js';
import { type Observations, reportOf } from './report.js';
import { portsHeldTwice } from './sockets.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    links: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(process.pid) },
    'ignore-times': { type: 'boolean', default: false },
  },
});
const [seconds, count, seed] = [values.seconds, values.links, values.seed].map(Number) as [
  number,
  number,
  number,
];
console.log(
  `${count} links, ${seconds} s of chaos; again by: npm run chaos -- --seconds ${seconds} --links ${count} --seed ${seed}`,
);

const warnings: string[] = [];
for (const event of ['warning', 'unhandledRejection', 'uncaughtException'] as const) {
  process.on(event, (problem: Error) => {
    console.error(event, problem);
    warnings.push(event);
  });
}

const network = fork(fileURLToPath(new URL('network.ts', import.meta.url)), [
  String(seed),
  String(count),
]);
const heard = async <TType extends FromNetwork['type']>(type: TType) => {
  for (;;) {
    const [message] = (await once(network, 'message')) as [FromNetwork];
    if (message.type === type) return message as Extract<FromNetwork, { type: TType }>;
  }
};
const say = (message: ToNetwork) => network.send(message);

const { ports } = await heard('ready');
const own = { timers: active('Timeout'), sockets: active('TCPSocketWrap') };
const stalls = monitorEventLoopDelay({ resolution: 5 });
stalls.enable();
const sessions: SessionRecord[] = [];
const disorder: { link: number; at: number; text: string }[] = [];
const ended: { link: number; output: unknown }[] = [];
const listener: FleetListener = {
  session: (record) => void sessions.push(record),
  disorder: (link, at, text) => void disorder.push({ link, at, text }),
  ended: (link, output) => void ended.push({ link, output }),
};
const links = ports.map((port, number) => startLink(number, port, seed, listener));

const samples = { taken: 0, doubled: 0 };
const heapMb: number[] = [];
const known = new Set(ports);
let isLinux = true;
for (let second = 1; second <= seconds; second += 1) {
  await delay(1000);
  const twice = await portsHeldTwice(known);
  if (twice === undefined) isLinux = false;
  else {
    samples.taken += 1;
    samples.doubled += twice.length;
  }
  if (second % 60 === 0) heapMb.push(heap());
}

say({ type: 'calm' });
await heard('calm');
const calmAt = now();
const backAt = new Map<Link, number>();
while (backAt.size < links.length && now() - calmAt < 60_000) {
  await delay(20);
  for (const link of links) {
    if (!backAt.has(link) && link.isOnline() && link.lastEchoAt() > calmAt) backAt.set(link, now());
  }
}

for (const link of links) link.rest();
const boxes = links.flatMap(({ box }) => (box ? [box] : []));
await Promise.allSettled(boxes.map((box) => box.drained({ signal: AbortSignal.timeout(60_000) })));
const added = Object.fromEntries(
  links.flatMap((link) => (link.box ? [[link.number, link.added]] : [])),
);
const stoppedAt = now();
for (const link of links) link.stop();
while (links.some((link) => !link.isDone()) && now() - stoppedAt < 10_000) await delay(5);
const stopMs = now() - stoppedAt;
await Promise.all(boxes.map((box) => box.close()));
stalls.disable();
await delay(200);
const left = {
  running: links.filter((link) => !link.isDone()).length,
  sockets: active('TCPSocketWrap') - own.sockets,
  timers: active('Timeout') - own.timers,
};
say({ type: 'report' });
const report = await heard('report');
network.disconnect();

const seen: Observations = {
  ...report,
  sessions,
  disorder,
  ended,
  samples: isLinux ? samples : undefined,
  calmAt,
  backAt: links.map((link) => backAt.get(link)),
  heapMb,
  stopMs,
  left,
  added,
  warnings,
  stallMs: report.stallMs + stalls.max / 1e6,
};
const rows = reportOf(seen);
console.log(
  `${report.connections.length} connections, ${sessions.length} sessions, longest stalls of both processes ${Math.round(seen.stallMs)} ms`,
);
for (const { what, measured, atMost, isOver } of rows) {
  console.log(`${isOver ? 'OVER' : 'ok  '} ${what}: ${measured}, at most ${atMost}`);
}
for (const { link, output } of ended.slice(0, 5)) console.log(`link ${link} ended:`, output);
for (const text of [...report.servers.disorder, ...warnings].slice(0, 10)) console.log(text);
const failed = rows.filter(({ isOver, isTime }) => isOver && !(isTime && values['ignore-times']));
process.exitCode = failed.length > 0 ? 1 : 0;

function active(type: string): number {
  return process.getActiveResourcesInfo().filter((one) => one === type).length;
}

function heap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1e6;
}
