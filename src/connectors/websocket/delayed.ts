import type { AnyConnector, ErrorFacts } from '../../core/connector.js';
import { RetryableError } from '../../core/errors.js';
import { closeCodeRow } from './closeCodes.js';
import { UpgradeRefusedError, WebSocketClosedError } from './errors.js';

/** The error itself, or marked with a hint for the next delay. */
export type Delayed = (error: unknown, facts: ErrorFacts) => unknown;

/**
 * Marks an error with a hint if it is transient and the server asked for a delay; the same error always with the same
 * hint, since both `closed` and `run` may end with it.
 *
 * @param random none: 1012 and 1013 ask for no delay
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
      // The machine asks again, and says that `isRetryable` threw.
      return error;
    }
    const result = new RetryableError(error, hint.delayMs, hint.spreadMs, true);
    marked.set(error as object, result);
    return result;
  };
}

/** What the server asks for, in milliseconds. */
interface Hint {
  readonly delayMs: number;
  /** How far chance spreads it; undefined leaves it to the backoff. */
  readonly spreadMs?: number;
}

function hintIn(error: unknown, random: (() => number) | undefined): Hint | undefined {
  if (error instanceof UpgradeRefusedError && error.retryAfterMs !== undefined) {
    // Many clients get the same Retry-After: the backoff's own spread keeps them apart.
    return { delayMs: error.retryAfterMs };
  }
  if (!random || !(error instanceof WebSocketClosedError)) return undefined;
  const spread = closeCodeRow(error.closeCode)?.spreadMs;
  return spread && { delayMs: spread[0] + random() * (spread[1] - spread[0]), spreadMs: 0 };
}
