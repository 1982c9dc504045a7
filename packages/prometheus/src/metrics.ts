import { Counter, Gauge } from 'prom-client';
import type { Lanes } from './lanes.js';
import { SeriesCounter } from './seriesCounter.js';
import { SeriesHistogram } from './seriesHistogram.js';
import type { Tally } from './tally.js';

const server = ['server_address', 'server_port', 'network_protocol_name'] as const;

// Later registered all together, or not at all.
const registers: [] = [];

/** Buckets for connects, waits and delays: 5 ms to 5 min. */
const short = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Buckets for sessions and outages: 1 s to 7 d. */
const long = [1, 5, 15, 60, 300, 900, 3600, 14_400, 43_200, 86_400, 259_200, 604_800];

const counter = (name: string, help: string, labelNames: readonly string[]) =>
  new SeriesCounter(`schmoozer_${name}_total`, help, labelNames);

/** A counter for rare events. */
const rareCounter = <T extends string>(name: string, help: string, labelNames: readonly T[]) =>
  new Counter({ name: `schmoozer_${name}_total`, help, labelNames, registers });

const histogram = (
  name: string,
  help: string,
  buckets: number[],
  labelNames: readonly string[] = [],
) => new SeriesHistogram(`schmoozer_${name}_seconds`, help, buckets, labelNames);

/** A gauge by limiter key, whose values are read at each scrape. */
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

/** All metrics, not registered yet. */
export function metricsOf(tally: Tally, lanes: Lanes) {
  return {
    connections: new Gauge({
      name: 'schmoozer_connections',
      help: 'Links by their state.',
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
      help: 'When one of the current links was last online; the present time if one is online.',
      labelNames: [...server, 'name'],
      registers,
      aggregator: 'max',
      collect() {
        this.reset();
        for (const [labels, seconds] of tally.lastOnline()) this.set(labels, seconds);
      },
    }),
    attempts: counter('connection_attempts', 'Attempts that have ended.', [
      ...server,
      'outcome',
      'error_type',
    ]),
    create: histogram('connection_create', 'Duration of attempts that opened or failed.', short, [
      ...server,
      'error_type',
    ]),
    wait: histogram(
      'connection_wait',
      'Waits of attempts for a permit of the limiter, if they had to wait.',
      short,
      server,
    ),
    duration: histogram('connection_duration', 'Online time of sessions that have ended.', long, [
      ...server,
      'cause',
      'error_type',
    ]),
    down: histogram(
      'connection_down',
      'Outages, until the opening of a session that became stable; the first since the link was created.',
      long,
      server,
    ),
    retryDelay: histogram('retry_delay', 'Delays before the next attempt.', short, server),
    ended: counter('links_ended', 'Links that have ended.', [...server, 'status', 'error_type']),
    ejections: rareCounter(
      'endpoint_ejections',
      'Endpoints that were ejected because they failed.',
      [],
    ),
    restarts: rareCounter('link_restarts', 'Restarts of links by their groups.', ['error_type']),
    givenUp: rareCounter('links_given_up', 'Links that their groups no longer restart.', [
      'error_type',
    ]),
    pending: byKey('pending', 'Attempts that wait for a permit of a limiter.', () =>
      lanes.pending(),
    ),
    inFlight: byKey(
      'in_flight',
      'Attempts that a limiter has admitted and that have not ended.',
      () => lanes.inFlight(),
    ),
    rate: byKey(
      'rate',
      'Attempts per second that a limiter admits; for several with one key, the rate that changed last.',
      () => lanes.rates(),
    ),
    budgetWait: histogram('budget_wait', 'Waits for permits of a budget.', short, [
      'key',
      'outcome',
    ]),
    fallbacks: rareCounter(
      'budget_fallbacks',
      'Failures of the store of a budget, after which the process used its own pace.',
      ['error_type'],
    ),
    degraded: new Gauge({
      name: 'schmoozer_budgets_degraded',
      help: 'Budgets whose store has failed.',
      registers,
    }),
  };
}

export type Metrics = ReturnType<typeof metricsOf>;
