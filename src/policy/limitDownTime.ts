import { checkPositive } from '../core/check.js';
import { RetryLimitError } from '../core/errors.js';
import type { Backoff } from './backoff.js';

/**
 * Gives up when a failure comes `maxDownMs` or later after the last good session went offline; without a good session
 * the time counts from the creation of the link.
 *
 * @param maxDownMs milliseconds; bounds > 0
 * @throws InvalidOptionError when `maxDownMs` is out of bounds. To give up, the returned backoff throws
 * RetryLimitError, which ends the link
 */
export function limitDownTime(backoff: Backoff, maxDownMs: number): Backoff {
  checkPositive('maxDownMs', maxDownMs);
  return (failure, random) => {
    if (failure.downMs < maxDownMs) return backoff(failure, random);
    throw new RetryLimitError(
      `gave up after ${failure.downMs} ms without a stable session`,
      failure.error,
    );
  };
}
