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
  /** Attempts under way at once, for each key. Default 32; bounds >= 1, or `Infinity`. */
  readonly maxConcurrent?: number;
  /** The same for all keys together, which take turns. Default `Infinity`; bounds >= 1. */
  readonly maxConcurrentTotal?: number;
  /** How fast attempts may follow each other, for each key. Default `adaptivePace()`. */
  readonly pace?: Pace;
  /** What the whole fleet may attempt; asked after the pace, before the attempt. Default none. */
  readonly budget?: ConnectBudget;
  /** Attempts that may wait, for each key; one more fails with a hint when to ask again. Default `Infinity`; bounds >= 0. */
  readonly maxQueued?: number;
  /** Timers. Default those of the host. */
  readonly clock?: Clock;
  /** Monotonic clock in milliseconds. Default `performance.now`. */
  readonly now?: () => number;
}

/** A `ConnectLimiter` that says what it does. */
export interface KeyedLimiter extends ConnectLimiter {
  /** The keys that are in use, or were just now. */
  stats(): LimiterStats[];
}

/** How many wait with one priority. */
export interface PriorityStats {
  /** The option `priority` of their links. */
  readonly priority: number;
  /** How many attempts wait. */
  readonly queued: number;
}

/** What goes on at one key: plain data. */
export interface LimiterStats {
  /** The queue: `limiterKey`. */
  readonly key: string;
  /** Attempts that wait for a permit. */
  readonly queued: number;
  /** The same by priority, the greatest first. */
  readonly queuedByPriority: readonly PriorityStats[];
  /** Attempts under way. */
  readonly inFlight: number;
  /** The pace: attempts per second. */
  readonly perSecond: number;
}

/** The defaults; each stands here only. */
export const defaults = {
  maxConcurrent: 32,
  maxConcurrentTotal: Infinity,
  maxQueued: Infinity,
  // oxlint-disable-next-line no-restricted-properties -- the default of `now`
  now: () => performance.now(),
};

/**
 * Paces the attempts of many links: a cap and a pace for each key, and a cap for all. An attempt that finds no room
 * waits. Greater priorities go first, then links that were lost just now before those that fail again and again. Of
 * ten permits that would pass over the attempt that has waited longest, one goes to it. Keys take turns.
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

/** A queue that is full is no failure: it is asked again when it may have moved on. */
function full(maxQueued: number, perSecond: number): RetryableError {
  const delayMs = Math.min(Math.max((maxQueued / perSecond) * 1000, 1000), 30_000);
  const error = new QueueFullError(maxQueued);
  return retryable(error, { consumesAttempt: false, delayMs, spreadMs: delayMs });
}
