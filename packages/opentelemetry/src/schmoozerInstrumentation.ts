import {
  metrics,
  type MeterProvider,
  type SpanContext,
  trace,
  type TracerProvider,
} from '@opentelemetry/api';
import { InvalidOptionError } from 'schmoozer/compiled';
import { diagnoseAll } from 'schmoozer/diagnostics';
import { Guard } from './guard.js';
import { Labels } from './labels.js';
import { listen } from './listen.js';
import { linkMetrics } from './metrics.js';
import { linkSpans } from './spans.js';

/** What is recorded, and how many series there may be. */
export interface SchmoozerInstrumentationConfig {
  /** True to be enabled from the start. Default: true. */
  readonly enabled?: boolean;
  /**
   * True to add `schmoozer.link.name` to the attributes of a link. Default: false, because each link then has its own
   * series, up to `maxValues`.
   */
  readonly linkNames?: boolean;
  /**
   * Maximum number of servers (with `linkNames`, links), limiter keys and error types with their own series; later ones
   * share `_OTHER`. Default: 200. Bounds: an integer from 1 to 10 000. The SDK itself has a limit of 2000 series per
   * metric.
   */
  readonly maxValues?: number;
  /**
   * `attempts`: a span for each attempt, below one for each outage. `outages`: only spans for outages, at about half
   * the cost. `none`: only metrics. Default: `attempts`.
   */
  readonly spans?: 'attempts' | 'outages' | 'none';
}

/**
 * Metrics and spans of all links that are created while it is enabled, by the global providers of OpenTelemetry, or by
 * those that `registerInstrumentations` or `NodeSDK` sets. It is an `Instrumentation`, and patches no module.
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

  /** Enables the recording; does nothing if it is already enabled. */
  enable(): void {
    this.#stop ??= this.#start();
  }

  /** Disables the recording. */
  disable(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.#contextOf = undefined;
  }

  /** Call it before links are created: links and limiters that were seen before are forgotten. */
  setMeterProvider(meterProvider: MeterProvider): void {
    this.#meterProvider = meterProvider;
    this.#restart();
  }

  /** Call it before links are created, like `setMeterProvider`. */
  setTracerProvider(tracerProvider: TracerProvider): void {
    this.#tracerProvider = tracerProvider;
    this.#restart();
  }

  /** Call it before links are created, like `setMeterProvider`; `enabled` has an effect only in the constructor. */
  setConfig(config: SchmoozerInstrumentationConfig): void {
    this.#config = checked(config);
    this.#restart();
  }

  /** The configuration, with its defaults. */
  getConfig(): SchmoozerInstrumentationConfig {
    return this.#config;
  }

  /**
   * Returns the `reconnect` span of a link's current outage, for log lines, by the `linkId` of a message of
   * `schmoozer/diagnostics`. Undefined outside of an outage, and without spans.
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

/** The allowed values of each option. */
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
