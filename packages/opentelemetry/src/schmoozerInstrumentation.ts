import {
  metrics,
  type MeterProvider,
  type SpanContext,
  trace,
  type TracerProvider,
} from '@opentelemetry/api';
import { InvalidOptionError } from 'schmoozer';
import { diagnoseAll } from 'schmoozer/diagnostics';
import { Guard } from './guard.js';
import { Labels } from './labels.js';
import { listen } from './listen.js';
import { linkMetrics } from './metrics.js';
import { linkSpans } from './spans.js';

/** What is recorded, and how many series there may be. */
export interface SchmoozerInstrumentationConfig {
  /** Whether it is on from the start. Default true. */
  readonly enabled?: boolean;
  /**
   * Adds `schmoozer.link.name` to what is about one link. Default false: with many links, each is a series of its own,
   * up to `maxValues`.
   */
  readonly linkNames?: boolean;
  /**
   * How many servers (with `linkNames`, links), limiter keys and types of errors are told apart; those that come later
   * are `_OTHER`. Default 200, an integer from 1 to 10 000. The SDK has a limit of its own, 2000 series of a metric.
   */
  readonly maxValues?: number;
  /**
   * `attempts`: a span for each attempt to connect, below one for each outage. `outages`: the latter alone, for about half of
   * the time. `none`: metrics alone. Default `attempts`.
   */
  readonly spans?: 'attempts' | 'outages' | 'none';
}

/**
 * Metrics and spans of all links that are made while it is on, by the global providers of OpenTelemetry, or by those
 * that `registerInstrumentations` or `NodeSDK` sets. It is an `Instrumentation`, and patches no module.
 *
 * @throws InvalidOptionError when an option is unknown or out of bounds
 */
export class SchmoozerInstrumentation {
  /** The name of the package, as the scope of its metrics and spans. */
  readonly instrumentationName = '@schmoozer/opentelemetry';
  /** The version of the package. */
  readonly instrumentationVersion = '0.1.0';
  #config: Required<SchmoozerInstrumentationConfig>;
  #meterProvider: MeterProvider | undefined;
  #tracerProvider: TracerProvider | undefined;
  #stop: (() => void) | undefined;
  #contextOf: ((linkId: number) => SpanContext | undefined) | undefined;

  constructor(config: SchmoozerInstrumentationConfig = {}) {
    this.#config = checked(config);
    if (this.#config.enabled) this.enable();
  }

  /** Does nothing if it is on. */
  enable(): void {
    this.#stop ??= this.#start();
  }

  /** Nothing is recorded any more. */
  disable(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.#contextOf = undefined;
  }

  /** Call it before links are made: links and limiters that were seen before are forgotten. */
  setMeterProvider(meterProvider: MeterProvider): void {
    this.#meterProvider = meterProvider;
    this.#restart();
  }

  /** Call it before links are made, as `setMeterProvider`. */
  setTracerProvider(tracerProvider: TracerProvider): void {
    this.#tracerProvider = tracerProvider;
    this.#restart();
  }

  /** Call it before links are made, as `setMeterProvider`; `enabled` is for the constructor and has no effect here. */
  setConfig(config: SchmoozerInstrumentationConfig): void {
    this.#config = checked(config);
    this.#restart();
  }

  /** The configuration, with its defaults. */
  getConfig(): SchmoozerInstrumentationConfig {
    return this.#config;
  }

  /**
   * The `reconnect` span of the outage that a link is in, for lines of log: by the `linkId` of a message of `schmoozer/diagnostics`.
   * Undefined while it is in none, and without spans.
   */
  spanContextOf(linkId: number): SpanContext | undefined {
    return this.#contextOf?.(linkId);
  }

  #restart(): void {
    if (this.#stop === undefined) return;
    this.disable();
    this.enable();
  }

  #start(): () => void {
    const { maxValues, linkNames, spans } = this.#config;
    const scope = [this.instrumentationName, this.instrumentationVersion] as const;
    const labels = new Labels(maxValues, linkNames);
    const guard = new Guard();
    const measured = guard.call(() =>
      linkMetrics((this.#meterProvider ?? metrics).getMeter(...scope), labels),
    );
    const traced = guard.call(() => {
      if (spans === 'none') return undefined;
      const tracer = (this.#tracerProvider ?? trace).getTracer(...scope);
      return linkSpans(tracer, labels, spans === 'attempts');
    });
    this.#contextOf = traced?.contextOf;
    const ends = [measured, traced].map((recording) => recording && listen(guard, recording));
    const diagnosis = diagnoseAll();
    return () => {
      diagnosis.unsubscribe();
      for (const end of ends) end?.();
    };
  }
}

const defaults: Required<SchmoozerInstrumentationConfig> = {
  enabled: true,
  linkNames: false,
  maxValues: 200,
  spans: 'attempts',
};

const boolean = ['a boolean', (value: unknown) => typeof value === 'boolean'] as const;

/** What each option may be. */
const bounds = {
  enabled: boolean,
  linkNames: boolean,
  maxValues: [
    'an integer from 1 to 10000',
    (value: unknown) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 10_000,
  ],
  spans: [
    "'attempts', 'outages' or 'none'",
    (value: unknown) => ['attempts', 'outages', 'none'].includes(value as string),
  ],
} as const satisfies Record<
  keyof SchmoozerInstrumentationConfig,
  readonly [string, (value: unknown) => boolean]
>;

function checked(config: SchmoozerInstrumentationConfig): Required<SchmoozerInstrumentationConfig> {
  const given = Object.entries(config).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    if (!Object.hasOwn(bounds, name)) {
      throw new InvalidOptionError(name, `one of ${Object.keys(bounds).join(', ')}`, value);
    }
    const [expected, isOk] = bounds[name as keyof typeof bounds];
    if (!isOk(value)) throw new InvalidOptionError(name, expected, value);
  }
  return { ...defaults, ...Object.fromEntries(given) };
}
