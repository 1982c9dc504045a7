// Why: docs/decisions/0067-a-limiter-that-queues.md
import { checkAtLeast, checkFunction, checkMethods, resolveOptions } from '../core/check.js';
import type { Clock } from '../core/clock.js';
import type { RetryableError } from '../core/errors.js';
import type { ConnectLimiter } from '../core/limiter.js';
import { retryable } from '../core/retryable.js';
import { tap } from '../core/tap.js';
import { adaptivePace } from './adaptivePace.js';
import type { ConnectBudget } from './budget.js';
import { forwardOnly } from './forwardOnly.js';
import { Lanes } from './lanes.js';
import type { Pace } from './pace.js';
import { QueueFullError } from './queueFullError.js';
import { Total } from './total.js';

/** How many attempts are made at once, and at which pace. */
export interface ConnectLimiterOptions {
  /** Maximum number of running attempts for each key. Default: 32. Bounds: >= 1, or `Infinity`. */
  readonly maxConcurrent?: number;
  /** Maximum number of running attempts for all keys together, which take turns. Default: `Infinity`. Bounds: >= 1. */
  readonly maxConcurrentTotal?: number;
  /** How fast attempts may follow each other, for each key. Default: `adaptivePace()`. */
  readonly pace?: Pace;
  /** A limit for the whole fleet; asked after the pace, before the attempt. Default: none. */
  readonly budget?: ConnectBudget;
  /**
   * Maximum number of waiting attempts for each key; one more fails with a hint when to ask again. Default: `Infinity`.
   * Bounds: >= 0.
   */
  readonly maxQueued?: number;
  /** Sets the timers; a test passes `virtualClock()`. Default: the global `setTimeout` and `clearTimeout`. */
  readonly clock?: Clock;
  /** Monotonic clock in milliseconds. Default: `performance.now`. */
  readonly now?: () => number;
}

/** A `ConnectLimiter` with statistics. */
export interface KeyedLimiter extends ConnectLimiter {
  /** Statistics of the keys that are, or were recently, in use. */
  stats(): LimiterStats[];
}

/** The number of waiting attempts with one priority. */
export interface PriorityStats {
  /** The option `priority` of their links. */
  readonly priority: number;
  /** How many attempts wait. */
  readonly queued: number;
}

/** The statistics of one key: plain data. */
export interface LimiterStats {
  /** The queue: `limiterKey`. */
  readonly key: string;
  /** Number of attempts that wait for a permit. */
  readonly queued: number;
  /** Waiting attempts by priority, the greatest first. */
  readonly queuedByPriority: readonly PriorityStats[];
  /** Number of running attempts. */
  readonly inFlight: number;
  /** The current pace: attempts per second. */
  readonly perSecond: number;
}

/** The only list of defaults. */
export const defaults = {
  maxConcurrent: 32,
  maxConcurrentTotal: Infinity,
  maxQueued: Infinity,
  // oxlint-disable-next-line no-restricted-properties -- the default of `now`
  now: () => performance.now(),
};

/**
 * Paces the attempts of many links: a cap and a pace for each key, and a cap for all keys. An attempt without a free
 * permit waits. Greater priorities go first; within a priority, links whose connection was just lost go before links
 * that fail repeatedly. Every tenth of the permits that would pass over the attempt that has waited longest goes to that
 * attempt. Keys take turns.
 *
 * @throws InvalidOptionError when an option is unknown or out of bounds
 */
export function connectLimiter(options: ConnectLimiterOptions = {}): KeyedLimiter {
  const settings = resolveOptions(options, defaults, ['pace', 'budget', 'clock']);
  const { maxConcurrent, maxConcurrentTotal, maxQueued, pace = adaptivePace(), budget } = settings;
  checkAtLeast('maxConcurrent', maxConcurrent, 1);
  checkAtLeast('maxConcurrentTotal', maxConcurrentTotal, 1);
  checkAtLeast('maxQueued', maxQueued, 0);
  checkMethods('pace', pace, ['forKey']);
  if (budget) checkMethods('budget', budget, ['forKey']);
  const clock = settings.clock ?? globalThis;
  checkMethods('clock', clock, ['setTimeout', 'clearTimeout']);
  checkFunction('now', settings.now);

  const now = forwardOnly(settings.now);
  const total = new Total(maxConcurrentTotal);
  const terms = { maxConcurrent, total, clock, now, budget, tap: tap() };
  const lanes = new Lanes(terms, pace);
  return {
    tryAcquire: ({ key }) => lanes.of(key).tryAcquire(),
    enqueue(request, granted) {
      const lane = lanes.of(request.key);
      if (lane.waiters.size >= maxQueued) throw full(maxQueued, lane.pace.perSecond);
      return lane.enqueue(request, granted);
    },
    stats: () =>
      lanes.entries().map(
        ([
          key,
          {
            waiters,
            inFlight,
            pace: { perSecond },
          },
        ]) => ({
          key,
          queued: waiters.size,
          queuedByPriority: waiters.byPriority(),
          inFlight,
          perSecond,
        }),
      ),
  };
}

/** The error of a full queue. It does not count as a failure: the attempt is repeated when the queue may have moved. */
function full(maxQueued: number, perSecond: number): RetryableError {
  const delayMs = Math.min(Math.max((maxQueued / perSecond) * 1000, 1000), 30_000);
  const error = new QueueFullError(maxQueued);
  return retryable(error, { consumesAttempt: false, delayMs, spreadMs: delayMs });
}
