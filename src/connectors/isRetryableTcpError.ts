import type { ErrorFacts } from '../core/connector.js';
import { isProgrammerError } from '../policy/classify.js';
import { isDamage } from './damage.js';
import { isThrownPerAttempt } from './perAttempt.js';
import { isPermanentCode, tcpErrorCodeOf } from './tcpVerdicts.js';

/**
 * Whether another attempt may succeed: true for what a per-attempt function threw, and for bytes that were damaged after
 * a TLS handshake, else by the error's `code`, else by the library's default. When several addresses of a host were
 * tried, one such error is enough.
 *
 * @param facts with the phase `run` an error of TLS came after the handshake
 */
export function isRetryableTcpError(error: unknown, facts?: Pick<ErrorFacts, 'phase'>): boolean {
  if (isThrownPerAttempt(error) || isDamage(error, facts)) return true;
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.some((one) => isRetryableTcpError(one, facts));
  }
  return !isPermanentCode(tcpErrorCodeOf(error)) && !isProgrammerError(error);
}
