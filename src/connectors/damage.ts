import type { ErrorFacts } from '../core/connector.js';
import { tcpErrorCodeOf } from './tcpVerdicts.js';

const marked = new WeakSet<object>();

/** Marks an error of a connect as one of bytes that were damaged when its TLS handshake was done. */
export function markDamage(error: object): void {
  marked.add(error);
}

/**
 * Whether an error says that bytes were damaged after the handshake of TLS: as it was marked, or by its code in `run`.
 * TLS 1.3 refuses a client's certificate only then, too: that is no damage.
 */
export function isDamage(error: unknown, facts?: Pick<ErrorFacts, 'phase'>): boolean {
  if (marked.has(error as object)) return true;
  const code = tcpErrorCodeOf(error);
  return (
    facts?.phase === 'run' &&
    /^(ERR_SSL_|EPROTO|HPE_)/.test(code) &&
    !/CERT|UNKNOWN_CA|ACCESS_DENIED/.test(code)
  );
}
