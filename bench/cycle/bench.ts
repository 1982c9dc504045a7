// Why: bench/decisions/0045-what-a-cycle-costs.md
import type { Bench } from '../bench.js';
import { medianOf, ratioOf } from '../statistics.js';

const RETRY = 'sessions, states, stop, release: it retries one call';
const WITHOUT_DEADLINE = `deadline, ${RETRY}`;
const TIMER = 'waits for a timer of 1 ms in each cycle, which its elapsed time includes';

export const cycle: Bench = {
  name: 'cycle',
  title: 'One cycle',
  method: `One cycle is a failed connect, a good connect, a run and its \`Continue\`, with delays of 0 and without any I/O: the
cost of the loop itself. CPU is that of the whole process, including garbage collection and compilation. Bytes are the growth of the
heap in a process whose young generation is so large that nothing is collected. There are 8000 cycles to warm up and 8000 to measure,
1000 each if every cycle waits for a timer; bytes are counted over 1000 cycles, in three rounds.
The first 200 cycles are those of a fresh process.`,
  picture: {
    file: 'cycle.svg',
    shows:
      'The CPU that a cycle takes, from the hand-written loop to the XState engine; the figures are those of the table',
  },
  variants: [
    {
      name: 'hand',
      label: 'hand-written loop',
      note: 'events, states, deadline, delay, stop, release',
    },
    {
      name: 'full',
      label: 'hand-written loop with the same guarantees',
      note: 'events, states; `bench/full/fullLoop.ts`',
    },
    {
      name: 'chart',
      label: 'leanest XState chart',
      note: 'deadline, delay, stop, release; its promise logic has ten lines',
    },
    {
      name: 'fromPromise',
      label: 'the same, stock `fromPromise`',
      note: 'deadline, delay, stop, release',
    },
    {
      name: 'deadlines',
      label: 'the leanest, with deadlines',
      note: 'delay, stop, release',
    },
    {
      name: 'features',
      label: 'the leanest, with all XState features of our chart',
      note: 'delay, stop, release; its guards and actions do almost nothing',
    },
    { name: 'schmoozer', label: '**schmoozer**: `run`, compiled', note: 'nothing' },
    { name: 'logic', label: '**schmoozer**: `reconnectLogic` under XState', note: 'nothing' },
    {
      name: 'machine',
      label: '**schmoozer**: `createReconnectActor`, XState’s',
      short: 'XState’s engine',
      note: 'nothing',
    },
    { name: 'p-retry', label: 'p-retry', note: WITHOUT_DEADLINE },
    { name: 'cockatiel', label: 'cockatiel', note: `${RETRY}; ${TIMER}` },
    { name: 'async-retry', label: 'async-retry', note: `${WITHOUT_DEADLINE}; ${TIMER}` },
    { name: 'rxjs', label: 'rxjs `retry`', note: RETRY },
    { name: 'effect', label: 'effect `retry`', note: RETRY },
  ],
  columns: [
    { metric: 'cpuUs', label: 'CPU, µs', digits: 1, ratioTo: ['full', 'hand', 'machine'] },
    { metric: 'wallUs', label: 'elapsed, µs', digits: 1, ratioTo: ['p-retry'] },
    { metric: 'coldUs', label: 'CPU of the first 200, µs', digits: 0, ratioTo: ['full'] },
    { metric: 'bytes', label: 'allocated, kB', digits: 1, divisor: 1000 },
  ],
  targets: [
    {
      label: 'CPU of a cycle ÷ hand-written loop with the same guarantees',
      limit: 1,
      digits: 2,
      value: (samples) => ratioOf(samples, 'cpuUs', 'schmoozer', 'full'),
    },
    {
      label: 'elapsed time of a cycle ÷ p-retry',
      limit: 1,
      digits: 2,
      value: (samples) => ratioOf(samples, 'wallUs', 'schmoozer', 'p-retry'),
    },
    {
      label: 'CPU of a cycle ÷ hand-written loop',
      limit: 7.5,
      digits: 1,
      value: (samples) => ratioOf(samples, 'cpuUs', 'schmoozer', 'hand'),
    },
    {
      label: 'bytes allocated in a cycle',
      limit: 5000,
      digits: 0,
      value: (samples) => medianOf(samples, 'schmoozer', 'bytes'),
    },
    {
      label: 'CPU of a cycle of `reconnectLogic` ÷ XState’s engine',
      limit: 0.2,
      digits: 3,
      value: (samples) => ratioOf(samples, 'cpuUs', 'logic', 'machine'),
    },
    {
      label: 'CPU of a cycle of XState’s engine ÷ leanest XState chart',
      limit: 1.6,
      digits: 2,
      value: (samples) => ratioOf(samples, 'cpuUs', 'machine', 'chart'),
    },
  ],
  rounds: 5,
  size: { cycles: 8000, cyclesWithTimers: 1000, cyclesCounted: 1000, cyclesCold: 200 },
  tiny: { cycles: 5, cyclesWithTimers: 5, cyclesCounted: 5, cyclesCold: 5 },
  passes: [
    { name: 'time' },
    { name: 'cold' },
    { name: 'bytes', flags: ['--min-semi-space-size=512', '--max-semi-space-size=512'], rounds: 3 },
  ],
  packages: ['p-retry', 'cockatiel', 'async-retry', 'rxjs', 'effect'],
};
