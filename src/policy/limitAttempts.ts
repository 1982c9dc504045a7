import { checkInteger } from '../core/check.js';
import { RetryLimitError } from '../core/errors.js';
import type { Backoff } from './backoff.js';

/**
 * Gives up when the nth try in a row has failed; a stable session starts the count anew.
 *
 * @param maxAttempts tries in a row, the first included; bounds >= 1
 * @throws InvalidOptionError when `maxAttempts` is out of bounds; the backoff itself throws RetryLimitError
 */
export function limitAttempts(backoff: Backoff, maxAttempts: number): Backoff {
  checkInteger('maxAttempts', maxAttempts, 1);
  return (failure, random) => {
    if (failure.attempt < maxAttempts) return backoff(failure, random);
    throw new RetryLimitError(`gave up after ${failure.attempt} attempts`, failure.error);
  };
}
