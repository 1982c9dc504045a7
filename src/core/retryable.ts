import { checkAtLeast, checkBoolean, checkRange, resolveOptions } from './check.js';
import { InvalidOptionError, RetryableError } from './errors.js';

/** When the next attempt is made, and whether the failure uses up an attempt. */
export interface RetryableOptions {
  /**
   * Minimum delay before the next attempt, in milliseconds, such as a server's Retry-After. Default: none. Bounds:
   * >= 0. With `consumesAttempt: false` it is the delay itself, apart from `spreadMs`, and must be > 0.
   */
  readonly delayMs?: number | undefined;
  /**
   * Width of a random addition to `delayMs`, in milliseconds, so that many clients with the same hint do not return at
   * once. Default: the longest delay that the backoff could answer; 0 with `consumesAttempt: false`. Bounds: >= 0,
   * finite.
   */
  readonly spreadMs?: number | undefined;
  /**
   * False when no real attempt was made: `attempt` stays as it is, and neither `retryDelay` nor the backoff is asked.
   * Default: true.
   */
  readonly consumesAttempt?: boolean;
}

/**
 * Marks an error as worth another attempt.
 *
 * @throws InvalidOptionError when an option is unknown or out of bounds
 */
export function retryable(error: unknown, options: RetryableOptions = {}): RetryableError {
  const settings = resolveOptions(options, { consumesAttempt: true }, ['delayMs', 'spreadMs']);
  const { delayMs, spreadMs, consumesAttempt } = settings;
  if (delayMs !== undefined) checkAtLeast('delayMs', delayMs, 0);
  if (spreadMs !== undefined) checkRange('spreadMs', spreadMs, 0, Number.MAX_VALUE);
  checkBoolean('consumesAttempt', consumesAttempt);
  // Nothing else slows down attempts that are not counted.
  if (!consumesAttempt && !delayMs) {
    throw new InvalidOptionError('delayMs', 'a number > 0 with `consumesAttempt: false`', delayMs);
  }
  return new RetryableError(error, delayMs, spreadMs, consumesAttempt);
}
