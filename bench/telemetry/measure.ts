import { tracingChannel, subscribe } from 'node:diagnostics_channel';
import { metrics, trace } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { SchmoozerInstrumentation } from '@schmoozer/opentelemetry';
import type { ReconnectEmitted } from 'schmoozer';
import { createReconnectActor } from 'schmoozer/compiled';
import { channels, diagnoseAll } from 'schmoozer/diagnostics';
import type { Measure } from '../bench.js';
import { median } from '../statistics.js';
import { actorStorm } from '../storm/actorStorm.js';

const PASSES = 5;

/** What each variant does before the first link is made. */
const setups: Readonly<Record<string, () => void>> = {
  off() {},
  unheard() {
    diagnoseAll();
  },
  channels() {
    diagnoseAll();
    for (const [name, { kind }] of Object.entries(channels)) {
      if (kind === 'plain') subscribe(name, count);
      else {
        const [start, end, asyncStart, asyncEnd, error] = [count, count, count, count, count];
        tracingChannel(name).subscribe({ start, end, asyncStart, asyncEnd, error });
      }
    }
  },
  opentelemetry() {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const exportIntervalMillis = 3_600_000;
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis });
    metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [dropSpans] }));
    new SchmoozerInstrumentation({ enabled: false }).enable();
  },
};

let heard = 0;

/** Takes each span that has ended, and keeps none. */
const dropSpans: SpanProcessor = {
  onStart() {},
  onEnd: count,
  forceFlush: async () => {},
  shutdown: async () => {},
};

function count(): void {
  heard += 1;
}

/** How a link of the compiled engine tells of an event. */
interface Telling {
  readonly isHeard: boolean;
  emit(event: ReconnectEmitted): void;
}

const error = new Error('down');

/** One life: an attempt that fails, one that is opened, a session that is lost. */
const life: readonly (() => ReconnectEmitted)[] = [
  () => ({ type: 'attempt.started', attempt: 0, epoch: 1 }),
  () => ({
    type: 'attempt.failed',
    attempt: 0,
    epoch: 1,
    error,
    verdict: 'transient',
    connectMs: 1,
  }),
  () => ({ type: 'retry.scheduled', attempt: 1, delayMs: 1000, error, verdict: 'transient' }),
  () => ({ type: 'attempt.started', attempt: 1, epoch: 1 }),
  () => ({
    type: 'connection.opened',
    epoch: 1,
    attempt: 1,
    connectMs: 1,
    queuedMs: 0,
    downMs: 1001,
  }),
  () => ({ type: 'connection.stable', epoch: 1 }),
  () => ({ type: 'connection.closing', epoch: 1, cause: 'lost', upMs: 20_000, error }),
  () => ({
    type: 'connection.closed',
    epoch: 1,
    cause: 'lost',
    upMs: 20_000,
    isStable: true,
    error,
  }),
];

export const measure: Measure = async ({ variant, round, size }) => {
  const setUp = setups[variant];
  if (!setUp) throw new Error(`no variant ${variant}`);
  setUp();
  const { events = 1, links = 1, storms = 1 } = size;
  const eventNs = timeEvents(events);
  // The first one warms the process up.
  await actorStorm({ clients: links, seed: round, processes: 1 });
  const { user, system } = process.cpuUsage();
  for (let i = 0; i < storms; i++) {
    await actorStorm({ clients: links, seed: round * storms + i, processes: 1 });
  }
  const used = process.cpuUsage({ user, system });
  if (['channels', 'opentelemetry'].includes(variant) && heard === 0)
    throw new Error('nothing was heard');
  return { eventNs, stormMs: (used.user + used.system) / 1000 / storms };
};

function timeEvents(events: number): number {
  const never = new Promise<never>(() => {});
  const actor = createReconnectActor({ connect: () => never, run: () => never });
  const link = actor as unknown as Telling;
  const lives = Math.ceil(events / life.length);
  const passes = Array.from({ length: PASSES }, () => {
    const before = process.cpuUsage();
    for (let i = 0; i < lives; i++) {
      for (const make of life) if (link.isHeard) link.emit(make());
    }
    const { user, system } = process.cpuUsage(before);
    return ((user + system) * 1000) / (lives * life.length);
  });
  return median(passes);
}
