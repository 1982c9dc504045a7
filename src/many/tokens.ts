/** The tokens that a pace produces within this time may be used at once, because timers fire late. */
const LATE_MS = 10;

/** A token bucket; the pace is an argument of each call, because it changes. */
export class Tokens {
  readonly #burst: number;
  #count: number;
  #countedAtMs: number;

  constructor(burst: number, nowMs: number) {
    this.#burst = burst;
    this.#count = burst;
    this.#countedAtMs = nowMs;
  }

  /** Updates the count: necessary before the pace changes. */
  refill(perSecond: number, nowMs: number): void {
    const most = Math.max(this.#burst, (perSecond * LATE_MS) / 1000);
    const sinceMs = nowMs - this.#countedAtMs;
    // No elapsed time produces nothing, even at a pace of Infinity.
    if (sinceMs > 0) this.#count = Math.min(most, this.#count + (sinceMs * perSecond) / 1000);
    this.#countedAtMs = nowMs;
  }

  /** Time until a token is available, in milliseconds. */
  waitMs(perSecond: number, nowMs: number): number {
    this.refill(perSecond, nowMs);
    const missing = 1 - this.#count;
    // Tolerates rounding errors after a wait for a whole token.
    return missing > 1e-9 ? (missing / perSecond) * 1000 : 0;
  }

  take(): void {
    this.#count -= 1;
  }

  isFull(perSecond: number, nowMs: number): boolean {
    this.refill(perSecond, nowMs);
    return this.#count >= this.#burst;
  }
}
