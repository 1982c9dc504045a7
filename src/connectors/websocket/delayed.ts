import type { AnyConnector, ErrorFacts } from '../../core/connector.js';
import { RetryableError } from '../../core/errors.js';
import { closeCodeRow } from './closeCodes.js';
import { UpgradeRefusedError, WebSocketClosedError } from './errors.js';

/** Returns the error, possibly marked with a hint for the next delay. */
export type Delayed = (error: unknown, facts: ErrorFacts) => unknown;

/**
 * Marks a transient error with a hint if the server asked for a delay. The same error always gets the same hint,
 * because both `closed` and `run` may end with it.
 *
 * @param random if undefined, the codes 1012 and 1013 ask for no delay
 */
export function createDelayed(
  isRetryable: NonNullable<AnyConnector['isRetryable']>,
  random: (() => number) | undefined,
): Delayed {
  const marked = new WeakMap<object, unknown>();
  return (error, facts) => {
    const known = marked.get(error as object);
    if (known !== undefined) return known;
    const hint = hintIn(error, random);
    if (hint === undefined) return error;
    try {
      const verdict = isRetryable(error, facts);
      if (verdict !== true && verdict !== 'transient') return error;
    } catch {
      // The machine calls `isRetryable` again, and reports that it threw.
      return error;
    }
    const result = new RetryableError(error, hint.delayMs, hint.spreadMs, true);
    marked.set(error as object, result);
    return result;
  };
}

/** The server's requested delay in milliseconds. */
interface Hint {
  readonly delayMs: number;
  /** Width of the random spread; undefined leaves it to the backoff. */
  readonly spreadMs?: number;
}

function hintIn(error: unknown, random: (() => number) | undefined): Hint | undefined {
  if (error instanceof UpgradeRefusedError && error.retryAfterMs !== undefined) {
    // Many clients receive the same Retry-After: the backoff's own spread separates them.
    return { delayMs: error.retryAfterMs };
  }
  if (!random || !(error instanceof WebSocketClosedError)) return undefined;
  const spread = closeCodeRow(error.closeCode)?.spreadMs;
  return spread && { delayMs: spread[0] + random() * (spread[1] - spread[0]), spreadMs: 0 };
}
