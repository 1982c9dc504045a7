import type { Attributes, BatchObservableResult, Meter } from '@opentelemetry/api';
import type { LimiterQueueMessage } from 'schmoozer/diagnostics';
import type { Labels } from './labels.js';
import { LinkStates } from './linkStates.js';
import type { Handlers, Recording } from './listen.js';

/** In seconds: 5 ms to 30 s. */
const SHORT = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** In seconds: 1 s to 7 days. */
const LONG = [1, 5, 15, 60, 300, 900, 3600, 14_400, 43_200, 86_400, 259_200, 604_800];

/** The metrics of the README's table. */
export function linkMetrics(meter: Meter, labels: Labels): Recording {
  const seconds = (name: string, description: string, explicitBucketBoundaries: number[]) =>
    meter.createHistogram(name, { unit: 's', description, advice: { explicitBucketBoundaries } });

  const attempts = meter.createCounter('schmoozer.connection.attempts', {
    unit: '{attempt}',
    description: 'Attempts to connect that are over.',
  });
  const createTime = seconds('schmoozer.connection.create_time', 'How long attempts took.', SHORT);
  const waitTime = seconds(
    'schmoozer.connection.wait_time',
    'How long attempts that had to wait for the limiter waited.',
    SHORT,
  );
  const duration = seconds('schmoozer.connection.duration', 'How long sessions lasted.', LONG);
  const downTime = seconds(
    'schmoozer.connection.down_time',
    'Outages, from the end of a stable session to the opening of the next one.',
    LONG,
  );
  const retryDelay = seconds('schmoozer.retry.delay', 'The waits before attempts.', SHORT);
  const budgetDownTime = seconds(
    'schmoozer.budget.down_time',
    'How long the store of a budget was away.',
    LONG,
  );
  const degradations = meter.createCounter('schmoozer.budget.degradations', {
    unit: '{degradation}',
    description: 'How often the store of a budget went away.',
  });
  const rate = meter.createGauge('schmoozer.limiter.rate', {
    unit: '{connection}/s',
    description: 'The pace of a limiter.',
  });

  const queues = queueMetrics(meter, labels);
  const states = new LinkStates();
  const stop = observeStates(meter, states);
  /** What each link that is open has been down for, once it has had a stable session. */
  const outages = new Map<number, { hasBeenStable: boolean; downMs: number }>();

  const handlers: Handlers = {
    'schmoozer:link:state': (message) => {
      states.change(message, labels.ofLink(message));
      if (message.to === 'ended') outages.delete(message.linkId);
    },
    'tracing:schmoozer:connect:start': (message) => {
      const { queuedMs } = message;
      if (queuedMs > 0) waitTime.record(queuedMs / 1000, labels.ofLink(message));
    },
    'tracing:schmoozer:connect:asyncEnd': (message) => {
      const { outcome, connectMs, error } = message;
      const attributes = { ...labels.ofLink(message), ...labels.ofError(error) };
      attempts.add(1, { ...attributes, 'schmoozer.attempt.outcome': outcome });
      if (outcome === 'aborted' || connectMs === undefined) return;
      createTime.record(connectMs / 1000, attributes);
    },
    'schmoozer:connection:opened': ({ linkId, downMs }) => {
      outages.set(linkId, { hasBeenStable: outages.get(linkId)?.hasBeenStable ?? false, downMs });
    },
    'schmoozer:connection:stable': (message) => {
      const outage = outages.get(message.linkId);
      if (outage?.hasBeenStable) downTime.record(outage.downMs / 1000, labels.ofLink(message));
      outages.set(message.linkId, { hasBeenStable: true, downMs: 0 });
    },
    'schmoozer:connection:closed': (message) => {
      const { upMs, cause, error } = message;
      const attributes = { ...labels.ofLink(message), ...labels.ofError(error) };
      duration.record(upMs / 1000, { ...attributes, 'schmoozer.close.cause': cause });
    },
    'schmoozer:retry:scheduled': (message) => {
      const { delayMs } = message;
      if (Number.isFinite(delayMs)) retryDelay.record(delayMs / 1000, labels.ofLink(message));
    },
    'schmoozer:limiter:queue': queues,
    'schmoozer:limiter:pace': ({ key, perSecond }) => {
      if (Number.isFinite(perSecond)) rate.record(perSecond, labels.ofKey(key));
    },
    'schmoozer:budget:degraded': ({ error }) => degradations.add(1, labels.ofError(error)),
    'schmoozer:budget:restored': ({ downMs }) => budgetDownTime.record(downMs / 1000),
  };
  return { handlers, stop };
}

/** Sums over all limiters that have a key in common. */
function queueMetrics(meter: Meter, labels: Labels): (message: LimiterQueueMessage) => void {
  const unit = '{connection}';
  const pending = meter.createUpDownCounter('schmoozer.limiter.pending', {
    unit,
    description: 'Attempts that wait for a limiter.',
  });
  const inFlight = meter.createUpDownCounter('schmoozer.limiter.in_flight', {
    unit,
    description: 'Attempts that a limiter has let through, and that are not over.',
  });
  interface Queue {
    readonly queued: number;
    readonly inFlight: number;
    readonly attributes: Attributes;
  }
  const queues = new Map<string, Queue>();
  return (message) => {
    const id = `${message.limiterId} ${message.key}`;
    const before = queues.get(id) ?? {
      queued: 0,
      inFlight: 0,
      attributes: labels.ofKey(message.key),
    };
    const { attributes } = before;
    if (message.queued === 0 && message.inFlight === 0) queues.delete(id);
    else queues.set(id, { queued: message.queued, inFlight: message.inFlight, attributes });
    pending.add(message.queued - before.queued, attributes);
    inFlight.add(message.inFlight - before.inFlight, attributes);
  };
}

/** What is read when it is exported, so that links that stay as they are count, too. */
function observeStates(meter: Meter, states: LinkStates): () => void {
  const count = meter.createObservableUpDownCounter('schmoozer.connection.count', {
    unit: '{connection}',
    description: 'Links, by their state.',
  });
  const stateTime = meter.createObservableCounter('schmoozer.connection.state_time', {
    unit: 's',
    description: 'The time that links have spent in each state.',
  });
  const lastOnline = meter.createObservableGauge('schmoozer.connection.last_online', {
    unit: 's',
    description: 'The Unix time at which a link was last online.',
  });
  const observables = [count, stateTime, lastOnline];
  const observe = (result: BatchObservableResult) => {
    for (const series of states) {
      result.observe(count, series.count, series.attributes);
      result.observe(stateTime, series.seconds, series.attributes);
      if (series.state === 'online') result.observe(lastOnline, series.lastAt, series.labels);
    }
  };
  meter.addBatchObservableCallback(observe, observables);
  return () => meter.removeBatchObservableCallback(observe, observables);
}
