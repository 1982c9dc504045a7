// Two million cycles of one link on a virtual clock: cycles.ts <engine> [cycles]
import { Continue } from 'schmoozer';
import { virtualClock } from 'schmoozer/testing';
import { type Engine, linkOf } from './engines.js';
import { flat, heapAfterCollection, none, say } from './rows.js';

const [engine, count] = process.argv.slice(2) as [Engine, string];
const cycles = Number(count);
const clock = virtualClock();
let connects = 0;
let runs = 0;
const link = linkOf(
  engine,
  {
    connect: async () => {
      connects += 1;
      if (connects % 3 === 0) throw new Error('refused');
      return connects;
    },
    run(_connection, { signal }) {
      runs += 1;
      // Now and then a session that lasts until it is told to end.
      if (runs % 1000 !== 0) return Promise.resolve(Continue());
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve(Continue()), { once: true });
      });
    },
    disconnect() {},
  },
  { clock, now: clock.now, random: () => 0.5 },
);
link.start();

let early = 0;
for (let isOver = false; !isOver; isOver = connects >= cycles) {
  await clock.drain();
  const snapshot = link.getSnapshot();
  if (snapshot.hasTag('waiting')) await clock.advance(60_000);
  else if (snapshot.hasTag('online')) link.send({ type: 'reconnect' });
  if (early === 0 && connects > cycles / 10) early = await heapAfterCollection();
}
const late = await heapAfterCollection();
link.send({ type: 'stop' });
await clock.drain();
say([
  flat(`heap of ${cycles} cycles, ${engine}`, early, late),
  none(`timers left, ${engine}`, clock.pending.length),
]);
