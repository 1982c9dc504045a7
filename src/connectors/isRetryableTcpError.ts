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
 * @param facts pass `{ phase: 'run' }` for an error of an open session: a TLS error then came after the handshake, so
 * it is damage and not a refusal
 * @returns undefined for a `TypeError` without a permanent code. If your `isRetryable` returns this undefined, the
 * library decides: it distinguishes a mistake in the program from a failed fetch
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
