/**
 * The newest SDK of OpenTelemetry, which needs Node 22.15, with `@schmoozer/opentelemetry` as it is built: a link that is refused once,
 * opened, and done. The package finds the providers of the newer API by itself. The last line is `ok`.
 */
import { metrics, trace } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { Break, constantBackoff, run } from '../../dist/index.js';
import { SchmoozerInstrumentation } from '../../packages/opentelemetry/dist/index.js';

const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
const meterProvider = new MeterProvider({ readers: [reader] });
metrics.setGlobalMeterProvider(meterProvider);
const spans = new InMemorySpanExporter();
const tracerProvider = new TracerProvider({
  spanProcessors: [new SimpleSpanProcessor({ exporter: spans })],
});
trace.setGlobalTracerProvider(tracerProvider);
const instrumentation = new SchmoozerInstrumentation();

let attempts = 0;
await run(
  {
    peer: { address: 'db.example', port: 5432, protocol: 'postgresql' },
    async connect() {
      attempts += 1;
      if (attempts === 1) throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    },
    run: async () => Break(),
  },
  { backoff: constantBackoff(1) },
);
await meterProvider.forceFlush();
await tracerProvider.forceFlush();

const measured = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics[0].metrics);
const counted = measured.find(
  ({ descriptor }) => descriptor.name === 'schmoozer.connection.attempts',
);
const seen = {
  attempts: counted?.dataPoints.map(({ attributes, value }) => [
    attributes['server.address'],
    attributes['error.type'] ?? attributes['schmoozer.attempt.outcome'],
    value,
  ]),
  created: measured.some(
    ({ descriptor }) => descriptor.name === 'schmoozer.connection.create_time',
  ),
  spans: spans.getFinishedSpans().map(({ name }) => name),
};
instrumentation.disable();
await Promise.all([meterProvider.shutdown(), tracerProvider.shutdown()]);

const expected = {
  attempts: [
    ['db.example', 'ECONNREFUSED', 1],
    ['db.example', 'opened', 1],
  ],
  created: true,
  spans: ['connect db.example', 'connect db.example', 'reconnect'],
};
const [got, wanted] = [seen, expected].map((it) => JSON.stringify(it));
if (got !== wanted) throw new Error(`${got} and not ${wanted}`);
console.log('ok');
