import type { Clock } from '../core/clock.js';
import { kindOf } from '../core/errors.js';
import { nextTurn } from '../core/nextTurn.js';
import type { BudgetEvent, BudgetStore } from './budget.js';
import { BudgetError } from './budgetError.js';

/** Maximum delay between two requests to a failed store, in milliseconds. */
const MAX_RETRY_MS = 30_000;

export interface FailoverTerms {
  readonly store: BudgetStore;
  readonly timeoutMs: number;
  readonly retryMs: number;
  readonly maxDelayMs: number;
  readonly clock: Clock;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
  readonly announce: (event: BudgetEvent) => void;
}

interface Outage {
  readonly sinceMs: number;
  retryMs: number;
  retryAtMs: number;
  isAsking: boolean;
}

/** Guards a store that may fail: a failed store is not used, and is asked again in the background. */
export class Failover {
  readonly #terms: FailoverTerms;
  /** The functions that end each pending reservation without an answer. */
  readonly #underWay = new Set<() => void>();
  #outage: Outage | undefined;

  constructor(terms: FailoverTerms) {
    this.#terms = terms;
  }

  /** True while the failed store is not used; an attempt that starts meanwhile asks it again when that is due. */
  isAway(key: string): boolean {
    const outage = this.#outage;
    if (outage === undefined) return false;
    if (!outage.isAsking && this.#terms.now() >= outage.retryAtMs) this.#askAgain(key, outage);
    return true;
  }

  /**
   * Calls back once: with the delay, or with undefined when the local pace decides.
   *
   * @returns a function that withdraws the request
   */
  reserve(key: string, permits: number, answered: (delayMs?: number) => void): () => void {
    const cancel = () => {
      this.#underWay.delete(giveUp);
      abort();
    };
    const giveUp = () => {
      cancel();
      answered();
    };
    this.#underWay.add(giveUp);
    const abort = this.#ask(
      key,
      permits,
      (delayMs) => {
        this.#underWay.delete(giveUp);
        answered(delayMs);
      },
      (error) => this.#degrade(key, error),
    );
    return cancel;
  }

  #degrade(key: string, error: unknown): void {
    const { now, retryMs, announce } = this.#terms;
    const sinceMs = now();
    this.#outage = { sinceMs, retryMs, retryAtMs: sinceMs + retryMs, isAsking: false };
    announce({ type: 'budget.degraded', key, error });
    // Includes the request that failed.
    for (const giveUp of this.#underWay) giveUp();
  }

  /** Asks the store in the background: the attempt that this request pays for has already started. */
  #askAgain(key: string, outage: Outage): void {
    const { now, announce } = this.#terms;
    outage.isAsking = true;
    this.#ask(
      key,
      1,
      () => {
        this.#outage = undefined;
        announce({ type: 'budget.restored', downMs: now() - outage.sinceMs });
      },
      () => {
        outage.isAsking = false;
        outage.retryMs = Math.min(outage.retryMs * 2, MAX_RETRY_MS);
        outage.retryAtMs = now() + outage.retryMs;
      },
    );
  }

  /**
   * Calls back once, with a delay or with the store's error.
   *
   * @returns a function that withdraws the request
   */
  #ask(
    key: string,
    permits: number,
    answered: (delayMs: number) => void,
    failed: (error: unknown) => void,
  ): () => void {
    const { store, timeoutMs, maxDelayMs, clock } = this.#terms;
    const controller = new AbortController();
    let isOver = false;
    const once =
      <T>(callback: (value: T) => void) =>
      (value: T) => {
        if (isOver) return;
        isOver = true;
        clock.clearTimeout(timer);
        callback(value);
      };
    const end = once((error: BudgetError | undefined) => {
      controller.abort(error);
      if (error) failed(error);
    });
    const late = () => end(new BudgetError(`the budget did not answer within ${timeoutMs} ms`));
    // A busy process fires its timers late, before it reads the data that has arrived.
    const timer = clock.setTimeout(() => nextTurn(late), timeoutMs);
    const ask = async () => {
      const answer = await store.reserve({ key, permits, signal: controller.signal });
      const delayMs: unknown = (answer as Partial<typeof answer> | null | undefined)?.delayMs;
      if (typeof delayMs === 'number' && delayMs >= 0 && delayMs <= maxDelayMs) return delayMs;
      const what = answer instanceof Object ? `\`delayMs\`: ${kindOf(delayMs)}` : kindOf(answer);
      throw new BudgetError(
        `the budget must return { delayMs: 0 to ${maxDelayMs} }; received ${what}`,
      );
    };
    ask().then(once(answered), once(failed));
    return () => end(undefined);
  }
}
