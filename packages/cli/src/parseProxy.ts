import { InvalidArgumentError } from 'commander';

/** The proxy through which the command connects. */
export interface Proxy {
  readonly scheme: 'http' | 'socks5';
  readonly host: string;
  readonly port: number;
  readonly user?: string;
  readonly password?: string;
}

const defaultPorts = { http: 80, socks5: 1080 };

/** @throws InvalidArgumentError, without the value: it may contain a password */
export function parseProxy(text: string): Proxy {
  try {
    return proxyAt(new URL(text));
  } catch {
    throw new InvalidArgumentError(
      'Expected http://[user:password@]host:port or socks5://[user:password@]host:port.',
    );
  }
}

/** @throws when it contains parts that a proxy does not need, or lacks one that it does; bad encoding is a URIError */
function proxyAt({
  protocol,
  hostname,
  port,
  username,
  password,
  pathname,
  search,
  hash,
}: URL): Proxy {
  const scheme = protocol.slice(0, -1) as Proxy['scheme'];
  const isBare = `${pathname}${search}${hash}`.length <= 1;
  if (!Object.hasOwn(defaultPorts, scheme) || hostname === '' || !isBare) throw new TypeError();
  // RFC 1929 has no login without a user.
  if (scheme === 'socks5' && username === '' && password !== '') throw new TypeError();
  return {
    scheme,
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    // For http:, URL omits port 80, too.
    port: port === '' ? defaultPorts[scheme] : Number(port),
    ...((username !== '' || password !== '') && {
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
    }),
  };
}
