import type { Socket } from 'node:net';
import { InvalidOptionError } from 'schmoozer/compiled';
import { type ConnectionSettings, type PostgresLogin, TLS_PARAMETERS } from './options.js';

const LOGIN = ['user', 'password'];

/** The configuration of a `pg` client, with a socket that this package creates so that it can be destroyed. */
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
 * For the client, values in a URL override all others: so a login is written into the URL, and parameters that the TLS
 * options replace are removed from it.
 */
function withLogin(url: string, login: PostgresLogin | undefined, hasTls: boolean): object {
  // The directory of a socket: it contains only the database.
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
  if (hasTls) for (const name of TLS_PARAMETERS) parameters.delete(name);
  return {
    connectionString: `${scheme}${login || !who ? '' : `${who}@`}${where}?${parameters}`,
    ...(hasTls && negotiation !== null && { sslnegotiation: negotiation }),
  };
}
