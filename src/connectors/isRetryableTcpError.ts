import { isProgrammerError } from '../policy/classify.js';
import { tcpErrorCodeOf, tcpVerdicts } from './tcpVerdicts.js';

/**
 * Whether another attempt may succeed: by the error's `code`, else by the library's default. When several
 * addresses of a host were tried, one retryable error is enough.
 */
export function isRetryableTcpError(error: unknown): boolean {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.some(isRetryableTcpError);
  }
  const code = tcpErrorCodeOf(error);
  return code === undefined ? !isProgrammerError(error) : tcpVerdicts[code] === 'retryable';
}
