import { performance } from 'node:perf_hooks';
import type { Attributes } from '@opentelemetry/api';
import type { DiagnosticsState } from 'schmoozer/diagnostics';

/** The number of links with the same attributes in a state, and the time that they have spent in it. */
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

  /** Changes the number at a time of `performance.now()`. */
  change(by: 1 | -1, nowMs: number): void {
    this.#add(nowMs);
    this.count += by;
    // Read for this state only.
    if (this.state === 'online') this.#lastAtMs = Date.now();
  }

  /** Total time of all links until now, in seconds. */
  get seconds(): number {
    this.#add(performance.now());
    return this.#seconds;
  }

  /** When a link was last in this state, in seconds of Unix time. */
  get lastAt(): number {
    return (this.count > 0 ? Date.now() : this.#lastAtMs) / 1000;
  }

  /** Adds the elapsed time to the sum, which therefore never decreases. */
  #add(nowMs: number): void {
    this.#seconds += (this.count * Math.max(nowMs - this.#addedAtMs, 0)) / 1000;
    this.#addedAtMs = nowMs;
  }
}
