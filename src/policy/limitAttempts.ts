import { checkInteger } from '../core/check.js';
import { RetryLimitError } from '../core/errors.js';
import type { Backoff } from './backoff.js';

/**
 * Gives up at the `maxAttempts`th failure in a row. A failed attempt is a failure, and so is the end of a session
 * without a command. A good session sets the count to 0, and its end is the first failure again: before the first good
 * session `maxAttempts` attempts are made, after the end of a good session one fewer.
 *
 * @param maxAttempts failures in a row; bounds: an integer >= 1
 * @throws InvalidOptionError when `maxAttempts` is out of bounds. To give up, the returned backoff throws
 * RetryLimitError, which ends the link
 */
export function limitAttempts(backoff: Backoff, maxAttempts: number): Backoff {
  checkInteger('maxAttempts', maxAttempts, 1);
  return (failure, random) => {
    if (failure.attempt < maxAttempts) return backoff(failure, random);
    throw new RetryLimitError(`gave up after ${failure.attempt} failures in a row`, failure.error);
  };
}
