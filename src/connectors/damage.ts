// Why: docs/decisions/0066-damaged-bytes.md
import type { ErrorFacts } from '../core/connector.js';
import { tcpErrorCodeOf } from './tcpVerdicts.js';

const marked = new WeakSet<object>();

/** Marks an error that reports damaged bytes, or data over a limit of this side. */
export function markDamage(error: object): void {
  marked.add(error);
}

/** True if an error was marked by `markDamage`. */
export function isMarkedDamage(error: unknown): boolean {
  return marked.has(error as object);
}

/** Marks an error that occurred after a TLS handshake, if it reports damaged bytes. */
export function markIfDamage(error: Error): void {
  if (isDamage(error, { phase: 'run' })) markDamage(error);
}

/**
 * True if an error reports bytes that were damaged after the TLS handshake: by its mark, or by its code in `run`. A
 * refused client certificate does not count as damage, although TLS 1.3 reports it only after the handshake.
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
