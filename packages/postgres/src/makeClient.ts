import { isIP, type Socket } from 'node:net';
import pg from 'pg';
import { InvalidOptionError } from 'schmoozer/compiled';
import { clientConfig } from './clientConfig.js';
import type { ConnectionSettings, PostgresLogin } from './options.js';

/**
 * Creates a client that is not connected.
 *
 * @throws InvalidOptionError when the URL is not valid, or the client would ignore `tls.servername` or `PGSSLMODE`; the
 * value of the URL is not shown
 */
export function makeClient(
  settings: ConnectionSettings,
  url: string | undefined,
  login: PostgresLogin | undefined,
  socket: Socket,
): InstanceType<typeof pg.Client> {
  try {
    const client = new pg.Client(clientConfig(settings, url, login, socket));
    checkServerName(settings, client.host);
    if (!client.ssl && !/[?&]ssl(?:mode)?=/.test(url ?? '')) checkEnvironment();
    return client;
  } catch (error) {
    if (!isAboutUrl(error)) throw error;
    // The platform's error contains the URL, which may contain a password.
    throw new InvalidOptionError('url', 'a URL such as `postgres://host/database`', url, 'another');
  }
}

/** For a host with a name, the client requests and expects a certificate for that name. */
function checkServerName({ tls }: ConnectionSettings, host: string): void {
  const { servername = host } = tls ?? {};
  if (servername === host || isIP(host) !== 0) return;
  const expected = 'left out, unless the host is an IP address: `pg` takes the name of the host';
  throw new InvalidOptionError('tls.servername', expected, servername, 'another');
}

const modes = 'disable allow prefer require verify-ca verify-full no-verify'.split(' ');

/** The client ignores a misspelt mode: everything would go out in plain text. */
function checkEnvironment(): void {
  const { PGSSLMODE: mode = '' } = process.env;
  if (mode === '' || modes.includes(mode)) return;
  throw new InvalidOptionError('PGSSLMODE', `one of ${modes.join(', ')}`, mode);
}

function isAboutUrl(error: unknown): boolean {
  return error instanceof URIError || (error as { code?: unknown }).code === 'ERR_INVALID_URL';
}
