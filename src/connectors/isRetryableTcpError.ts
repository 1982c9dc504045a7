import type { ErrorFacts } from '../core/connector.js';
import { isDamage } from './damage.js';
import { isRetryableByClass } from './isRetryableByClass.js';
import { isThrownPerAttempt } from './perAttempt.js';
import { isPermanentCode, tcpErrorCodeOf } from './tcpVerdicts.js';

/**
 * True if another attempt may succeed. Errors thrown by a per-attempt function, and bytes damaged after a TLS
 * handshake, are always retryable; otherwise the error's `code` decides, else its class. If several addresses of a host
 * were tried, one retryable error is enough.
 *
 * @param facts with the phase `run`, a TLS error occurred after the handshake
 * @returns undefined for a `TypeError` without such a code: returned from `isRetryable`, this leaves the error to the
 * library, which distinguishes a mistake from a failed fetch
 */
export function isRetryableTcpError(
  error: unknown,
  facts?: Pick<ErrorFacts, 'phase'>,
): boolean | undefined {
  if (isThrownPerAttempt(error) || isDamage(error, facts)) return true;
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.some((one) => isRetryableTcpError(one, facts) !== false);
  }
  return isPermanentCode(tcpErrorCodeOf(error)) ? false : isRetryableByClass(error);
}
