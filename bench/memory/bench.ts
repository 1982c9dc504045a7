import type { Bench, Target } from '../bench.js';
import { ratioOf } from '../statistics.js';

const target = (pass: string, count: string): Target => ({
  label: `memory of each of ${count} idle connections, times the leanest XState chart`,
  limit: 1.3,
  digits: 2,
  value: (samples) => ratioOf(samples, `${pass}Bytes`, 'schmoozer', 'chart'),
});

export const memory: Bench = {
  name: 'memory',
  title: 'Memory of an idle connection',
  method: `Connections that are up and have nothing to do, 20 000 and 100 000 of them in one process, all actors on one machine
object: the heap each holds after garbage collection, without any socket, and the CPU it takes to create one and get it
running, with all options at their defaults. The 100 000 are measured once.`,
  variants: [
    { name: 'hand', label: 'hand-written loop', note: 'states, deadline, delay, stop' },
    { name: 'chart', label: 'leanest XState chart', note: 'deadline, delay, stop, release' },
    {
      name: 'schmoozer',
      label: '**schmoozer**',
      note: 'nothing; just up, its `run` does not read the signal',
    },
    {
      name: 'stable',
      label: '**schmoozer**, after 10 s',
      note: 'nothing; stable, the timer for that is gone',
    },
    {
      name: 'listening',
      label: '**schmoozer**, listening',
      note: 'nothing; just up, its `run` listens to the signal',
    },
  ],
  columns: [
    { metric: 'fewBytes', label: 'bytes at 20 000', digits: 0, ratioTo: ['chart'] },
    { metric: 'manyBytes', label: 'bytes at 100 000', digits: 0, ratioTo: ['chart'] },
    { metric: 'fewStartUs', label: 'start, CPU µs', digits: 1, ratioTo: ['chart'] },
  ],
  targets: [target('few', '20 000'), target('many', '100 000')],
  rounds: 3,
  size: { few: 20_000, many: 100_000 },
  tiny: { few: 50, many: 100 },
  passes: [
    { name: 'few', flags: ['--max-old-space-size=4096'] },
    { name: 'many', flags: ['--max-old-space-size=4096'], rounds: 1 },
  ],
  packages: [],
};
