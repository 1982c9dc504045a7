import { Registry } from 'prom-client';
import { prometheusMetrics, type PrometheusMetricsOptions } from '../../src/index.js';

export const servers = ['server_address', 'server_port', 'network_protocol_name'];

export interface Known {
  readonly name: string;
  readonly type: string;
  readonly labelNames: readonly string[];
}

/** All metrics, as they are registered. */
export function known(options: PrometheusMetricsOptions): readonly Known[] {
  const registry = new Registry();
  const own = prometheusMetrics({ ...options, registry });
  const metrics = registry.getMetricsAsArray() as unknown as readonly Known[];
  own.unsubscribe();
  return metrics;
}
