import { subscribe, tracingChannel } from 'node:diagnostics_channel';
import { metrics, trace } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base';
import { SchmoozerInstrumentation } from '@schmoozer/opentelemetry';
import { prometheusMetrics } from '@schmoozer/prometheus';
import { register } from 'prom-client';
import { channels, diagnoseAll } from 'schmoozer/diagnostics';

/** What is done before the first link is made. The answer exports what there is by then, as it is done every minute or so. */
type SetUp = () => void | (() => Promise<void>);

/** How much was heard, or exported: to see that a variant does something. */
let heard = 0;

function count(): void {
  heard += 1;
}

export function hasHeard(): boolean {
  return heard > 0;
}

function everyChannel(): void {
  diagnoseAll();
  for (const [name, { kind }] of Object.entries(channels)) {
    if (kind === 'plain') subscribe(name, count);
    else {
      const [start, end, asyncStart, asyncEnd, error] = [count, count, count, count, count];
      tracingChannel(name).subscribe({ start, end, asyncStart, asyncEnd, error });
    }
  }
}

function meters(): () => Promise<void> {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  metrics.setGlobalMeterProvider(provider);
  return async () => {
    await provider.forceFlush();
    heard += exporter.getMetrics().length;
    exporter.reset();
  };
}

/** Takes the spans that have ended, and keeps none. */
const dropSpans: SpanExporter = {
  export(spans, done) {
    heard += spans.length;
    done({ code: 0 });
  },
  shutdown: async () => {},
};

function tracers(): () => Promise<void> {
  const processor = new BatchSpanProcessor(dropSpans, { maxQueueSize: 100_000 });
  const provider = new BasicTracerProvider({ spanProcessors: [processor] });
  trace.setGlobalTracerProvider(provider);
  return () => provider.forceFlush();
}

function openTelemetry(
  spans: 'attempts' | 'outages' | 'none',
  ...providers: readonly (() => () => Promise<void>)[]
): () => Promise<void> {
  const flushes = providers.map((set) => set());
  new SchmoozerInstrumentation({ spans, enabled: false }).enable();
  return async () => {
    for (const flush of flushes) await flush();
  };
}

function prometheus(): () => Promise<void> {
  prometheusMetrics();
  return async () => {
    heard += (await register.metrics()).length;
  };
}

export const setups: Readonly<Record<string, SetUp>> = {
  off() {},
  unheard: () => void diagnoseAll(),
  channels: everyChannel,
  prometheus,
  metrics: () => openTelemetry('none', meters),
  spans: () => openTelemetry('attempts', tracers),
  outages: () => openTelemetry('outages', meters, tracers),
  opentelemetry: () => openTelemetry('attempts', meters, tracers),
  all() {
    everyChannel();
    const scrape = prometheus();
    const flush = openTelemetry('attempts', meters, tracers);
    return async () => {
      await scrape();
      await flush();
    };
  },
};
