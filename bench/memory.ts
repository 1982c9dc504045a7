/**
 * Heap per idle running connection, all on one machine object.
 * Run: npm run bench
 */
import { createReconnectActor, type ReconnectActor } from 'schmoozer';

const COUNT = Number(process.argv[2] ?? 20_000);
const LIMIT_BYTES = 9000;

const collect = globalThis.gc;
if (collect === undefined) throw new Error('start node with --expose-gc');

function heapBytes(): number {
  collect?.();
  collect?.();
  return process.memoryUsage().heapUsed;
}

/** Never settles until it is told to end, as an idle connection does. */
const connector = {
  connect: async () => ({}),
  run: (_connection: object, { signal }: { signal: AbortSignal }) =>
    new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    }),
};

const before = heapBytes();
const actors: ReconnectActor<void>[] = [];
for (let i = 0; i < COUNT; i++) actors.push(createReconnectActor(connector).start());
await new Promise((resolve) => setImmediate(resolve));
const running = actors.filter((actor) => actor.getSnapshot().hasTag('online')).length;
const bytes = Math.round((heapBytes() - before) / COUNT);

console.log(`${running} of ${COUNT} actors running, ${bytes} bytes of heap each`);
if (running !== COUNT || bytes >= LIMIT_BYTES) {
  console.error(`expected all of them running and less than ${LIMIT_BYTES} bytes each`);
  process.exitCode = 1;
}
for (const actor of actors) actor.stop();
