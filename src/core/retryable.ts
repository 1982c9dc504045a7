import { checkAtLeast, resolveOptions } from './check.js';
import { InvalidOptionError, RetryableError } from './errors.js';

const defaults = { delayMs: 0, consumesAttempt: true };

/**
 * Marks an error as worth another try.
 *
 * @param options.delayMs floor of the next delay in milliseconds (a server's Retry-After); default 0, bounds 0 to
 *   Infinity; with `consumesAttempt: false` it is the delay itself, and bounds are > 0 to Infinity
 * @param options.consumesAttempt default true; false when no real try was made: `attempt` stays as it is, and no
 *   `retryDelay` or backoff is asked
 * @throws InvalidOptionError when an option is unknown or out of bounds
 */
export function retryable(
  error: unknown,
  options: { readonly delayMs?: number; readonly consumesAttempt?: boolean } = {},
): RetryableError {
  const { delayMs, consumesAttempt } = resolveOptions(options, defaults, []);
  checkAtLeast('delayMs', delayMs, 0);
  // Nothing else slows down tries that are not counted.
  if (!consumesAttempt && delayMs === 0) {
    throw new InvalidOptionError('delayMs', 'a number > 0 with `consumesAttempt: false`', delayMs);
  }
  return new RetryableError(error, delayMs, consumesAttempt);
}
