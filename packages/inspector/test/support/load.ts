// A process of its own: `node --import tsx load.ts URL ACTORS EVENTS_PER_SECOND`, until its parent ends it.
import { createWebSocketInspector } from '@statelyai/inspect';
import { assign, createActor, setup } from 'xstate';

const [url = '', actorCount = '300', eventsPerSecond = '1000'] = process.argv.slice(2);
const TICK_MS = 20;

const worker = setup({
  types: { context: {} as { jobs: number; last: string }, events: {} as { type: 'next' } },
  actions: {
    count: assign({
      jobs: ({ context }) => context.jobs + 1,
      last: () => new Date().toISOString(),
    }),
  },
}).createMachine({
  id: 'worker',
  context: { jobs: 0, last: '' },
  initial: 'idle',
  states: {
    idle: { tags: 'free', on: { next: 'working' } },
    working: {
      tags: 'busy',
      initial: 'reading',
      on: { next: { target: 'resting', actions: 'count' } },
      states: { reading: { on: { next: 'writing' } }, writing: {} },
    },
    resting: { tags: 'free', on: { next: 'idle' } },
  },
});

const { inspect } = createWebSocketInspector({ url, maxDeferredEvents: 5000 });
const actors = Array.from({ length: Number(actorCount) }, (_, i) =>
  createActor(worker, { inspect, id: `worker ${i + 1}` }).start(),
);
let sent = 0;
const startMs = performance.now();
setInterval(() => {
  // What is due by now, so that a late tick is made up for.
  const due = ((performance.now() - startMs) * Number(eventsPerSecond)) / 1000;
  for (; sent < due; sent++) actors[(sent * 7) % actors.length]?.send({ type: 'next' });
  // The parent's end may be closed before this process is told so by `disconnect`: that is no error.
  process.send?.(sent, undefined, {}, () => {});
}, TICK_MS);
process.on('disconnect', () => process.exit());
