import { isProgrammerError } from '../../policy/classify.js';
import { errorCodes } from './errorCodes.js';

const verdicts = new Map(errorCodes.map(({ code, verdict }) => [code, verdict]));

/**
 * Whether another try may mend the error: by its `code`, else by the library's default. When several
 * addresses of a host were tried, one retryable error is enough. OpenSSL 3.2 renamed the SSLV3 alerts.
 */
export function isRetryableTcpError(error: unknown): boolean {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.some(isRetryableTcpError);
  }
  const code = (error as { code?: unknown } | null | undefined)?.code;
  const verdict = verdicts.get(String(code).replace('SSL/TLS_ALERT', 'SSLV3_ALERT'));
  return verdict === undefined ? !isProgrammerError(error) : verdict === 'retryable';
}
