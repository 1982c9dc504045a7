import type { Socket } from 'node:net';
import { InvalidOptionError } from 'schmoozer';
import type { ConnectionSettings, PostgresLogin } from './options.js';

const LOGIN = ['user', 'password'];
const TLS = ['ssl', 'sslmode', 'sslcert', 'sslkey', 'sslrootcert', 'uselibpqcompat'];

/** What a client of `pg` is made with; its socket is ours, so that it can be destroyed. */
export function clientConfig(
  { tls, clientOptions }: ConnectionSettings,
  url: string | undefined,
  login: PostgresLogin | undefined,
  socket: Socket,
): Record<string, unknown> {
  return {
    ...clientOptions,
    ...login,
    ...(tls && { ssl: tls }),
    ...(url !== undefined && withLogin(url, login, tls !== undefined)),
    stream: () => socket,
  };
}

/**
 * The client gives a URL the last word, whatever else it is told: a login goes into the URL, and what our TLS options replace goes out of
 * it.
 */
function withLogin(url: string, login: PostgresLogin | undefined, hasTls: boolean): object {
  // The directory of a socket: there is nothing in it but the database.
  if (url.startsWith('/') || (!login && !hasTls)) return { connectionString: url };
  const [, scheme, who, where, query] =
    /^([a-z]+:\/\/)(?:([^/?#]*)@)?([^?#]*)(?:\?([^#]*))?/i.exec(url) ?? [];
  if (scheme === undefined) {
    throw new InvalidOptionError('url', 'a URL such as `postgres://host/database`', url, 'another');
  }
  const parameters = new URLSearchParams(query);
  const negotiation = parameters.get('sslnegotiation');
  if (login) {
    const [user, password] = (who ?? '').split(/:(.*)/s, 2).map(decodeURIComponent);
    const known = { user, ...(login.user === undefined && { password }), ...login };
    for (const name of LOGIN) {
      const value = known[name as keyof PostgresLogin] ?? parameters.get(name);
      parameters.delete(name);
      if (value) parameters.set(name, value);
    }
  }
  if (hasTls) for (const name of [...TLS, 'sslnegotiation']) parameters.delete(name);
  return {
    connectionString: `${scheme}${login || !who ? '' : `${who}@`}${where}?${parameters}`,
    ...(hasTls && negotiation !== null && { sslnegotiation: negotiation }),
  };
}
