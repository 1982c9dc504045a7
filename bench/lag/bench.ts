import type { Bench, Target } from '../bench.js';
import { medianOf, ratioOf } from '../statistics.js';
import { LIMITED_PER_SECOND } from './loops.js';

const target = (label: string, metric: string, limit: number): Target => ({
  label: `${label} ÷ hand-written loop, 10 000 connections dropped at once`,
  limit,
  digits: 2,
  value: (samples) => ratioOf(samples, metric, 'schmoozer', 'hand'),
});

export const lag: Bench = {
  name: 'lag',
  title: 'Ten thousand connections dropped at once',
  method: `One process holds 10 000 connections over loopback, and the server, in another process, resets them all at once. The
variants reconnect with the same schedule, whose first delay is a random time from 0.1 s to 2 s; only the row "sockets alone" does not
reconnect. Meanwhile \`monitorEventLoopDelay\`, with a resolution of 1 ms, measures how long the event loop is blocked. "After the
last close" counts only from the moment when all connections are gone. The table shows these blocks of the event loop ("loop delay"), the
time until all are back, and the client's CPU per connection. With too few file descriptors (\`ulimit -n\`) there are fewer connections.`,
  variants: [
    { name: 'hand', label: 'hand-written loop', note: 'events, states, deadline, stop' },
    { name: 'schmoozer', label: '**schmoozer/tcp**', note: 'nothing' },
    {
      name: 'limited',
      label: '**schmoozer/tcp**, limiter',
      note: `nothing; ${LIMITED_PER_SECOND} attempts a second`,
    },
    { name: 'bare', label: 'sockets alone', note: 'they do not reconnect' },
  ],
  columns: [
    { metric: 'p99Ms', label: 'loop delay p99, ms', digits: 1 },
    { metric: 'maxMs', label: 'longest, ms', digits: 0, ratioTo: ['hand', 'bare'] },
    { metric: 'laterMs', label: 'longest after the last close, ms', digits: 0 },
    { metric: 'allBackMs', label: 'all back, ms', digits: 0, ratioTo: ['hand'], none: 'never' },
    { metric: 'cpuUs', label: 'CPU for each, µs', digits: 0, ratioTo: ['hand'] },
    { metric: 'connections', label: 'connections', digits: 0 },
  ],
  // Not the p99: it is one long block among few samples, or not.
  targets: [
    target('longest block', 'maxMs', 1.35),
    target('CPU for each', 'cpuUs', 1.5),
    target('all back', 'allBackMs', 1.1),
    {
      label: 'longest block with a limiter ÷ sockets alone, 10 000 connections dropped at once',
      limit: 1.3,
      digits: 2,
      value: (samples) => ratioOf(samples, 'maxMs', 'limited', 'bare'),
    },
    {
      label: 'longest block with a limiter after the last close, ms',
      limit: 50,
      digits: 0,
      value: (samples) => medianOf(samples, 'limited', 'laterMs'),
    },
  ],
  rounds: 3,
  size: { connections: 10_000 },
  tiny: { connections: 20 },
  packages: [],
};
