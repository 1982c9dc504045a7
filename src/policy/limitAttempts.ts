import { checkInteger } from '../core/check.js';
import { RetryLimitError } from '../core/errors.js';
import type { Backoff } from './backoff.js';

/**
 * Gives up after `maxAttempts` consecutive failed attempts; a stable session resets the count.
 *
 * @param maxAttempts consecutive attempts, including the first; bounds >= 1
 * @throws InvalidOptionError when `maxAttempts` is out of bounds; the backoff itself throws RetryLimitError
 */
export function limitAttempts(backoff: Backoff, maxAttempts: number): Backoff {
  checkInteger('maxAttempts', maxAttempts, 1);
  return (failure, random) => {
    if (failure.attempt < maxAttempts) return backoff(failure, random);
    throw new RetryLimitError(`gave up after ${failure.attempt} attempts`, failure.error);
  };
}
