// Why: packages/cli/decisions/0049-the-command-is-a-package.md
import { isDamage } from '../connectors/damage.js';
import type { ErrorFacts } from '../core/connector.js';
import { isRetryableTcpError } from '../connectors/isRetryableTcpError.js';
import { tcpReasons } from './tcpReasons.js';
import { type TcpErrorCode, tcpErrorCodeOf } from '../connectors/tcpVerdicts.js';
import { type CloseCode } from '../connectors/websocket/closeCodes.js';
import { UpgradeRefusedError, WebSocketClosedError } from '../connectors/websocket/errors.js';
import { closeReasons, upgradeReasons } from './webSocketReasons.js';
import { upgradeStatusOf } from '../connectors/websocket/upgradeStatuses.js';

/**
 * Explains in one sentence why an error of `schmoozer/tcp` or `schmoozer/websocket` is transient or permanent: by its
 * close code, by the HTTP status of a refused upgrade, or by the error code of the network or of TLS. If several
 * addresses of a host were tried, it explains the first error that decides.
 *
 * @param facts pass `{ phase: 'run' }` for an error of an open session: a TLS error then came after the handshake, so
 * it is damage and not a refusal
 * @returns undefined for an error that no table lists, and for a value that is not an error
 */
export function explainError(
  error: unknown,
  facts?: Pick<ErrorFacts, 'phase'>,
): string | undefined {
  if (error instanceof AggregateError) {
    const { errors } = error as { errors: readonly unknown[] };
    return explainError(errors.find((one) => isRetryableTcpError(one, facts)) ?? errors[0], facts);
  }
  if (isDamage(error, facts)) return 'the received data was damaged, or over a limit of this side';
  if (error instanceof WebSocketClosedError) {
    return closeReasons[error.closeCode as CloseCode]?.reason;
  }
  if (error instanceof UpgradeRefusedError) {
    const status = upgradeStatusOf(error.statusCode);
    return status && upgradeReasons[status];
  }
  const code = tcpErrorCodeOf(error);
  return Object.hasOwn(tcpReasons, code) ? tcpReasons[code as TcpErrorCode] : undefined;
}
