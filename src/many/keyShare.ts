import type { Clock } from '../core/clock.js';
import type { KeyBudget } from './budget.js';
import type { Failover } from './failover.js';

export interface ShareTerms {
  readonly failover: Failover;
  /** Maximum number of permits in one reservation. */
  readonly lease: number;
  readonly clock: Clock;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
  /** Called when a wait for permits has ended. */
  readonly waited: (wait: BudgetWait) => void;
}

/** A wait of a key's attempts for permits of a budget. */
export interface BudgetWait {
  readonly key: string;
  readonly permits: number;
  /** `withdrawn`: no attempt waits any more; `degraded`: the store has failed, and the local pace decides. */
  readonly outcome: 'granted' | 'withdrawn' | 'degraded';
  /** The store's answer in milliseconds; undefined without an answer. */
  readonly delayMs: number | undefined;
  readonly waitMs: number;
}

/** The pending reservation, or the wait for its slot. */
interface Reservation {
  readonly permits: number;
  readonly sinceMs: number;
  delayMs: number | undefined;
  giveUp: () => void;
}

/** The permits that one key of one limiter has reserved, with at most one pending reservation. */
export class KeyShare implements KeyBudget {
  isShort = false;
  readonly #key: string;
  readonly #wake: () => void;
  readonly #terms: ShareTerms;
  #permits = 0;
  #reservation: Reservation | undefined;

  constructor(key: string, wake: () => void, terms: ShareTerms) {
    this.#key = key;
    this.#wake = wake;
    this.#terms = terms;
  }

  isReady(permits: number): boolean {
    const { failover, lease } = this.#terms;
    if (this.#permits > 0 || failover.isAway(this.#key)) return true;
    if (permits > 0 && this.#reservation === undefined) this.#reserve(Math.min(permits, lease));
    return false;
  }

  take(): void {
    // Permits are not counted while the store is unavailable.
    this.#permits = Math.max(0, this.#permits - 1);
  }

  rest(): void {
    this.#reservation?.giveUp();
    this.#arrive(0, 'withdrawn');
  }

  #reserve(permits: number): void {
    const { failover, clock, now } = this.#terms;
    const reservation: Reservation = {
      permits,
      sinceMs: now(),
      delayMs: undefined,
      giveUp: failover.reserve(this.#key, permits, (delayMs) => {
        reservation.delayMs = delayMs;
        this.isShort = delayMs !== undefined && delayMs > 0;
        const arrive = () => {
          if (delayMs === undefined) this.#arrive(0, 'degraded');
          else this.#arrive(permits, 'granted');
          this.#wake();
        };
        if (!this.isShort) return arrive();
        const timer = clock.setTimeout(arrive, Math.ceil(delayMs as number));
        reservation.giveUp = () => clock.clearTimeout(timer);
      }),
    };
    this.#reservation = reservation;
  }

  #arrive(permits: number, outcome: BudgetWait['outcome']): void {
    const reservation = this.#reservation;
    this.#reservation = undefined;
    this.#permits = permits;
    if (reservation === undefined) return;
    const { now, waited } = this.#terms;
    const { delayMs, sinceMs } = reservation;
    const waitMs = now() - sinceMs;
    waited({ key: this.#key, permits: reservation.permits, outcome, delayMs, waitMs });
  }
}
