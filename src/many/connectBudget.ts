// Why: docs/decisions/0071-a-budget-is-guarded.md
import {
  checkFunction,
  checkInteger,
  checkMethods,
  checkRange,
  MAX_TIMER_MS,
  resolveOptions,
} from '../core/check.js';
import type { Clock } from '../core/clock.js';
import { guarded } from '../core/guarded.js';
import { tap } from '../core/tap.js';
import type { BudgetEvent, BudgetStore, ConnectBudget } from './budget.js';
import { Failover } from './failover.js';
import { forwardOnly } from './forwardOnly.js';
import { KeyShare, type ShareTerms } from './keyShare.js';

/** How a process shares the budget of a fleet, and what it does without the store. */
export interface ConnectBudgetOptions {
  /** How long the store may take to answer, in milliseconds. Default: 250. Bounds: 1 to 2^31-1. */
  readonly timeoutMs?: number;
  /**
   * Maximum number of permits in one reservation; all of them may be used at the same moment. Default: 5. Bounds: an
   * integer >= 1.
   */
  readonly lease?: number;
  /**
   * Delay before a failed store is asked again, in milliseconds; doubles up to 30 000. Default: 1000. Bounds: 1 to
   * 30 000.
   */
  readonly retryMs?: number;
  /**
   * Maximum delay that is accepted from the store, in milliseconds; a longer one counts as an error of the store.
   * Default: 600 000. Bounds: 1 to 2^31-1.
   */
  readonly maxDelayMs?: number;
  /** Sets the timers; a test passes `virtualClock()`. Default: the global `setTimeout` and `clearTimeout`. */
  readonly clock?: Clock;
  /** Monotonic clock in milliseconds. Default: `performance.now`. */
  readonly now?: () => number;
  /** Receives what a listener throws, as a `ListenerError`. Default: `console.log`. */
  readonly logger?: (...args: unknown[]) => void;
}

/** The only list of defaults. */
export const defaults = {
  timeoutMs: 250,
  lease: 5,
  retryMs: 1000,
  maxDelayMs: 600_000,
  // oxlint-disable-next-line no-restricted-properties -- the default of `now`
  now: () => performance.now(),
  logger: (...args: unknown[]): void => console.log(...args),
};

/**
 * A budget that a fleet shares through a store, such as Redis. While the store rejects, is late or answers with
 * something that is not a delay, each process uses its own pace. The first attempts after `retryMs` ask the store
 * again, without waiting for its answer.
 *
 * @throws InvalidOptionError when the store has no `reserve`, or an option is unknown or out of bounds
 */
export function connectBudget(
  store: BudgetStore,
  options: ConnectBudgetOptions = {},
): ConnectBudget {
  checkMethods('store', store, ['reserve']);
  const settings = resolveOptions(options, defaults, ['clock']);
  const { timeoutMs, lease, retryMs, maxDelayMs, logger, clock = globalThis } = settings;
  checkRange('timeoutMs', timeoutMs, 1, MAX_TIMER_MS);
  checkInteger('lease', lease, 1);
  checkRange('retryMs', retryMs, 1, 30_000);
  checkRange('maxDelayMs', maxDelayMs, 1, MAX_TIMER_MS);
  checkMethods('clock', clock, ['setTimeout', 'clearTimeout']);
  checkFunction('now', settings.now);
  checkFunction('logger', logger);

  // Replaced, never changed: a listener may add and remove others.
  let listeners: readonly ((event: BudgetEvent) => void)[] = [];
  const now = forwardOnly(settings.now);
  const failover = new Failover({
    store,
    timeoutMs,
    retryMs,
    maxDelayMs,
    clock,
    now,
    announce(event) {
      tap()?.told(event, store);
      for (const listener of listeners) listener(event);
    },
  });
  const terms: ShareTerms = {
    failover,
    lease,
    clock,
    now,
    waited: (wait) => tap()?.told({ type: 'budget.waited', wait }, store),
  };
  return {
    forKey: (key, wake) => new KeyShare(key, wake, terms),
    on(type, listener) {
      checkFunction('listener', listener);
      const safe = guarded(listener as (event: BudgetEvent) => void, logger);
      const hear = (event: BudgetEvent) => {
        if (event.type === type) safe(event);
      };
      listeners = [...listeners, hear];
      const unsubscribe = () => {
        listeners = listeners.filter((each) => each !== hear);
      };
      return { unsubscribe };
    },
  };
}
