import { checkPositive } from '../core/check.js';
import { RetryLimitError } from '../core/errors.js';
import type { Backoff } from './backoff.js';

/**
 * Gives up at the first failure `maxDownMs` or more after the end of the last stable session.
 *
 * @param maxDownMs milliseconds; bounds > 0
 * @throws InvalidOptionError when `maxDownMs` is out of bounds; the backoff itself throws RetryLimitError
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
