import type { Bench, Target } from '../bench.js';
import { medianOf } from '../statistics.js';
import { idealMs, LARGE_SERVER } from '../storm/stormServer.js';

const CLIENTS = 100_000;

const fleets = [false, true].flatMap((isBoot) =>
  [1, 10, 100].flatMap((processes) =>
    ['actors', 'formula'].map((kind) => ({
      name: `${kind}${isBoot ? 'Boot' : ''}${processes}`,
      label: kind === 'actors' ? '**schmoozer**, limiter' : 'the same, as a formula',
      note: `${processes} ${processes === 1 ? 'process' : 'processes'}${isBoot ? ', cold boot' : ''}`,
    })),
  ),
);

const targets: readonly Target[] = fleets
  .filter(({ name }) => name.startsWith('actors'))
  .flatMap(({ name, note }) => {
    const target = (label: string, metric: string, limit: number, unit = 1): Target => ({
      label: `100 000 clients, ${note}: ${label}`,
      limit,
      digits: 2,
      value(samples) {
        const value = medianOf(samples, name, metric);
        return value === null ? null : value / unit;
      },
    });
    return [
      target('all back ÷ the ideal', 'timesIdeal', 1.3),
      target(
        'peak in 1 s ÷ what the server accepts in 1 s',
        'peakPerSecond',
        1.6,
        LARGE_SERVER.perSecond,
      ),
      target('wasted attempts, % of the clients', 'wastedPercent', 5),
    ];
  });

export const fleet: Bench = {
  name: 'fleet',
  title: 'A hundred thousand clients',
  method: `This is the storm with 100 000 clients and a server that accepts ${LARGE_SERVER.perSecond} a second, ${LARGE_SERVER.burst} at once. The ideal is
${idealMs(CLIENTS, undefined, LARGE_SERVER) / 1000} s, and ${idealMs(CLIENTS, 0, LARGE_SERVER) / 1000} s for a cold boot. Each process has one limiter, \`connectLimiter()\`. The formula is the default
schedule and the same limiter, without actors.`,
  variants: fleets,
  columns: [
    { metric: 'allBackMs', label: 'all back, s', digits: 1, divisor: 1000 },
    { metric: 'timesIdeal', label: 'all back ÷ the ideal', digits: 2 },
    { metric: 'peakPerSecond', label: 'peak, attempts in 1 s', digits: 0 },
    { metric: 'wastedPercent', label: 'wasted, % of the clients', digits: 1 },
  ],
  targets,
  notes: 'processes',
  rounds: 1,
  size: { clients: CLIENTS },
  tiny: { clients: 200 },
  packages: [],
};
