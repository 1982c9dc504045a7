import type { Bench } from '../bench.js';
import { ratioOf } from '../statistics.js';

export const tcp: Bench = {
  name: 'tcp',
  title: 'One reconnect over TCP',
  method: `Over loopback, with the server in another process: connect, read the one byte that the server sends, notice that it hangs up,
reconnect at once. The figures are per reconnect; CPU is the client's.`,
  variants: [
    { name: 'hand', label: 'hand-written loop', note: 'events, states, deadline, delay, stop' },
    {
      name: 'chart',
      label: 'leanest XState chart',
      note: 'deadline, delay, stop',
    },
    {
      name: 'schmoozer',
      label: '**schmoozer/tcp**',
      note: 'nothing',
    },
  ],
  columns: [
    { metric: 'wallUs', label: 'elapsed, µs', digits: 0, ratioTo: ['hand'] },
    { metric: 'cpuUs', label: 'CPU, µs', digits: 0, ratioTo: ['hand'] },
  ],
  targets: [
    {
      label: 'elapsed time of a TCP reconnect ÷ hand-written loop',
      limit: 1.35,
      digits: 2,
      value: (samples) => ratioOf(samples, 'wallUs', 'schmoozer', 'hand'),
    },
    {
      label: 'CPU of a TCP reconnect ÷ hand-written loop',
      limit: 1.6,
      digits: 2,
      value: (samples) => ratioOf(samples, 'cpuUs', 'schmoozer', 'hand'),
    },
  ],
  rounds: 5,
  size: { warmUp: 2000, sessions: 2000 },
  tiny: { warmUp: 2, sessions: 3 },
  packages: [],
};
