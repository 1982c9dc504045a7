import type { Clock } from '../core/clock.js';
import type { LockHold } from './lock.js';
import type { LockClaim } from './lockStore.js';

interface HoldTerms {
  readonly lifeMs: number;
  readonly clock: Clock;
  readonly now: () => number;
}

/**
 * A lock that is held and renewed. It is given up when a fifth of its life is left, so that there is time to end the
 * work under it.
 */
export class ExpiringHold implements LockHold {
  readonly fence: number;
  readonly lost: AbortSignal;
  readonly #claim: LockClaim;
  readonly #lost: AbortController;
  readonly #terms: HoldTerms;
  #deadline: unknown;
  #renewal: unknown;
  #isRenewing = false;
  /** The error of the last renewal; undefined after an answer of the store. */
  #failure: ErrorOptions | undefined;
  #isOver = false;

  /** @param sentMs when the store was asked: the lock's life began no earlier */
  constructor(
    claim: LockClaim,
    fence: number,
    lost: AbortController,
    sentMs: number,
    terms: HoldTerms,
  ) {
    this.#claim = claim;
    this.fence = fence;
    this.#lost = lost;
    this.lost = lost.signal;
    this.#terms = terms;
    lost.signal.addEventListener('abort', this.#rest, { once: true });
    if (!lost.signal.aborted) this.#extend(sentMs);
    if (!lost.signal.aborted) this.#tick();
  }

  async release(): Promise<void> {
    this.#rest();
    await this.#claim.release();
  }

  /** The store restarted the lock's life no earlier than `sentMs`. */
  #extend(sentMs: number): void {
    const { clock, lifeMs, now } = this.#terms;
    clock.clearTimeout(this.#deadline);
    const leftMs = sentMs + (lifeMs * 4) / 5 - now();
    // The process was blocked, or the answer took too long.
    if (leftMs <= 0) this.#expire();
    else this.#deadline = clock.setTimeout(() => this.#expire(), leftMs);
  }

  #expire(): void {
    this.#lost.abort(new Error('the lock was not renewed in time', this.#failure));
  }

  #tick(): void {
    const { clock, lifeMs } = this.#terms;
    this.#renewal = clock.setTimeout(() => {
      void this.#renew();
      this.#tick();
    }, lifeMs / 5);
  }

  async #renew(): Promise<void> {
    // The deadline ends a renewal that hangs.
    if (this.#isRenewing) return;
    this.#isRenewing = true;
    const sentMs = this.#terms.now();
    try {
      const isOurs = await this.#claim.renew();
      if (this.#isOver) return;
      this.#failure = undefined;
      if (isOurs) this.#extend(sentMs);
      else this.#lost.abort(new Error('the lock has another holder, or none'));
    } catch (cause) {
      // A failed store may be available again before the deadline.
      this.#failure = { cause };
    } finally {
      this.#isRenewing = false;
    }
  }

  /** Clears the timer and the listener. */
  readonly #rest = (): void => {
    this.#isOver = true;
    const { clock } = this.#terms;
    clock.clearTimeout(this.#deadline);
    clock.clearTimeout(this.#renewal);
    this.lost.removeEventListener('abort', this.#rest);
  };
}
