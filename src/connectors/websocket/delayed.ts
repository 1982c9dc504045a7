import { retryable } from '../../core/retryable.js';
import { closeCodeRow } from './closeCodes.js';
import { UpgradeRefusedError, WebSocketClosedError } from './errors.js';

/** The error itself, or marked with a floor for the next delay, if the server asked for one. */
export function delayed(
  error: unknown,
  isRetryable: (error: unknown) => boolean,
  random: () => number,
): unknown {
  const delayMs = askedDelayMs(error, random);
  if (delayMs === undefined) return error;
  try {
    if (!isRetryable(error)) return error;
  } catch {
    // The machine asks again, and says that `isRetryable` threw.
    return error;
  }
  return retryable(error, { delayMs });
}

function askedDelayMs(error: unknown, random: () => number): number | undefined {
  if (error instanceof UpgradeRefusedError) return error.retryAfterMs;
  if (!(error instanceof WebSocketClosedError)) return undefined;
  const spread = closeCodeRow(error.closeCode)?.spreadMs;
  return spread && spread[0] + random() * (spread[1] - spread[0]);
}
