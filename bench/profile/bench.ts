import type { Bench } from '../bench.js';

export const profile: Bench = {
  name: 'profile',
  title: 'Where the time goes',
  method: `V8's profiler takes a sample of the loops of \`cycle\` and \`tcp\` every 0.2 ms. The table splits the time of a cycle, or of a
reconnect, by the owner of the function that was running. **schmoozer** is \`run\`, which does not use XState. Idle time is omitted. The
profiler sees only the main thread and costs time itself, so compare the columns of a row, not the sums with the tables above.`,
  variants: [
    { name: 'cycle chart', label: 'cycle: leanest XState chart' },
    { name: 'cycle features', label: 'cycle: the leanest, with all XState features of our chart' },
    { name: 'cycle schmoozer', label: 'cycle: **schmoozer**' },
    { name: 'tcp hand', label: 'TCP: hand-written loop' },
    { name: 'tcp chart', label: 'TCP: leanest XState chart' },
    { name: 'tcp schmoozer', label: 'TCP: **schmoozer/tcp**' },
  ],
  columns: [
    { metric: 'xstateUs', label: 'XState, µs', digits: 1 },
    { metric: 'schmoozerUs', label: 'schmoozer, µs', digits: 1 },
    { metric: 'loopUs', label: 'the loop itself, µs', digits: 1 },
    { metric: 'garbageUs', label: 'garbage collection, µs', digits: 1 },
    { metric: 'nodeUs', label: 'Node and the system, µs', digits: 1 },
  ],
  targets: [],
  rounds: 3,
  size: { cycles: 8000, sessions: 2000 },
  tiny: { cycles: 20, sessions: 3 },
  packages: [],
};
