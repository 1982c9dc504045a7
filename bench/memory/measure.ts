import {
  constantBackoff,
  createReconnectActor as createMachineActor,
  run as keepUp,
} from 'schmoozer';
import { createReconnectActor } from 'schmoozer/compiled';
import { createGroup } from 'schmoozer/group';
import { connectLimiter, fixedPace } from 'schmoozer/limiter';
import { virtualClock } from 'schmoozer/testing';
import { createActor } from 'xstate';
import type { Measure } from '../bench.js';
import { leanLogic } from '../charts/leanLogic.js';
import { loopChart } from '../charts/loopChart.js';
import { fullLoop } from '../full/fullLoop.js';
import { collectGarbage } from '../collectGarbage.js';

/** What each session waits for, held from outside as a socket would hold it. */
const held: unknown[] = [];
const connect = () => Promise.resolve({});
const run = () => new Promise<never>((resolve) => held.push(resolve));

const runUntilAborted = (_connection: object, { signal }: { signal: AbortSignal }) =>
  new Promise<never>((_resolve, reject) => {
    held.push(reject);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });

// No entry exports it: it is for connectors of the library.
const hook = new URL('../../../dist/core/whenAborted.js', import.meta.url).href;
const { whenAborted } = (await import(hook)) as {
  whenAborted(context: object, listener: (reason: Error) => void): () => void;
};

/** As the connectors of the library listen: without an AbortController. */
const runUntilOurs = (_connection: object, context: object) =>
  new Promise<never>((_resolve, reject) => {
    held.push(reject);
    whenAborted(context, reject);
  });

const backoff = constantBackoff(0);

/** Stands still until all have started: then each session becomes stable at once. */
const clock = virtualClock();
const chart = loopChart(leanLogic, connect, run);

/** Each link has a name that no other has. */
let added = 0;
const group = createGroup({ limiter: false });
/** Lets all in at once, so that all are up when they are counted; each still has its permit. */
const pacedGroup = createGroup({
  limiter: connectLimiter({ maxConcurrent: Infinity, pace: fixedPace({ perSecond: Infinity }) }),
});

/** Each starts one connection that stays up, and returns what keeps it alive. */
const starts: Readonly<Record<string, () => unknown>> = {
  hand: async () => {
    for (;;) {
      await connect();
      await run();
    }
  },
  chart: () => createActor(chart).start(),
  full: () => fullLoop({ connect, run }, { backoff }),
  machine: () => createMachineActor({ connect, run }).start(),
  run: () => keepUp({ connect, run }),
  ours: () => createReconnectActor({ connect, run: runUntilOurs }).start(),
  group: () => group.add(`device-${added++}`, { connect, run }),
  paced: () => pacedGroup.add(`device-${added++}`, { connect, run }),
  schmoozer: () => createReconnectActor({ connect, run }).start(),
  stable: () => createReconnectActor({ connect, run }, { clock }).start(),
  listening: () => createReconnectActor({ connect, run: runUntilAborted }).start(),
};

export const measure: Measure = async ({ variant, pass, size }) => {
  const start = starts[variant];
  const connections = size[pass];
  if (!start || connections === undefined) throw new Error(`no variant ${variant} ${pass}`);
  const kept: unknown[] = [];
  const warmUp = Math.ceil(connections / 100);
  for (let i = 0; i < warmUp; i++) kept.push(start());
  await clock.drain();
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const cpuBefore = process.cpuUsage();
  for (let i = 0; i < connections; i++) kept.push(start());
  await clock.drain();
  const { user, system } = process.cpuUsage(cpuBefore);
  while (await clock.next());
  collectGarbage();
  const bytes = (process.memoryUsage().heapUsed - before) / connections;
  const expected = warmUp + connections;
  if (held.length !== expected || kept.length !== expected) throw new Error('not all are running');
  return { [`${pass}Bytes`]: bytes, [`${pass}StartUs`]: (user + system) / connections };
};
