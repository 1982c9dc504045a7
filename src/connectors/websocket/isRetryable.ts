import type { ErrorFacts } from '../../core/connector.js';
import { isMarkedDamage } from '../damage.js';
import { isThrownPerAttempt } from '../perAttempt.js';
import { closeCodeRow } from './closeCodes.js';
import { WebSocketClosedError } from './errors.js';
import { nodeSide } from './nodeSide.js';

/**
 * Whether another attempt may succeed: true for what a per-attempt function threw, and for bytes that this side found
 * damaged, or over a limit, after the upgrade or a TLS handshake; else by the error's close code, by the HTTP status of a
 * refused upgrade, by the error code of the network or of TLS, else by its class.
 *
 * @param facts with the phase `run` an error came after the handshakes
 * @returns undefined for a `TypeError` without such a code: as the answer of `isRetryable` it leaves the error to the
 *   library, which knows whether it is a mistake or a failed fetch
 */
export function isRetryableWebSocketError(
  error: unknown,
  facts?: Pick<ErrorFacts, 'phase'>,
): boolean | undefined {
  if (isThrownPerAttempt(error) || isMarkedDamage(error)) return true;
  if (error instanceof WebSocketClosedError) {
    return closeCodeRow(error.closeCode)?.verdict !== 'permanent';
  }
  // DOMExceptions of the constructor: a bad subprotocol, or ws: from a page that came by https:.
  const { name } = (error ?? {}) as { name?: unknown };
  if (name === 'SyntaxError' || name === 'SecurityError') return false;
  return nodeSide.isRetryable(error, facts);
}
