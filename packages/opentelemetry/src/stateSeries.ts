import { performance } from 'node:perf_hooks';
import type { Attributes } from '@opentelemetry/api';
import type { DiagnosticsState } from 'schmoozer/diagnostics';

/** How many links with the same attributes are in a state, and the time that they have spent in it. */
export class StateSeries {
  readonly state: DiagnosticsState;
  readonly attributes: Attributes;
  count = 0;
  #seconds = 0;
  #addedAtMs = performance.now();
  #lastAtMs = Date.now();

  constructor(state: DiagnosticsState, labels: Attributes) {
    this.state = state;
    this.attributes = { ...labels, 'schmoozer.connection.state': state };
  }

  /** At a time of `performance.now()`. */
  change(by: 1 | -1, nowMs: number): void {
    this.#add(nowMs);
    this.count += by;
    // It is asked for this state alone.
    if (this.state === 'online') this.#lastAtMs = Date.now();
  }

  /** Of all links together, up to now. */
  get seconds(): number {
    this.#add(performance.now());
    return this.#seconds;
  }

  /** When a link was last in it, in seconds of Unix time. */
  get lastAt(): number {
    return (this.count > 0 ? Date.now() : this.#lastAtMs) / 1000;
  }

  /** It is added up, so that it can never be less than before. */
  #add(nowMs: number): void {
    this.#seconds += (this.count * Math.max(nowMs - this.#addedAtMs, 0)) / 1000;
    this.#addedAtMs = nowMs;
  }
}
