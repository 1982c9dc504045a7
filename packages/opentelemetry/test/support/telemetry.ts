import type { Attributes } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type Sampler,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { onTestFinished } from 'vitest';
import { SchmoozerInstrumentation, type SchmoozerInstrumentationConfig } from '../../src/index.js';

export interface Point {
  readonly attributes: Attributes;
  /** Of a histogram its sum. */
  readonly value: number;
  readonly count: number | undefined;
  readonly boundaries: readonly number[] | undefined;
}

export interface Metric {
  readonly unit: string;
  readonly points: readonly Point[];
}

/** The instrumentation on the real SDK, until the test is over. */
export function telemetry(config: SchmoozerInstrumentationConfig = {}, sampler?: Sampler) {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  const spans = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(spans)],
    ...(sampler && { sampler }),
  });
  const instrumentation = new SchmoozerInstrumentation(config);
  instrumentation.setMeterProvider(meterProvider);
  instrumentation.setTracerProvider(tracerProvider);
  onTestFinished(async () => {
    instrumentation.disable();
    await meterProvider.shutdown();
    await tracerProvider.shutdown();
  });

  /** All metrics by name, as they are exported now. */
  async function collect(): Promise<Record<string, Metric>> {
    exporter.reset();
    await meterProvider.forceFlush();
    const metrics = exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
    return Object.fromEntries(
      metrics.map(({ descriptor, dataPoints }) => [
        descriptor.name,
        { unit: descriptor.unit, points: dataPoints.map(pointOf) },
      ]),
    );
  }

  return { instrumentation, collect, spans };
}

function pointOf({ attributes, value }: { attributes: Attributes; value: unknown }): Point {
  if (typeof value === 'number')
    return { attributes, value, count: undefined, boundaries: undefined };
  const { sum, count, buckets } = value as {
    sum: number;
    count: number;
    buckets: { boundaries: number[] };
  };
  return { attributes, value: sum, count, boundaries: buckets.boundaries };
}
