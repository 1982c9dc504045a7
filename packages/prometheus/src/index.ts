export { prometheusMetrics, type PrometheusMetricsOptions } from './prometheusMetrics.js';
