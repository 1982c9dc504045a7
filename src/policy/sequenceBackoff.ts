import { checkAtLeast } from '../core/check.js';
import { Continue } from '../core/connector.js';
import { InvalidOptionError } from '../core/errors.js';
import type { Backoff } from './backoff.js';

/**
 * Returns a backoff that uses the listed delays in order, then repeats the last one.
 *
 * @param delaysMs a list of at least one delay, in milliseconds; bounds of each >= 0; `Infinity` waits for a
 * `reconnect` command
 * @throws InvalidOptionError when the list is empty or a delay is out of bounds
 */
export function sequenceBackoff(delaysMs: readonly number[]): Backoff {
  if (!Array.isArray(delaysMs) || delaysMs.length === 0) {
    throw new InvalidOptionError('delaysMs', 'a list of at least one number', delaysMs);
  }
  const answers = delaysMs.map((ms, i) => Continue(checkAtLeast(`delaysMs[${i}]`, ms, 0)));
  const last = answers.length - 1;
  return ({ attempt }) => answers[Math.min(attempt - 1, last)] as Continue<number>;
}
