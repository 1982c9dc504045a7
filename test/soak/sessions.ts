// Twenty thousand real sessions that the other side ends: sessions.ts <kind> <engine> [sessions]
import { setTimeout as delay } from 'node:timers/promises';
import { services } from './brokers.js';
import type { Engine } from './engines.js';
import { flat, heapAfterCollection, none, say } from './rows.js';
import { servers } from './servers.js';
import { LINKS } from './peers.js';

const [kind, engine, count] = process.argv.slice(2) as [string, Engine, string];
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
const open = servers[kind] ?? services[kind]?.open;
if (open === undefined) throw new Error(`no kind ${kind}`);
const peers = await open();
const before = resources();
const links = Array.from({ length: LINKS }, (_, nth) => peers.link(engine, nth, began));
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
await peers.close();

function resources(): number {
  return process.getActiveResourcesInfo().filter((one) => /Socket|Timeout/.test(one)).length;
}
