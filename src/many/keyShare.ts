import type { Clock } from '../core/clock.js';
import type { KeyBudget } from './budget.js';
import type { Failover } from './failover.js';

export interface ShareTerms {
  readonly failover: Failover;
  /** Permits in one reservation, at most. */
  readonly lease: number;
  readonly clock: Clock;
}

/** What one key of one limiter has reserved, by one reservation at a time. */
export class KeyShare implements KeyBudget {
  isShort = false;
  readonly #key: string;
  readonly #wake: () => void;
  readonly #terms: ShareTerms;
  #permits = 0;
  /** Gives up the reservation under way, or the wait for its slot. */
  #giveUp: (() => void) | undefined;

  constructor(key: string, wake: () => void, terms: ShareTerms) {
    this.#key = key;
    this.#wake = wake;
    this.#terms = terms;
  }

  isReady(permits: number): boolean {
    const { failover, lease } = this.#terms;
    if (this.#permits > 0 || failover.isAway(this.#key)) return true;
    if (permits > 0 && this.#giveUp === undefined) this.#reserve(Math.min(permits, lease));
    return false;
  }

  take(): void {
    // None is counted while the store is away.
    this.#permits = Math.max(0, this.#permits - 1);
  }

  rest(): void {
    this.#giveUp?.();
    this.#arrive(0);
  }

  #reserve(permits: number): void {
    const { failover, clock } = this.#terms;
    this.#giveUp = failover.reserve(this.#key, permits, (delayMs) => {
      this.isShort = delayMs !== undefined && delayMs > 0;
      const arrive = () => {
        this.#arrive(delayMs === undefined ? 0 : permits);
        this.#wake();
      };
      if (!this.isShort) return arrive();
      const timer = clock.setTimeout(arrive, Math.ceil(delayMs as number));
      this.#giveUp = () => clock.clearTimeout(timer);
    });
  }

  #arrive(permits: number): void {
    this.#giveUp = undefined;
    this.#permits = permits;
  }
}
