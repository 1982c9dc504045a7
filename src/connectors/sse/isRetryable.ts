import { defaultVerdict } from '../../policy/classify.js';
import { isRetryableByClass } from '../isRetryableByClass.js';
import { isThrownPerAttempt } from '../perAttempt.js';
import { isPermanentCode, tcpErrorCodeOf } from '../tcpVerdicts.js';
import { EventStreamOpenError, EventStreamRefusedError } from './errors.js';

/**
 * Whether another attempt may succeed: true for what a per-attempt function threw; else by the HTTP status, by the error code of
 * the network or of TLS, else by the error's class.
 *
 * @returns undefined for a `TypeError`: as the answer of `isRetryable` it leaves the error to the library
 */
export function isRetryableEventStreamError(error: unknown): boolean | undefined {
  if (isThrownPerAttempt(error)) return true;
  if (error instanceof EventStreamRefusedError) return isRetryableStatus(error.statusCode);
  if (!(error instanceof EventStreamOpenError)) return isRetryableByClass(error);
  const { cause } = error;
  // Runtimes put the error of the socket into the cause of a `TypeError`, or throw it bare.
  const codes = [cause, (cause as { cause?: unknown } | undefined)?.cause].map(tcpErrorCodeOf);
  // What is wrong with the request itself is a `TypeError`, too.
  return !codes.some(isPermanentCode) && defaultVerdict(cause) === 'transient';
}

/** RFC 9110, 15: too early, too many, the wrong server, and failures of the server that may be mended. */
function isRetryableStatus(status: number): boolean {
  if (status >= 500) return status !== 501 && status !== 505;
  return [408, 421, 425, 429].includes(status);
}
