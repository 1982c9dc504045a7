/** What a pace brings within this time may be taken at once: timers come late. */
const LATE_MS = 10;

/** A token bucket; its pace is told with each call, for it changes. */
export class Tokens {
  readonly #burst: number;
  #count: number;
  #countedAtMs: number;

  constructor(burst: number, nowMs: number) {
    this.#burst = burst;
    this.#count = burst;
    this.#countedAtMs = nowMs;
  }

  /** Brings the count up to date: due before the pace changes. */
  refill(perSecond: number, nowMs: number): void {
    const most = Math.max(this.#burst, (perSecond * LATE_MS) / 1000);
    const sinceMs = nowMs - this.#countedAtMs;
    // No time brings nothing, at a pace of Infinity too.
    if (sinceMs > 0) this.#count = Math.min(most, this.#count + (sinceMs * perSecond) / 1000);
    this.#countedAtMs = nowMs;
  }

  /** How long until there is one, in milliseconds. */
  waitMs(perSecond: number, nowMs: number): number {
    this.refill(perSecond, nowMs);
    const missing = 1 - this.#count;
    // Whoever has waited for a whole token has it, whatever floating point makes of the sum.
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
