// Links with heartbeats and outboxes, in a process that sigstop.ts stops for a while, and memory.ts fills.
import { setTimeout as delay } from 'node:timers/promises';
import { getHeapStatistics } from 'node:v8';
import { startLinks } from './direct.js';

/** What is sent when all is over. */
export interface Report {
  readonly online: number;
  readonly backMs: number;
  readonly added: readonly [number, number][];
  readonly ended: number;
  readonly disorder: number;
}

const [tcp = 0, ws = 0, heapMb = 0] = process.argv.slice(2).map(Number);
const { links, seen } = startLinks(40, { tcp, ws });
const allOnline = () => links.every((link) => link.isOnline());
while (!allOnline()) await delay(10);
process.send?.('online');

const ballast: object[] = [];
process.on('message', (message) => {
  if (message === 'crowd') process.send?.(crowd(heapMb * 2 ** 20));
  if (message === 'finish') void finish();
});

/** Takes the memory, all but 2 %; returns the part of it that is taken. */
function crowd(limit: number): number {
  const part = () => {
    globalThis.gc?.();
    return getHeapStatistics().used_heap_size / limit;
  };
  let taken = part();
  for (; taken < 0.978; taken = part()) {
    const missing = Math.max(1, Math.floor((0.98 - taken) * 1000));
    for (let one = 0; one < missing; one += 1)
      ballast.push(Array.from({ length: 25_000 }, () => one + 0.5));
  }
  return taken;
}

async function finish(): Promise<void> {
  const startedAt = performance.now();
  while (!allOnline() && performance.now() - startedAt < 20_000) await delay(10);
  const backMs = performance.now() - startedAt;
  const online = links.filter((link) => link.isOnline()).length;
  for (const link of links) link.rest();
  const boxes = links.flatMap(({ box }) => (box ? [box] : []));
  const signal = AbortSignal.timeout(20_000);
  await Promise.allSettled(boxes.map((box) => box.drained({ signal })));
  const added = links.flatMap((link) => (link.box ? [[link.number, link.added]] : []));
  const report = { online, backMs, added, ended: seen.ended, disorder: seen.disorder };
  process.send?.(report, () => process.exit());
}
