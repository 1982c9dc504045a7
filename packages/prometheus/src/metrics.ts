import { Counter, Gauge } from 'prom-client';
import type { Lanes } from './lanes.js';
import { SeriesCounter } from './seriesCounter.js';
import { SeriesHistogram } from './seriesHistogram.js';
import type { Tally } from './tally.js';

const server = ['server_address', 'server_port', 'network_protocol_name'] as const;

// Registered all together, or not at all.
const registers: [] = [];

/** Of connects, waits and delays: 5 ms to 5 min. */
const short = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Of sessions and outages: 1 s to 7 d. */
const long = [1, 5, 15, 60, 300, 900, 3600, 14_400, 43_200, 86_400, 259_200, 604_800];

const counter = (name: string, help: string, labelNames: readonly string[]) =>
  new SeriesCounter(`schmoozer_${name}_total`, help, labelNames);

/** Of what happens seldom. */
const rareCounter = <T extends string>(name: string, help: string, labelNames: readonly T[]) =>
  new Counter({ name: `schmoozer_${name}_total`, help, labelNames, registers });

const histogram = (
  name: string,
  help: string,
  buckets: number[],
  labelNames: readonly string[] = [],
) => new SeriesHistogram(`schmoozer_${name}_seconds`, help, buckets, labelNames);

/** By the key of a limiter, asked at each scrape. */
const byKey = (name: string, help: string, sums: () => Iterable<readonly [string, number]>) =>
  new Gauge({
    name: `schmoozer_limiter_${name}`,
    help,
    labelNames: ['key'],
    registers,
    collect() {
      for (const [key, value] of sums()) this.set({ key }, value);
    },
  });

/** All metrics, registered nowhere yet. */
export function metricsOf(tally: Tally, lanes: Lanes) {
  return {
    connections: new Gauge({
      name: 'schmoozer_connections',
      help: 'Links by the state they are in.',
      labelNames: [...server, 'state'],
      registers,
      collect() {
        for (const [labels, links] of tally.connections()) this.set(labels, links);
      },
    }),
    stateTime: new Counter({
      name: 'schmoozer_connection_state_seconds_total',
      help: 'Time that links have spent in each state, until now.',
      labelNames: [...server, 'state'],
      registers,
      collect() {
        this.reset();
        for (const [labels, seconds] of tally.stateTimes()) this.inc(labels, seconds);
      },
    }),
    lastOnline: new Gauge({
      name: 'schmoozer_connection_last_online_timestamp_seconds',
      help: 'When one of the links there are was online last: now, if one is.',
      labelNames: [...server, 'name'],
      registers,
      aggregator: 'max',
      collect() {
        this.reset();
        for (const [labels, seconds] of tally.lastOnline()) this.set(labels, seconds);
      },
    }),
    attempts: counter('connection_attempts', 'Attempts that are over.', [
      ...server,
      'outcome',
      'error_type',
    ]),
    create: histogram(
      'connection_create',
      'How long attempts took that were opened or failed.',
      short,
      [...server, 'error_type'],
    ),
    wait: histogram(
      'connection_wait',
      'How long attempts waited for a permit of the limiter, of those that had to.',
      short,
      server,
    ),
    duration: histogram(
      'connection_duration',
      'How long sessions that are over were online.',
      long,
      [...server, 'cause', 'error_type'],
    ),
    down: histogram(
      'connection_down',
      'Outages, until the opening of a session that became stable; the first since the link was made.',
      long,
      server,
    ),
    retryDelay: histogram('retry_delay', 'Delays before the next attempt.', short, server),
    ended: counter('links_ended', 'Links that have ended.', [...server, 'status', 'error_type']),
    ejections: rareCounter(
      'endpoint_ejections',
      'Endpoints that were set aside because they failed.',
      [],
    ),
    restarts: rareCounter('link_restarts', 'Restarts of links by their groups.', ['error_type']),
    givenUp: rareCounter('links_given_up', 'Links that their groups restart no more.', [
      'error_type',
    ]),
    pending: byKey('pending', 'Attempts that wait for a permit of a limiter.', () =>
      lanes.pending(),
    ),
    inFlight: byKey(
      'in_flight',
      'Attempts that a limiter has let through, and that are not over.',
      () => lanes.inFlight(),
    ),
    rate: byKey(
      'rate',
      'Attempts per second that a limiter lets through; of several with one key, that which changed last.',
      () => lanes.rates(),
    ),
    budgetWait: histogram('budget_wait', 'How long permits of a budget were waited for.', short, [
      'key',
      'outcome',
    ]),
    fallbacks: rareCounter(
      'budget_fallbacks',
      'How often the store of a budget was away, and the process went at its own pace.',
      ['error_type'],
    ),
    degraded: new Gauge({
      name: 'schmoozer_budgets_degraded',
      help: 'Budgets whose store is away.',
      registers,
    }),
  };
}

export type Metrics = ReturnType<typeof metricsOf>;
