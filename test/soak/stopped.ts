// The process that sigstop.ts stops for a while: links with heartbeats and outboxes.
import { setTimeout as delay } from 'node:timers/promises';
import { startLinks } from './direct.js';

const [tcp = 0, ws = 0] = process.argv.slice(2).map(Number);
const { links, seen } = startLinks(40, { tcp, ws });
const allOnline = () => links.every((link) => link.isOnline());
while (!allOnline()) await delay(10);
process.send?.('online');

process.on('message', (message) => {
  if (message === 'finish') void finish();
});

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
  process.send?.({ online, backMs, added, ended: seen.ended, disorder: seen.disorder }, () =>
    process.exit(),
  );
}
