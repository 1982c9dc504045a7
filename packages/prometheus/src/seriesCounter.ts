import { Counter } from 'prom-client';

type Labels = Readonly<Record<string, string>>;

/** One series, stored as a plain number. */
export interface Count {
  readonly labels: Labels;
  value: number;
}

/** A `prom-client` counter whose numbers are read at each scrape. */
export class SeriesCounter extends Counter {
  readonly #series: Count[] = [];

  constructor(name: string, help: string, labelNames: readonly string[]) {
    super({
      name,
      help,
      labelNames: [...labelNames],
      // Later registered all together, or not at all.
      registers: [],
      collect() {
        (this as SeriesCounter).#take();
      },
    });
  }

  /** Creates a series for these labels: call it once. */
  add(labels: Labels): Count {
    const made = { labels, value: 0 };
    this.#series.push(made);
    return made;
  }

  override reset(): void {
    super.reset();
    // The constructor of the base class calls it, too.
    if (#series in this) for (const series of this.#series) series.value = 0;
  }

  #take(): void {
    super.reset();
    for (const { labels, value } of this.#series) this.inc(labels, value);
  }
}
