import { Histogram, type MetricObjectWithValues, type MetricValueWithName } from 'prom-client';

type Labels = Readonly<Record<string, string>>;

/**
 * One series, stored as plain numbers, because `observe` of `prom-client` looks up the series of each measurement by a
 * string.
 */
export class Distribution {
  readonly labels: Labels;
  readonly #bounds: readonly number[];
  /** One count for each bound, and one for all larger values; not cumulative. */
  readonly counts: number[];
  sum = 0;

  constructor(labels: Labels, bounds: readonly number[]) {
    this.labels = labels;
    this.#bounds = bounds;
    this.counts = [...bounds.map(() => 0), 0];
  }

  /** Adds a value; invalid numbers, which a user's clock may produce, are ignored. */
  observe(value: number): void {
    if (!Number.isFinite(value)) return;
    const bounds = this.#bounds;
    let place = 0;
    while (place < bounds.length && value > (bounds[place] as number)) place += 1;
    (this.counts[place] as number) += 1;
    this.sum += value;
  }

  reset(): void {
    this.counts.fill(0);
    this.sum = 0;
  }
}

type Values = MetricObjectWithValues<MetricValueWithName<string>>;

/** A `prom-client` histogram whose series are `Distribution`s. */
export class SeriesHistogram extends Histogram {
  readonly #bounds: readonly number[];
  readonly #labelNames: readonly string[];
  readonly #series: Distribution[] = [];
  readonly #about: { readonly name: string; readonly help: string };

  constructor(name: string, help: string, bounds: number[], labelNames: readonly string[]) {
    // Later registered all together, or not at all.
    super({ name, help, buckets: bounds, labelNames: [...labelNames], registers: [] });
    this.#bounds = bounds;
    this.#labelNames = labelNames;
    this.#about = { name, help };
  }

  /** Creates a series for these labels: call it once. */
  add(labels: Labels): Distribution {
    const own = Object.fromEntries(this.#labelNames.map((name) => [name, labels[name] ?? '']));
    const made = new Distribution(own, this.#bounds);
    this.#series.push(made);
    return made;
  }

  override async get(): Promise<Values> {
    const values = this.#series.flatMap((series) => this.#valuesOf(series));
    // The declarations do not say so, but the package's own `get` returns this too.
    return { ...this.#about, type: 'histogram', values, aggregator: 'sum' } as unknown as Values;
  }

  /** Registries call this instead of `get`, if it exists. */
  getForPromString(): Promise<Values> {
    return this.get();
  }

  override reset(): void {
    // The constructor of the base class calls it, too.
    if (#series in this) for (const series of this.#series) series.reset();
  }

  #valuesOf({ labels, counts, sum }: Distribution): Values['values'] {
    const { name } = this.#about;
    let count = 0;
    const buckets = [...this.#bounds, '+Inf'].map((le, place) => {
      count += counts[place] as number;
      return { labels: { le, ...labels }, value: count, metricName: `${name}_bucket` };
    });
    return [
      ...buckets,
      { labels, value: sum, metricName: `${name}_sum` },
      { labels, value: count, metricName: `${name}_count` },
    ];
  }
}
