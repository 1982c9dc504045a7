/**
 * Metrics of all links, by `prom-client`.
 *
 * @packageDocumentation
 */
export { prometheusMetrics, type PrometheusMetricsOptions } from './prometheusMetrics.js';
