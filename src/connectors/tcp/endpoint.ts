import type { ConnectContext } from '../../core/connector.js';
import { ask } from '../perAttempt.js';
import { checkHost, checkPort, checkTls, type Settings, type TlsOptions } from './options.js';

/** Where one attempt goes to. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean | TlsOptions;
}

type Where = Pick<Settings<unknown>, 'host' | 'port' | 'tls'>;

/**
 * Asks for what may change between attempts; an answer that comes after the abort is dropped.
 *
 * @throws InvalidOptionError when an answer is out of bounds; the signal's reason once it is aborted
 */
export async function resolveEndpoint(where: Where, attempt: ConnectContext): Promise<Endpoint> {
  const [host, port, tls] = await ask<[string, number, boolean | TlsOptions]>(
    [where.host, where.port, where.tls ?? false],
    attempt,
  );
  return { host: checkHost(host), port: checkPort(port), tls: checkTls(tls) };
}
