import { checkAtLeast } from '../core/check.js';
import { Continue } from '../core/connector.js';
import type { Backoff } from './backoff.js';

/**
 * Returns a backoff with the same delay after every failure.
 *
 * @param delayMs milliseconds; bounds >= 0; `Infinity` waits for a `reconnect` command
 * @throws InvalidOptionError when `delayMs` is out of bounds
 */
export function constantBackoff(delayMs: number): Backoff {
  const answer = Continue(checkAtLeast('delayMs', delayMs, 0));
  return () => answer;
}
