// Why: docs/decisions/0090-what-opentelemetry-is-given.md
import type { BatchObservableResult, Meter } from '@opentelemetry/api';
import { performance } from 'node:perf_hooks';
import { type Count, type Labels, typed } from './labels.js';
import { Lanes } from './lanes.js';
import { Links } from './links.js';
import type { Handlers, Recording } from './listen.js';
import type { StateSeries } from './stateSeries.js';

/** Bucket bounds in seconds: 5 ms to 30 s. */
const SHORT = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** Bucket bounds in seconds: 1 s to 7 days. */
const LONG = [1, 5, 15, 60, 300, 900, 3600, 14_400, 43_200, 86_400, 259_200, 604_800];

/** The stored facts of an active link. */
interface Kept {
  state: StateSeries | undefined;
  hasBeenStable: boolean;
  /** The outage that ends if the session becomes stable, in milliseconds. */
  downMs: number;
}

/**
 * The metrics in the README's table. Counts are stored as plain numbers, which are read on export, because the SDK
 * takes a microsecond to find the series of each measurement. Histograms must be recorded one by one.
 */
export function linkMetrics(meter: Meter, labels: Labels): Recording {
  const times = histograms(meter);
  const lanes = new Lanes(labels);
  const links = new Links<Kept>(labels, () => ({
    state: undefined,
    hasBeenStable: false,
    downMs: 0,
  }));
  const degradations = new Map<string, Count>();
  const stop = observe(meter, labels, degradations);

  const handlers: Handlers = {
    'schmoozer:link:state': (message) => {
      const { series, kept } = links.of(message);
      const nowMs = performance.now();
      kept.state?.change(-1, nowMs);
      if (message.to === 'ended') return links.delete(message.linkId);
      kept.state = series.state(message.to);
      kept.state.change(1, nowMs);
    },
    'tracing:schmoozer:connect:start': (message) => {
      const { queuedMs } = message;
      if (queuedMs > 0) times.wait.record(queuedMs / 1000, links.of(message).series.attributes);
    },
    'tracing:schmoozer:connect:asyncEnd': (message) => {
      const { outcome = '', connectMs, error } = message;
      const { series } = links.of(message);
      const type = labels.errorType(error);
      series.attempts.at(outcome, type).count += 1;
      if (outcome === 'aborted' || connectMs === undefined) return;
      times.create.record(connectMs / 1000, series.failures.at('', type));
    },
    'schmoozer:connection:opened': (message) => {
      links.of(message).kept.downMs = message.downMs;
    },
    'schmoozer:connection:stable': (message) => {
      const { series, kept } = links.of(message);
      if (kept.hasBeenStable) times.down.record(kept.downMs / 1000, series.attributes);
      kept.hasBeenStable = true;
      kept.downMs = 0;
    },
    'schmoozer:connection:closed': (message) => {
      const { upMs, cause, error } = message;
      const { closes } = links.of(message).series;
      times.duration.record(upMs / 1000, closes.at(cause, labels.errorType(error)));
    },
    'schmoozer:retry:scheduled': (message) => {
      const { delayMs } = message;
      if (!Number.isFinite(delayMs)) return;
      times.retryDelay.record(delayMs / 1000, links.of(message).series.attributes);
    },
    'schmoozer:limiter:queue': (message) => lanes.queue(message),
    'schmoozer:limiter:pace': (message) => lanes.pace(message),
    'schmoozer:budget:waited': ({ key, outcome, waitMs }) => {
      times.budgetWait.record(waitMs / 1000, labels.ofKey(key).budgetWaits.at(outcome, ''));
    },
    'schmoozer:budget:degraded': ({ error }) => {
      const type = labels.errorType(error);
      const known = degradations.get(type);
      if (known !== undefined) known.count += 1;
      else degradations.set(type, { attributes: typed(type), count: 1 });
    },
    'schmoozer:budget:restored': ({ downMs }) => times.budgetDown.record(downMs / 1000),
  };
  return { handlers, stop };
}

function histograms(meter: Meter) {
  const seconds = (name: string, description: string, explicitBucketBoundaries: number[]) =>
    meter.createHistogram(`schmoozer.${name}`, {
      unit: 's',
      description,
      advice: { explicitBucketBoundaries },
    });
  return {
    create: seconds('connection.create_time', 'Duration of attempts.', SHORT),
    wait: seconds(
      'connection.wait_time',
      'Waits of attempts for a permit of the limiter, if they had to wait.',
      SHORT,
    ),
    duration: seconds('connection.duration', 'Duration of sessions.', LONG),
    down: seconds(
      'connection.down_time',
      'Outages, from the end of a stable session to the opening of the next one.',
      LONG,
    ),
    retryDelay: seconds('retry.delay', 'Delays before attempts.', SHORT),
    budgetWait: seconds('budget.wait_time', 'Waits for permits of a budget.', SHORT),
    budgetDown: seconds('budget.down_time', 'Outages of the store of a budget.', LONG),
  };
}

/** Values that are read on export, so that links without changes count, too. */
function observe(
  meter: Meter,
  labels: Labels,
  degradations: ReadonlyMap<string, Count>,
): () => void {
  const count = meter.createObservableUpDownCounter('schmoozer.connection.count', {
    unit: '{connection}',
    description: 'Links, by their state.',
  });
  const stateTime = meter.createObservableCounter('schmoozer.connection.state_time', {
    unit: 's',
    description: 'Time that links have spent in each state.',
  });
  const lastOnline = meter.createObservableGauge('schmoozer.connection.last_online', {
    unit: 's',
    description: 'The Unix time at which a link was last online.',
  });
  const attempts = meter.createObservableCounter('schmoozer.connection.attempts', {
    unit: '{attempt}',
    description: 'Attempts to connect that have ended.',
  });
  const pending = meter.createObservableUpDownCounter('schmoozer.limiter.pending', {
    unit: '{connection}',
    description: 'Attempts that wait for a limiter.',
  });
  const inFlight = meter.createObservableUpDownCounter('schmoozer.limiter.in_flight', {
    unit: '{connection}',
    description: 'Attempts that a limiter has admitted and that have not ended.',
  });
  const rate = meter.createObservableGauge('schmoozer.limiter.rate', {
    unit: '{connection}/s',
    description: 'The pace of a limiter.',
  });
  const degraded = meter.createObservableCounter('schmoozer.budget.degradations', {
    unit: '{degradation}',
    description: 'Number of failures of the store of a budget.',
  });
  const all = [count, stateTime, lastOnline, attempts, pending, inFlight, rate, degraded];
  const read = (result: BatchObservableResult) => {
    for (const { attributes, states, attempts: counts } of labels.links) {
      for (const state of states.values()) {
        result.observe(count, state.count, state.attributes);
        result.observe(stateTime, state.seconds, state.attributes);
        if (state.state === 'online') result.observe(lastOnline, state.lastAt, attributes);
      }
      for (const of of counts.values()) result.observe(attempts, of.count, of.attributes);
    }
    for (const key of labels.keys) {
      if (key.hasQueue) {
        result.observe(pending, key.pending, key.attributes);
        result.observe(inFlight, key.inFlight, key.attributes);
      }
      if (key.perSecond !== undefined) result.observe(rate, key.perSecond, key.attributes);
    }
    for (const of of degradations.values()) result.observe(degraded, of.count, of.attributes);
  };
  meter.addBatchObservableCallback(read, all);
  return () => meter.removeBatchObservableCallback(read, all);
}
