// Why: docs/decisions/0091-prometheus-at-the-scrape.md
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { register, type Registry, type RegistryContentType } from 'prom-client';
import { InvalidOptionError } from 'schmoozer/compiled';
import {
  channels,
  diagnoseAll,
  type DiagnosticsChannelName,
  type DiagnosticsMessages,
} from 'schmoozer/diagnostics';
import { Cells } from './cells.js';
import { Labels } from './labels.js';
import { Lanes } from './lanes.js';
import { type Metrics, metricsOf } from './metrics.js';
import { registerAll } from './registerAll.js';
import { Tally } from './tally.js';

/** Where the metrics are registered, and how many series there may be. */
export interface PrometheusMetricsOptions {
  /** The registry of the metrics. Default: `register` of `prom-client`. */
  readonly registry?: Registry<RegistryContentType>;
  /**
   * Maximum number of servers, and of limiter keys, with their own series; the rest share `_OTHER`. Default: 100.
   * Bounds: an integer from 1 to 10 000.
   */
  readonly maxServers?: number;
  /**
   * True to add the names of links to `schmoozer_connection_last_online_timestamp_seconds`, at most `maxServers` at a
   * time. Default: false.
   */
  readonly linkNames?: boolean;
  /** True to count every link created from now on; false to count only those passed to `diagnose`. Default: true. */
  readonly everyLink?: boolean;
}

type Handlers = {
  readonly [Name in DiagnosticsChannelName]?: (message: DiagnosticsMessages[Name]) => void;
};

/**
 * Creates the metrics of all links, limiters, budgets, endpoints and groups of this process that are created from now
 * on.
 *
 * @returns an object whose `unsubscribe()` removes the metrics from the registry
 * @throws InvalidOptionError when an option is unknown or out of bounds, when the registry already has a metric with
 * one of the names, or when the registry throws; `cause` is then the registry's error. In all these cases nothing is
 * registered
 */
export function prometheusMetrics(options: PrometheusMetricsOptions = {}): { unsubscribe(): void } {
  const { registry, maxServers, linkNames, everyLink } = checked(options);
  const labels = new Labels(maxServers);
  const tally: Tally = new Tally(labels, linkNames, () => metrics);
  const lanes = new Lanes(labels);
  const metrics = metricsOf(tally, lanes);
  const unregister = registerAll(registry, Object.values(metrics));
  const off = listen(handlersOf(metrics, tally, lanes, labels));
  const diagnosis = everyLink ? diagnoseAll() : undefined;
  return {
    unsubscribe() {
      diagnosis?.unsubscribe();
      off();
      unregister();
    },
  };
}

function handlersOf(metrics: Metrics, tally: Tally, lanes: Lanes, labels: Labels): Handlers {
  let degraded = 0;
  const budgetWaits = new Cells((key, outcome) => metrics.budgetWait.add({ key, outcome }));
  const error = (failure: Parameters<Labels['errorType']>[0]) => ({
    error_type: labels.errorType(failure),
  });
  return {
    'schmoozer:link:state': (message) => tally.move(message),
    'schmoozer:connect': (message) => {
      const { outcome = '', queuedMs, connectMs = 0 } = message;
      const { series } = tally.link(message);
      const type = labels.errorType(message.error);
      series.attempts.at(outcome, type).value += 1;
      if (queuedMs > 0) series.wait.observe(queuedMs / 1000);
      if (outcome === 'aborted') return;
      series.create.at('', type).observe(connectMs / 1000);
    },
    'schmoozer:connection:opened': (message) => {
      tally.link(message).downMs = message.downMs;
    },
    'schmoozer:connection:stable': (message) => {
      const link = tally.link(message);
      if (link.downMs === undefined) return;
      link.series.down.observe(link.downMs / 1000);
      link.downMs = undefined;
    },
    'schmoozer:connection:closed': (message) => {
      const link = tally.link(message);
      link.downMs = undefined;
      const type = labels.errorType(message.error);
      link.series.duration.at(message.cause, type).observe(message.upMs / 1000);
    },
    'schmoozer:retry:scheduled': (message) => {
      if (message.delayMs === Infinity) return;
      tally.link(message).series.retryDelay.observe(message.delayMs / 1000);
    },
    'schmoozer:link:ended': (message) => {
      const type = labels.errorType(message.error);
      tally.series(message).ended.at(message.status, type).value += 1;
    },
    'schmoozer:endpoint:ejected': () => metrics.ejections.inc(),
    'schmoozer:restart:scheduled': (message) => metrics.restarts.inc(error(message.error)),
    'schmoozer:link:givenUp': (message) => metrics.givenUp.inc(error(message.error)),
    'schmoozer:limiter:queue': (message) => lanes.queue(message),
    'schmoozer:limiter:pace': (message) => lanes.pace(message),
    'schmoozer:budget:waited': ({ key, outcome, waitMs }) =>
      budgetWaits.at(labels.key(key), outcome).observe(waitMs / 1000),
    'schmoozer:budget:degraded': (message) => {
      metrics.fallbacks.inc(error(message.error));
      metrics.degraded.set((degraded += 1));
    },
    'schmoozer:budget:restored': () => {
      // It may have failed before the metrics were created.
      metrics.degraded.set((degraded = Math.max(0, degraded - 1)));
    },
  };
}

/** Subscribes the handlers. An error that one of them throws would end the process: the first becomes a warning. */
function listen(handlers: Handlers): () => void {
  let hasWarned = false;
  const offs = Object.entries(handlers).map(([name, handle]) => {
    const { kind } = channels[name as DiagnosticsChannelName];
    const channel = kind === 'trace' ? `tracing:${name}:asyncEnd` : name;
    const listener = (message: unknown) => {
      try {
        handle(message as never);
      } catch (cause) {
        if (hasWarned) return;
        hasWarned = true;
        const what = '@schmoozer/prometheus: the metrics are incomplete';
        process.emitWarning(new Error(what, { cause }));
      }
    };
    subscribe(channel, listener);
    return () => unsubscribe(channel, listener);
  });
  return () => {
    for (const off of offs) off();
  };
}

function checked(options: PrometheusMetricsOptions): Required<PrometheusMetricsOptions> {
  if (typeof options !== 'object' || options === null) {
    throw new InvalidOptionError('options', 'an object', options, typeof options);
  }
  const {
    registry = register,
    maxServers = 100,
    linkNames = false,
    everyLink = true,
    ...others
  } = options;
  for (const name of Object.keys(others)) {
    const known = '`registry`, `maxServers`, `linkNames` or `everyLink`';
    throw new InvalidOptionError(name, `one of ${known}`, name);
  }
  if (typeof registry !== 'object' || typeof registry?.registerMetric !== 'function') {
    throw new InvalidOptionError('registry', 'a `Registry` of `prom-client`', registry);
  }
  if (!Number.isInteger(maxServers) || maxServers < 1 || maxServers > 10_000) {
    throw new InvalidOptionError('maxServers', 'an integer from 1 to 10000', maxServers);
  }
  for (const [name, value] of Object.entries({ linkNames, everyLink })) {
    if (typeof value !== 'boolean') throw new InvalidOptionError(name, 'a boolean', value);
  }
  return { registry, maxServers, linkNames, everyLink };
}
