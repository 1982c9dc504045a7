import type { ErrorFacts } from '../core/connector.js';
import { isDamage } from './damage.js';
import { isRetryableByClass } from './isRetryableByClass.js';
import { isThrownPerAttempt } from './perAttempt.js';
import { isPermanentCode, tcpErrorCodeOf } from './tcpVerdicts.js';

/**
 * Whether another attempt may succeed: true for what a per-attempt function threw, and for bytes that were damaged after
 * a TLS handshake, else by the error's `code`, else by its class. When several addresses of a host were tried, one such error is enough.
 *
 * @param facts with the phase `run` an error of TLS came after the handshake
 * @returns undefined for a `TypeError` without such a code: as the answer of `isRetryable` it leaves the error to the
 *   library, which knows whether it is a mistake or a failed fetch
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
