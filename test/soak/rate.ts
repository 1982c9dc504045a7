// How fast one link can connect again and again: rate.ts <engine> [cycles]
import { Break, constantBackoff, Continue } from 'schmoozer';
import { type Engine, linkOf } from './engines.js';
import { flat, heapAfterCollection, holds, say } from './rows.js';

const [engine, count] = process.argv.slice(2) as [Engine, string];
const cycles = Number(count);
let connects = 0;
let early = 0;
const done = new Promise<void>((resolve) => {
  const link = linkOf<number>(
    engine,
    {
      connect: async () => {
        connects += 1;
        if (connects % 3 === 0) throw new Error('refused');
        return connects;
      },
      async run() {
        if (early === 0 && connects > cycles / 10) early = await heapAfterCollection();
        if (connects < cycles) return Continue();
        resolve();
        return Break(undefined);
      },
    },
    { backoff: constantBackoff(0) },
  );
  link.start();
});
const before = process.cpuUsage();
await done;
const { user, system } = process.cpuUsage(before);
const perSecond = Math.round((connects * 1e6) / (user + system));
const least = engine === 'compiled' ? 200_000 : 5000;
say([
  flat(`heap of ${cycles} connects, ${engine}`, early, await heapAfterCollection()),
  holds(
    `connects in a second of CPU, ${engine}: at least ${least}`,
    perSecond >= least,
    String(perSecond),
  ),
]);
