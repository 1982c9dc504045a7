// Why: docs/decisions/0078-locks-on-postgres-and-redis.md
import {
  checkFunction,
  checkInteger,
  checkMethods,
  checkRange,
  MAX_TIMER_MS,
  resolveOptions,
} from '../core/check.js';
import type { Clock } from '../core/clock.js';
import { whenAborted } from '../core/whenAborted.js';
import { ExpiringHold } from './expiringHold.js';
import type { Lock, LockHold, LockRequest } from './lock.js';
import { LockError } from './lockError.js';
import type { ClaimTerms, LockClaim, LockStore } from './lockStore.js';

/** How long a lock is kept, and how often it is asked for. */
export interface ExpiringLockOptions {
  /**
   * How long the store keeps a lock that is not renewed, in milliseconds. It is renewed each fifth of this time, and
   * counts as lost after four fifths without an answer. Default: 10 000. Bounds: an integer from 500 to 2^31-1.
   */
  readonly lifeMs?: number;
  /**
   * How often a waiting process asks for the lock, in milliseconds. Default: 250, or a fifth of `lifeMs` if that is
   * less. Bounds: 1 to that fifth.
   */
  readonly pollMs?: number;
  /** Sets the timers; a test passes `virtualClock()`. Default: the global `setTimeout` and `clearTimeout`. */
  readonly clock?: Clock;
  /** Monotonic clock in milliseconds. Default: `performance.now`. */
  readonly now?: () => number;
}

interface Settle<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/** The only list of defaults. */
export const expiringLockDefaults = {
  lifeMs: 10_000,
  clock: globalThis as Clock,
  // oxlint-disable-next-line no-restricted-properties -- the default of `now`
  now: () => performance.now(),
};

/**
 * Creates a lock on a store in which locks expire. When the store does not answer a claim within `lifeMs`, `acquire`
 * rejects with LockError.
 *
 * @throws InvalidOptionError when the store has no `claim`, or an option is unknown or out of bounds
 */
export function expiringLock(store: LockStore, options: ExpiringLockOptions = {}): Lock {
  checkMethods('store', store, ['claim']);
  const settings = resolveOptions(options, expiringLockDefaults, ['pollMs']);
  const { lifeMs, clock, now } = settings;
  checkRange('lifeMs', checkInteger('lifeMs', lifeMs, 500), 500, MAX_TIMER_MS);
  const pollMs = checkRange('pollMs', settings.pollMs ?? Math.min(250, lifeMs / 5), 1, lifeMs / 5);
  checkMethods('clock', clock, ['setTimeout', 'clearTimeout']);
  checkFunction('now', now);

  /** Settles like the answer. If it does not arrive in time, or is no longer needed, settles without it. */
  function within<T>(
    { signal }: LockRequest,
    ms: number,
    late: (settle: Settle<T>) => void,
    answer?: PromiseLike<T>,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = clock.setTimeout(() => {
        forget();
        late({ resolve, reject });
      }, ms);
      const end =
        <TResult>(settle: (result: TResult) => void) =>
        (result: TResult) => {
          clock.clearTimeout(timer);
          settle(result);
        };
      const forget = whenAborted({ signal }, end(reject));
      if (answer === undefined) return;
      Promise.resolve(answer).finally(forget).then(end(resolve), end(reject));
    });
  }

  const silence = `the store of the lock did not answer within ${lifeMs} ms`;
  const answered = <T>(request: LockRequest, answer: PromiseLike<T>) =>
    within(request, lifeMs, ({ reject }) => reject(new LockError('ERR_LOCK', silence)), answer);
  const pause = (request: LockRequest) => within<void>(request, pollMs, ({ resolve }) => resolve());

  async function claimOf(terms: ClaimTerms): Promise<LockClaim> {
    return store.claim(terms);
  }

  async function acquire(request: LockRequest): Promise<LockHold> {
    const [lost, unwanted] = [new AbortController(), new AbortController()];
    const lose = (reason: unknown) => lost.abort(reason);
    const claiming = claimOf({ name: request.name, lifeMs, lose, signal: unwanted.signal });
    try {
      const claim = await answered(request, claiming);
      for (;;) {
        const sentMs = now();
        const fence = await answered(request, claim.take());
        if (fence !== undefined) return new ExpiringHold(claim, fence, lost, sentMs, settings);
        await pause(request);
      }
    } catch (error) {
      unwanted.abort(error);
      claiming.then((claim) => claim.release()).catch(() => {});
      throw error;
    }
  }
  return { acquire };
}
