import { isProgrammerError } from '../policy/classify.js';
import { isThrownPerAttempt } from './perAttempt.js';
import { isPermanentCode, tcpErrorCodeOf } from './tcpVerdicts.js';

/**
 * Whether another attempt may succeed: true for what a per-attempt function threw, else by the error's `code`, else by
 * the library's default. When several addresses of a host were tried, one such error is enough.
 */
export function isRetryableTcpError(error: unknown): boolean {
  if (isThrownPerAttempt(error)) return true;
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.some(isRetryableTcpError);
  }
  return !isPermanentCode(tcpErrorCodeOf(error)) && !isProgrammerError(error);
}
