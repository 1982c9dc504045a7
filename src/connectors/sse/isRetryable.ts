import { defaultVerdict } from '../../policy/classify.js';
import { isRetryableByClass } from '../isRetryableByClass.js';
import { isThrownPerAttempt } from '../perAttempt.js';
import { isPermanentCode, tcpErrorCodeOf } from '../tcpVerdicts.js';
import { EventStreamOpenError, EventStreamRefusedError } from './errors.js';

/**
 * True if another attempt may succeed. Errors thrown by a per-attempt function are always retryable; otherwise the HTTP
 * status decides, else the error code of the network or of TLS, else the error's class.
 *
 * @returns undefined for a `TypeError`. If your `isRetryable` returns this undefined, the library decides: it
 * distinguishes a mistake in the program from a failed fetch
 */
export function isRetryableEventStreamError(error: unknown): boolean | undefined {
  if (isThrownPerAttempt(error)) return true;
  if (error instanceof EventStreamRefusedError) return isRetryableStatus(error.statusCode);
  if (!(error instanceof EventStreamOpenError)) return isRetryableByClass(error);
  const { cause } = error;
  // Runtimes throw the socket's error bare, or as the cause of a `TypeError`.
  const codes = [cause, (cause as { cause?: unknown } | undefined)?.cause].map(tcpErrorCodeOf);
  // A faulty request causes a `TypeError`, too.
  return !codes.some(isPermanentCode) && defaultVerdict(cause) === 'transient';
}

/** RFC 9110, 15: too early, too many requests, misdirected, and failures of the server that may be temporary. */
function isRetryableStatus(status: number): boolean {
  if (status >= 500) return status !== 501 && status !== 505;
  return [408, 421, 425, 429].includes(status);
}
