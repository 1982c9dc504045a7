import type { Bench, Target } from '../bench.js';
import { medianOf } from '../statistics.js';
import { idealMs, SERVER } from './stormServer.js';

const CLIENTS = 10_000;

const limited = [1, 10, 100].flatMap((processes) => [
  { name: `schmoozer${processes}`, label: '**schmoozer**, limiter', processes, isBoot: false },
  { name: `schmoozerBoot${processes}`, label: '**schmoozer**, limiter', processes, isBoot: true },
]);

const limits: readonly Target[] = limited.flatMap(({ name, processes, isBoot }) => {
  const what = `${isBoot ? 'cold boot' : 'storm'}, limiter, ${processes} process${processes === 1 ? '' : 'es'}`;
  const target = (label: string, metric: string, unit: number, limit: number): Target => ({
    label: `${what}: ${label}`,
    limit,
    digits: 2,
    value(samples) {
      const value = medianOf(samples, name, metric);
      return value === null ? null : value / unit;
    },
  });
  const ideal = isBoot ? idealMs(CLIENTS, 0) : idealMs(CLIENTS);
  return [
    target('all back ÷ the ideal', 'allBackMs', ideal, 1.3),
    target('peak in 1 s ÷ what the server accepts in 1 s', 'peakPerSecond', SERVER.perSecond, 1.6),
    target('wasted attempts, % of the clients', 'wasted', CLIENTS / 100, 5),
  ];
});

/** 100 processes whose limiters share a budget of what the server takes. */
const budgeted = [
  { name: 'schmoozerBudget100', what: 'storm', note: '100 processes', idealMs: idealMs(CLIENTS) },
  {
    name: 'schmoozerBudgetBoot100',
    what: 'cold boot',
    note: '100 processes, cold boot',
    idealMs: idealMs(CLIENTS, 0),
  },
];

const budgets: readonly Target[] = budgeted.flatMap(({ name, what, idealMs: ideal }) => [
  {
    label: `${what}, budget, 100 processes: all back ÷ the ideal`,
    limit: 1.06,
    digits: 2,
    value(samples) {
      const allBackMs = medianOf(samples, name, 'allBackMs');
      return allBackMs === null ? null : allBackMs / ideal;
    },
  },
  {
    label: `${what}, budget, 100 processes: wasted attempts, % of the clients`,
    limit: 0.1,
    digits: 2,
    value(samples) {
      const wasted = medianOf(samples, name, 'wasted');
      return wasted === null ? null : (wasted * 100) / CLIENTS;
    },
  },
]);

export const storm: Bench = {
  name: 'storm',
  title: 'A storm of clients',
  method: `10 000 clients lose their server within 20 ms. The server refuses connections for 2 s. Then it accepts 500 a second, up to 50
at once; attempts beyond that fail after 1 s. The ideal, one client after another, is 22 s.

- **The peak** is counted from the moment the server is back. **An attempt is wasted** if it fails although the server is up.
- **Time** is virtual, and random numbers come from three seeds: the figures are the same on every machine.
- **schmoozer** stands for real actors with default options, whose sessions were stable before the storm. Each other client is a formula:
  its default schedule.
- **With a limiter**, each process has one \`connectLimiter()\` and an equal share of the clients.
- **Cold boot**: all clients start within 1 s, with the server up; the ideal is 20 s.
- **The budget** of 500 a second is shared by the limiters, in a store that answers within 1 ms.`,
  picture: {
    file: 'storm.svg',
    shows:
      'Attempts in each second of the storm: the other clients make them in bursts, those of schmoozer decrease steadily, and with a limiter there are about as many as the server accepts',
  },
  variants: [
    {
      name: 'partysocket',
      label: 'partysocket',
      note: '3 s × 1.3, cap 10 s; no jitter after the first delay, whose mean is 3 s',
    },
    { name: 'phoenix', label: 'Phoenix', note: '10 ms to 2 s by a table, then 5 s; no jitter' },
    { name: 'ioredis', label: 'ioredis', note: '50 ms × 2, cap 5 s, plus a random 0 to 199 ms' },
    { name: 'nats', label: 'nats.js', note: '2 s, plus a random 0 to 100 ms' },
    { name: 'socketIo', label: 'socket.io', note: '1 s × 2, ± 50 %, cap 5 s after the jitter' },
    { name: 'grpc', label: 'gRPC', note: '1 s × 1.6, cap 120 s, ± 20 %' },
    { name: 'fullJitter', label: 'full jitter', note: '1 s × 2, cap 30 s, without a floor' },
    { name: 'fullJitterFloor', label: 'full jitter', note: '1 s × 2, cap 30 s, floor 0.1 s' },
    {
      name: 'schmoozer',
      label: '**schmoozer**',
      note: 'full jitter, 2 s × 2, cap 30 s, floor 0.1 s',
    },
    { name: 'schmoozerBoot', label: '**schmoozer**', note: 'the same, cold boot' },
    ...limited.map(({ name, label, processes, isBoot }) => ({
      name,
      label,
      note: `${processes} ${processes === 1 ? 'process' : 'processes'}${isBoot ? ', cold boot' : ''}`,
    })),
    ...budgeted.map(({ name, note }) => ({ name, label: '**schmoozer**, limiter, budget', note })),
    {
      name: 'formula',
      label: 'schmoozer, as a formula',
      note: 'the schedule of **schmoozer** without a limiter, and without actors',
    },
  ],
  columns: [
    { metric: 'allBackMs', label: 'all back, s', digits: 1, divisor: 1000 },
    { metric: 'peak', label: 'peak, attempts in 100 ms', digits: 0 },
    { metric: 'peakPerSecond', label: 'peak, attempts in 1 s', digits: 0 },
    { metric: 'attempts', label: 'attempts', digits: 0 },
    { metric: 'wasted', label: 'wasted', digits: 0 },
  ],
  targets: [
    {
      label: 'storm: all back ÷ the ideal',
      limit: 2.1,
      digits: 2,
      value(samples) {
        const allBackMs = medianOf(samples, 'schmoozer', 'allBackMs');
        return allBackMs === null ? null : allBackMs / idealMs(CLIENTS);
      },
    },
    {
      label: 'storm: peak, attempts in 100 ms',
      limit: 699,
      digits: 0,
      value: (samples) => medianOf(samples, 'schmoozer', 'peak'),
    },
    ...limits,
    ...budgets,
  ],
  notes: 'schedule, or number of processes',
  rounds: 3,
  size: { clients: CLIENTS },
  tiny: { clients: 30 },
  packages: [],
};
