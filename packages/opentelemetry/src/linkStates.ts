import { performance } from 'node:perf_hooks';
import type { Attributes } from '@opentelemetry/api';
import type { DiagnosticsState, LinkStateMessage } from 'schmoozer/diagnostics';

/** How many links with the same attributes are in a state, and the time that they have spent in it. */
export class StateSeries {
  readonly state: DiagnosticsState;
  readonly attributes: Attributes;
  readonly labels: Attributes;
  count = 0;
  #seconds = 0;
  #addedAtMs = performance.now();
  #lastAtMs = Date.now();

  constructor(state: DiagnosticsState, labels: Attributes) {
    this.state = state;
    this.labels = labels;
    this.attributes = { ...labels, 'schmoozer.connection.state': state };
  }

  change(by: 1 | -1): void {
    // Before the count is another one.
    void this.seconds;
    this.#lastAtMs = Date.now();
    this.count += by;
  }

  /** Of all links together, up to now; it is added up, so that it can never be less than before. */
  get seconds(): number {
    const nowMs = performance.now();
    this.#seconds += (this.count * Math.max(nowMs - this.#addedAtMs, 0)) / 1000;
    this.#addedAtMs = nowMs;
    return this.#seconds;
  }

  /** When a link was last in it, in seconds of Unix time. */
  get lastAt(): number {
    return (this.count > 0 ? Date.now() : this.#lastAtMs) / 1000;
  }
}

/** In which state each link is. */
export class LinkStates {
  readonly #series = new Map<Attributes, Map<DiagnosticsState, StateSeries>>();
  readonly #links = new Map<number, StateSeries>();

  change({ linkId, to }: LinkStateMessage, labels: Attributes): void {
    this.#links.get(linkId)?.change(-1);
    if (to === 'ended') {
      this.#links.delete(linkId);
      return;
    }
    const series = this.#seriesOf(labels, to);
    series.change(1);
    this.#links.set(linkId, series);
  }

  *[Symbol.iterator](): Iterator<StateSeries> {
    for (const states of this.#series.values()) yield* states.values();
  }

  #seriesOf(labels: Attributes, state: DiagnosticsState): StateSeries {
    const states = this.#series.get(labels) ?? new Map<DiagnosticsState, StateSeries>();
    this.#series.set(labels, states);
    const series = states.get(state) ?? new StateSeries(state, labels);
    states.set(state, series);
    return series;
  }
}
