import { isIP } from 'node:net';
import { InvalidOptionError } from 'schmoozer/compiled';
import type { Target } from './connection.js';
import type { RedisLogin } from './connectionOptions.js';

/** The content of a URL. */
export interface Address {
  readonly target: Target;
  readonly login: RedisLogin | undefined;
  readonly database: number;
}

const EXPECTED = 'a URL of redis:, rediss: or unix:, without a query';

/**
 * @param url `redis://user:password@host:6379/0`, `rediss:` for TLS, or `unix:///path`
 * @throws InvalidOptionError when it is not such a URL; the value is not shown, because it may contain a password
 */
export function addressOf(url: unknown, tls: object | undefined): Address {
  const parsed = typeof url === 'string' ? parse(url) : undefined;
  if (parsed === undefined) throw new InvalidOptionError('url', EXPECTED, url, typeof url);
  const { protocol, hostname, port, username, password, pathname, search, hash } = parsed;
  const isUnix = protocol === 'unix:';
  const database = isUnix ? 0 : Number(pathname.slice(1));
  const isOne =
    search === '' &&
    hash === '' &&
    (isUnix
      ? hostname === '' && pathname.length > 1
      : hostname !== '' && /^\/?\d*$/.test(pathname));
  if (!isOne) throw new InvalidOptionError('url', EXPECTED, url, 'another');
  if (tls && protocol !== 'rediss:') {
    throw new InvalidOptionError('tls', 'left out, or a `url` of rediss:', tls, 'one');
  }
  // An IPv6 address is in brackets.
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return {
    database,
    login:
      username === '' && password === ''
        ? undefined
        : {
            ...(username !== '' && { username: decodeURIComponent(username) }),
            password: decodeURIComponent(password),
          },
    target: {
      host,
      port: Number(port || 6379),
      path: isUnix ? decodeURIComponent(pathname) : undefined,
      tls: protocol === 'rediss:' ? withServerName(host, tls) : undefined,
    },
  };
}

/** Adds the server name for TLS, unless the host is an address. */
function withServerName(host: string, tls: object | undefined): object {
  return { ...(isIP(host) === 0 && { servername: host }), ...tls };
}

function parse(url: string): URL | undefined {
  if (!/^(rediss?|unix):\/\//.test(url)) return undefined;
  try {
    const parsed = new URL(url);
    decodeURIComponent(parsed.username + parsed.password + parsed.pathname);
    return parsed;
  } catch {
    return undefined;
  }
}
