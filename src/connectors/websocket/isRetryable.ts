import type { ErrorFacts } from '../../core/connector.js';
import { isMarkedDamage } from '../damage.js';
import { isThrownPerAttempt } from '../perAttempt.js';
import { closeCodeRow } from './closeCodes.js';
import { WebSocketClosedError } from './errors.js';
import { nodeSide } from './nodeSide.js';

/**
 * True if another attempt may succeed. Errors thrown by a per-attempt function are always retryable, and so are data
 * that this side found damaged or over a limit after the upgrade or a TLS handshake. Otherwise the first of these that
 * is known decides: the close code, the HTTP status of a refused upgrade, the error code of the network or of TLS, the
 * error's class.
 *
 * @param facts with the phase `run`, the error occurred after the handshakes
 * @returns undefined for a `TypeError` without such a code: returned from `isRetryable`, this leaves the error to the
 * library, which distinguishes a mistake from a failed fetch
 */
export function isRetryableWebSocketError(
  error: unknown,
  facts?: Pick<ErrorFacts, 'phase'>,
): boolean | undefined {
  if (isThrownPerAttempt(error) || isMarkedDamage(error)) return true;
  if (error instanceof WebSocketClosedError) {
    return closeCodeRow(error.closeCode)?.verdict !== 'permanent';
  }
  // DOMExceptions of the constructor: a bad subprotocol, or ws: from a page loaded by https:.
  const { name } = (error ?? {}) as { name?: unknown };
  if (name === 'SyntaxError' || name === 'SecurityError') return false;
  return nodeSide.isRetryable(error, facts);
}
