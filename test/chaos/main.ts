// A thousand links over a network that misbehaves by seed, and what was promised beside what was seen:
// npm run chaos -- --seconds 600 --links 1000 --seed 42
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { getHeapCodeStatistics } from 'node:v8';
import { watchCpu } from './cpu.js';
import { type FleetListener, type Link, startLink } from './fleet.js';
import { type FromNetwork, now, type ToNetwork } from './records.js';
import { type Observations, reportOf } from './report.js';
import { SessionLog } from './sessionLog.js';
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
const cpu = watchCpu();
const own = { timers: active('Timeout'), sockets: active('TCPSocketWrap') };
const sessions = new SessionLog();
const disorder: { link: number; at: number; text: string }[] = [];
const ended: { link: number; output: unknown }[] = [];
const listener: FleetListener = {
  stable: (link) => void say({ type: 'stable', link }),
  session: (record) => sessions.add(record),
  disorder: (link, at, text) => void disorder.push({ link, at, text }),
  ended: (link, output) => void ended.push({ link, output }),
};
const links = ports.map((port, number) => startLink(number, port, seed, listener));

const warnings: string[] = [];
for (const event of ['warning', 'unhandledRejection', 'uncaughtException'] as const) {
  process.on(event, (problem: Error) => {
    console.error(event, problem);
    warnings.push(event);
  });
}

// It ends by itself, whatever hangs.
setTimeout(
  () => {
    console.error('this takes too long');
    network.disconnect();
    process.exit(1);
  },
  (seconds + 300) * 1000,
).unref();

const samples = { taken: 0, doubled: 0 };
const heapMb: number[] = [];
const codesMb: number[] = [];
/** When this process was busy with something else than its links. */
const blind: { readonly from: number; readonly to: number }[] = [];
const known = new Set(ports);
let isLinux = true;
const startedAt = now();
while (now() - startedAt < seconds * 1000) {
  await delay(1000);
  const twice = await portsHeldTwice(known);
  if (twice === undefined) isLinux = false;
  else {
    samples.taken += 1;
    samples.doubled += twice.length;
  }
  if (now() - startedAt >= (heapMb.length + 1) * 60_000) heapMb.push(await heap());
}

say({ type: 'calm' });
const { at: calmAt } = await heard('calm');
for (const link of links) link.calm();
const isBack = ({ backAt }: Link) => backAt !== undefined;
while (!links.every((link) => isBack(link) || link.isDone()) && now() - calmAt < 60_000) {
  await delay(20);
}
const back = links.filter(isBack);
for (const link of links) link.rest();
const boxes = back.flatMap(({ box }) => (box ? [box] : []));
await Promise.allSettled(boxes.map((box) => box.drained({ signal: AbortSignal.timeout(60_000) })));
const added = Object.fromEntries(
  links.flatMap((link) => (link.box ? [[link.number, link.added]] : [])),
);
say({ type: 'stop' });
const stopCpuMs = cpu.spent();
const stoppedAt = now();
for (const link of links) link.stop();
while (links.some((link) => !link.isDone()) && now() - stoppedAt < 10_000) await delay(5);
const stop = { ms: now() - stoppedAt, cpuMs: stopCpuMs() };
for (const { box } of links) await box?.close();
cpu.stop();
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
  sessions: sessions.all(),
  blind,
  disorder,
  ended,
  samples: isLinux ? samples : undefined,
  calmAt,
  stoppedAt,
  backAt: links.map((link) => link.backAt),
  heapMb,
  stopMs: stop.ms,
  left,
  added,
  warnings,
  keptWaitingMs: report.keptWaitingMs + cpu.keptWaitingMs(),
};
const rows = reportOf(seen);
console.log(
  `${report.connections.length} connections, ${sessions.length} sessions; both processes were kept waiting for the CPU for at most ${Math.round(seen.keptWaitingMs)} ms`,
);
console.log(
  `CPU for the stop: ${Math.round(stop.cpuMs)} ms for the links, ${Math.round(report.stopCpuMs)} ms for the network and the servers`,
);
if (heapMb.length > 0) {
  const list = (mbs: number[]) => mbs.map((mb) => mb.toFixed(1)).join(' ');
  console.log(`heap by the minute: ${list(heapMb)} MB, and code ${list(codesMb)} MB`);
}
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

/** In MB, without the code that V8 has compiled: it compiles more for many minutes. */
async function heap(): Promise<number> {
  for (let turn = 0; turn < 2; turn += 1) {
    const from = now();
    globalThis.gc?.();
    blind.push({ from, to: now() });
    // What waits for a finalizer goes with the next one.
    await delay(20);
  }
  const code = getHeapCodeStatistics();
  const codeMb = (code.code_and_metadata_size + code.bytecode_and_metadata_size) / 1e6;
  codesMb.push(codeMb);
  return process.memoryUsage().heapUsed / 1e6 - codeMb;
}
