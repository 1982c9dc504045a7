import { createServer, type Socket } from 'node:net';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as OTLPMetricProtoExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as OTLPTraceProtoExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { constantBackoff, createReconnectActor } from 'schmoozer';
import { connectLimiter, fixedPace } from 'schmoozer/limiter';
import { tcpConnector } from 'schmoozer/tcp';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listening } from '../../../test/support/loopback.js';
import { until } from '../../../test/support/until.js';
import { SchmoozerInstrumentation } from '../src/index.js';
import { attributesOf, collector, hangingCollector } from './support/collector.js';

const inJson = { Metrics: OTLPMetricExporter, Traces: OTLPTraceExporter };
const inProtobuf = { Metrics: OTLPMetricProtoExporter, Traces: OTLPTraceProtoExporter };

/** The SDK as an application sets it up, exporting to `url`. */
function exporting(
  url: string,
  timeoutMillis = 10_000,
  { Metrics, Traces }: typeof inJson | typeof inProtobuf = inJson,
) {
  const exporter = new Metrics({ url: `${url}/v1/metrics`, timeoutMillis });
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: 100,
    exportTimeoutMillis: 100,
  });
  const meterProvider = new MeterProvider({ readers: [reader] });
  const traces = new Traces({ url: `${url}/v1/traces`, timeoutMillis });
  const tracerProvider = new BasicTracerProvider({
    spanProcessors: [new BatchSpanProcessor(traces, { scheduledDelayMillis: 50 })],
  });
  const unregister = registerInstrumentations({
    instrumentations: [new SchmoozerInstrumentation()],
    meterProvider,
    tracerProvider,
  });
  onTestFinished(async () => {
    unregister();
    await Promise.allSettled([meterProvider.shutdown(), tracerProvider.shutdown()]);
  });
  return { meterProvider, tracerProvider };
}

/** A link to a real server, which `drop` cuts off. */
async function linked() {
  let socket: Socket | undefined;
  let accepted = 0;
  const port = await listening(
    createServer((opened) => {
      accepted += 1;
      socket = opened;
      opened.resume();
    }),
  );
  const link = createReconnectActor(
    tcpConnector({ host: '127.0.0.1', port, run: () => new Promise<never>(() => {}) }),
    {
      backoff: constantBackoff(1),
      stableAfterMs: 1,
      gracePeriodMs: 10,
      limiter: connectLimiter({ pace: fixedPace({ perSecond: 1000 }) }),
    },
  );
  onTestFinished(() => void link.stop());
  link.start();
  const online = () => link.getSnapshot().hasTag('online');
  await until('the first session', online);
  const drop = async () => {
    const before = accepted;
    socket?.destroy();
    await until('the next session', () => accepted > before && online());
  };
  return { port, drop };
}

describe('an OTLP collector', () => {
  it.each([
    ['application/json', inJson],
    ['application/x-protobuf', inProtobuf],
  ])('gets the metrics and spans of a link to a real server, as %s', async (type, exporters) => {
    const { url, metrics, spans, scopes, types } = await collector();
    const { meterProvider, tracerProvider } = exporting(url, 10_000, exporters);
    const { port, drop } = await linked();
    await drop();
    await meterProvider.forceFlush();
    await tracerProvider.forceFlush();

    expect([...types]).toEqual([type]);
    expect([...scopes]).toEqual(['@schmoozer/opentelemetry 0.1.0']);
    const server = { 'server.address': '127.0.0.1', 'server.port': port };

    const attempts = metrics.get('schmoozer.connection.attempts');
    expect(attempts).toMatchObject({ unit: '{attempt}', sum: { isMonotonic: true } });
    expect(attempts?.sum?.dataPoints.map(attributesOf)).toEqual([
      { ...server, 'schmoozer.attempt.outcome': 'opened' },
    ]);
    expect(Number(attempts?.sum?.dataPoints[0]?.asDouble)).toBe(2);

    const count = metrics.get('schmoozer.connection.count');
    expect(count?.unit).toBe('{connection}');
    // In protobuf what is false is not sent.
    expect(count?.sum?.isMonotonic ?? false).toBe(false);
    const online = count?.sum?.dataPoints.find(
      (point) => attributesOf(point)['schmoozer.connection.state'] === 'online',
    );
    expect(online?.asDouble).toBe(1);
    const stateTime = metrics.get('schmoozer.connection.state_time');
    expect(stateTime).toMatchObject({ unit: 's', sum: { isMonotonic: true } });

    const duration = metrics.get('schmoozer.connection.duration')?.histogram?.dataPoints[0];
    expect(Number(duration?.count)).toBe(1);
    expect(duration?.explicitBounds?.at(-1)).toBe(604_800);
    expect(duration && attributesOf(duration)).toMatchObject({
      ...server,
      'schmoozer.close.cause': 'lost',
    });

    const lastOnline = metrics.get('schmoozer.connection.last_online')?.gauge?.dataPoints[0];
    expect(lastOnline?.asDouble).toBeGreaterThan(Date.now() / 1000 - 60);
    expect([...metrics.keys()]).toEqual(
      expect.arrayContaining(['schmoozer.limiter.pending', 'schmoozer.limiter.in_flight']),
    );

    const outages = () => spans.filter(({ name }) => name === 'reconnect');
    // A flush does not wait for a batch that is under way.
    await until('the spans', () => outages().length >= 2);
    const [first, outage] = outages();
    const attempt = spans.find(({ parentSpanId }) => parentSpanId === outage?.spanId);
    expect(first?.traceId).not.toBe(outage?.traceId);
    expect(attempt).toMatchObject({ name: 'connect 127.0.0.1', kind: 3, traceId: outage?.traceId });
    expect(attempt && attributesOf(attempt)).toMatchObject({ ...server, 'schmoozer.epoch': 2 });
  });

  it('that hangs does not hold up a link', async () => {
    const hanging = await hangingCollector();
    exporting(hanging.url, 200);
    const { drop } = await linked();
    await until('an export that hangs', () => hanging.requests > 1);
    for (let i = 0; i < 5; i++) await drop();
  });

  it('that is not there does not hold up a link', async () => {
    exporting('http://127.0.0.1:1', 200);
    const { drop } = await linked();
    for (let i = 0; i < 5; i++) await drop();
  });
});
