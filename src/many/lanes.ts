import { Lane, type LaneTerms } from './lane.js';
import type { Pace } from './pace.js';

/** How often unused keys are removed, in milliseconds. */
const SWEEP_EVERY_MS = 10_000;

/** The keys of a limiter; those that are not in use are removed when their pace has rested. */
export class Lanes {
  readonly #terms: LaneTerms;
  readonly #pace: Pace;
  readonly #lanes = new Map<string, Lane>();
  #sweptAtMs: number;

  constructor(terms: LaneTerms, pace: Pace) {
    this.#terms = terms;
    this.#pace = pace;
    this.#sweptAtMs = terms.now();
  }

  /** Returns the lane of a key. It also removes unused keys here, because a timer would keep the process alive. */
  of(key: string): Lane {
    if (this.#terms.now() - this.#sweptAtMs >= SWEEP_EVERY_MS) this.#sweep();
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    const lane = new Lane(key, this.#pace.forKey(this.#terms.now()), this.#terms);
    this.#lanes.set(key, lane);
    return lane;
  }

  entries(): [string, Lane][] {
    this.#sweep();
    return [...this.#lanes];
  }

  #sweep(): void {
    this.#sweptAtMs = this.#terms.now();
    for (const [key, lane] of this.#lanes) if (lane.isForgotten) this.#lanes.delete(key);
  }
}
