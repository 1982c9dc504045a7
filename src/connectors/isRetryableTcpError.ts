import { isProgrammerError } from '../policy/classify.js';
import { isFatalCode, tcpErrorCodeOf } from './tcpVerdicts.js';

/**
 * Whether another attempt may succeed: by the error's `code`, else by the library's default. When several
 * addresses of a host were tried, one retryable error is enough.
 */
export function isRetryableTcpError(error: unknown): boolean {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.some(isRetryableTcpError);
  }
  return !isFatalCode(tcpErrorCodeOf(error)) && !isProgrammerError(error);
}
