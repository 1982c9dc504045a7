import type { ErrorFacts } from '../../core/connector.js';
import { isDamage } from '../damage.js';
import { isRetryableTcpError } from '../isRetryableTcpError.js';
import { isThrownPerAttempt } from '../perAttempt.js';
import { tcpErrorCodeOf } from '../tcpVerdicts.js';
import { closeCodeRow } from './closeCodes.js';
import { UpgradeRefusedError, WebSocketClosedError } from './errors.js';
import { upgradeStatuses, upgradeStatusOf } from './upgradeStatuses.js';

/**
 * Whether another attempt may succeed: true for what a per-attempt function threw, and for bytes that this side found
 * damaged, or over a limit, after the upgrade or a TLS handshake; else by the error's close code, by the HTTP status of a
 * refused upgrade, by the error code of the network or of TLS, else by the library's default.
 *
 * @param facts with the phase `run` an error came after the handshakes
 */
export function isRetryableWebSocketError(
  error: unknown,
  facts?: Pick<ErrorFacts, 'phase'>,
): boolean {
  if (isThrownPerAttempt(error) || isDamage(error, facts)) return true;
  if (error instanceof WebSocketClosedError) {
    return closeCodeRow(error.closeCode)?.verdict !== 'permanent';
  }
  if (error instanceof UpgradeRefusedError) {
    const status = upgradeStatusOf(error.statusCode);
    return status === undefined || upgradeStatuses[status] === 'transient';
  }
  // Node's HTTP parser: what answers does not speak HTTP.
  if (tcpErrorCodeOf(error).startsWith('HPE_')) return false;
  // DOMExceptions of the constructor: a bad subprotocol, or ws: from a page that came by https:.
  const { name } = (error ?? {}) as { name?: unknown };
  if (name === 'SyntaxError' || name === 'SecurityError') return false;
  return isRetryableTcpError(error, facts);
}
