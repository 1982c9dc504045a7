import type { Bench, Samples, Target } from '../bench.js';
import { medianOf, ratioOf } from '../statistics.js';

const target = (
  pass: string,
  count: string,
  variant: string,
  what: string,
  limit: number,
): Target => ({
  label: `memory of each of ${count} idle ${what} ÷ hand-written loop`,
  limit,
  digits: 2,
  value: (samples) => ratioOf(samples, `${pass}Bytes`, variant, 'hand'),
});

export const memory: Bench = {
  name: 'memory',
  title: 'Memory of an idle connection',
  method: `One process holds 20 000 or 100 000 idle connections, with default options. The actors of XState share one machine
object. The table shows the heap per connection after garbage collection, without any socket, and the CPU to create
and start one of the 20 000; that of the 100 000 is only among the [targets](#targets). The 100 000 are measured once. A link
that is "just up" still has the timer that makes its session stable.`,
  picture: {
    file: 'memory.svg',
    shows: 'The bytes that an idle link holds; the figures are those of the table',
  },
  variants: [
    {
      name: 'hand',
      label: 'hand-written loop',
      note: 'events, states, deadline, delay, stop, release',
    },
    { name: 'full', label: 'hand-written loop with the same guarantees', note: 'events, states' },
    { name: 'chart', label: 'leanest XState chart', note: 'deadline, delay, stop, release' },
    {
      name: 'schmoozer',
      label: '**schmoozer**, compiled',
      note: 'nothing; just up, its `run` does not read the signal',
    },
    { name: 'run', label: '**schmoozer**, by `run()`', note: 'nothing; the same' },
    {
      name: 'ours',
      label: '**schmoozer**, listening as built-in connectors do',
      note: 'nothing; just up, its `run` has an abort listener that needs no `AbortController`',
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
    {
      name: 'machine',
      label: '**schmoozer**, XState’s',
      short: 'XState’s engine',
      note: 'nothing; just up',
    },
    {
      name: 'group',
      label: '**schmoozer**, in a group',
      note: 'nothing; each link has a name, no limiter',
    },
    { name: 'paced', label: '**schmoozer**, in a group with a limiter', note: 'nothing' },
  ],
  columns: [
    { metric: 'fewBytes', label: 'bytes at 20 000', digits: 0, ratioTo: ['hand', 'machine'] },
    { metric: 'manyBytes', label: 'bytes at 100 000', digits: 0, ratioTo: ['hand', 'machine'] },
    { metric: 'fewStartUs', label: 'start, CPU µs', digits: 1, ratioTo: ['hand', 'machine'] },
  ],
  targets: [
    target('few', '20 000', 'schmoozer', 'links', 1.95),
    target('many', '100 000', 'schmoozer', 'links', 1.95),
    target('few', '20 000', 'run', 'links by `run()`', 2.5),
    target('few', '20 000', 'ours', 'links that listen as built-in connectors do', 2.3),
    ...['group', 'paced'].map((variant) => ({
      label: `100 000 links in a group${variant === 'paced' ? ' with a limiter' : ''}, MB`,
      limit: 150,
      digits: 1,
      value: (samples: Samples) => {
        const bytes = medianOf(samples, variant, 'manyBytes');
        return bytes === null ? null : (bytes * 100_000) / 1e6;
      },
    })),
    {
      label: 'CPU to start each of 100 000 links, µs',
      limit: 10,
      digits: 1,
      value: (samples) => medianOf(samples, 'schmoozer', 'manyStartUs'),
    },
  ],
  rounds: 3,
  size: { few: 20_000, many: 100_000 },
  tiny: { few: 50, many: 100 },
  passes: [
    { name: 'few', flags: ['--max-old-space-size=4096'] },
    { name: 'many', flags: ['--max-old-space-size=4096'], rounds: 1 },
  ],
  packages: [],
};
