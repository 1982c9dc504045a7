import type { AnyConnector, ErrorFacts } from '../../core/connector.js';
import { retryable, type RetryableOptions } from '../../core/retryable.js';
import { closeCodeRow } from './closeCodes.js';
import { UpgradeRefusedError, WebSocketClosedError } from './errors.js';

/** The error itself, or marked with a hint for the next delay, if it is transient and the server asked for one. */
export function delayed(
  error: unknown,
  isRetryable: NonNullable<AnyConnector['isRetryable']>,
  facts: ErrorFacts,
  random: () => number,
): unknown {
  const hint = hintIn(error, random);
  if (hint === undefined) return error;
  try {
    const verdict = isRetryable(error, facts);
    if (verdict !== true && verdict !== 'transient') return error;
  } catch {
    // The machine asks again, and says that `isRetryable` threw.
    return error;
  }
  return retryable(error, hint);
}

function hintIn(error: unknown, random: () => number): RetryableOptions | undefined {
  if (error instanceof UpgradeRefusedError && error.retryAfterMs !== undefined) {
    // Many clients get the same Retry-After: the backoff's own spread keeps them apart.
    return { delayMs: error.retryAfterMs };
  }
  if (!(error instanceof WebSocketClosedError)) return undefined;
  const spread = closeCodeRow(error.closeCode)?.spreadMs;
  return spread && { delayMs: spread[0] + random() * (spread[1] - spread[0]), spreadMs: 0 };
}
