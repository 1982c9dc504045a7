// Why: docs/decisions/0066-damaged-bytes.md
import type { ErrorFacts } from '../core/connector.js';
import { tcpErrorCodeOf } from './tcpVerdicts.js';

const marked = new WeakSet<object>();

/** Marks an error as one of bytes that were damaged, or over a limit of this side. */
export function markDamage(error: object): void {
  marked.add(error);
}

/** Whether an error was marked so. */
export function isMarkedDamage(error: unknown): boolean {
  return marked.has(error as object);
}

/** Marks an error that came after a TLS handshake, if it says that bytes were damaged. */
export function markIfDamage(error: Error): void {
  if (isDamage(error, { phase: 'run' })) markDamage(error);
}

/**
 * Whether an error says that bytes were damaged after the handshake of TLS: as it was marked, or by its code in `run`.
 * TLS 1.3 refuses a client's certificate only then, too: that is no damage.
 */
export function isDamage(error: unknown, facts?: Pick<ErrorFacts, 'phase'>): boolean {
  if (isMarkedDamage(error)) return true;
  const code = tcpErrorCodeOf(error);
  return (
    facts?.phase === 'run' &&
    /^(ERR_SSL_|EPROTO|HPE_)/.test(code) &&
    !/CERT|UNKNOWN_CA|ACCESS_DENIED/.test(code)
  );
}
