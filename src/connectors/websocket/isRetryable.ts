import type { ErrorFacts } from '../../core/connector.js';
import { isMarkedDamage } from '../damage.js';
import { isThrownPerAttempt } from '../perAttempt.js';
import { closeCodeRow } from './closeCodes.js';
import { WebSocketClosedError } from './errors.js';
import { nodeSide } from './nodeSide.js';

/**
 * True if another attempt may succeed. Always true for an error that a per-attempt function threw, and for one that
 * reports damaged or too long data from an open connection (after the upgrade or the TLS handshake). Otherwise the
 * first of these that is known decides: the close code, the HTTP status of a refused upgrade, the error code of the
 * network or of TLS, the error's class.
 *
 * @param facts pass `{ phase: 'run' }` for an error of an open session: a TLS error then came after the handshake, so
 * it is damage and not a refusal
 * @returns undefined for a `TypeError` without a permanent code. If your `isRetryable` returns this undefined, the
 * library decides: it distinguishes a mistake in the program from a failed fetch
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
