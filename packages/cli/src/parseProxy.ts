import { InvalidArgumentError } from 'commander';

/** Through which server the command connects. */
export interface Proxy {
  readonly scheme: 'http' | 'socks5';
  readonly host: string;
  readonly port: number;
  readonly user?: string;
  readonly password?: string;
}

const defaultPorts = { http: 80, socks5: 1080 };

/** @throws InvalidArgumentError, without what came: it may hold a password */
export function parseProxy(text: string): Proxy {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const scheme = /^(http|socks5):$/.exec(url?.protocol ?? '')?.[1] as Proxy['scheme'] | undefined;
  const isBare = /^\/?$/.test(url?.pathname ?? '') && url?.search === '' && url.hash === '';
  if (!url || !scheme || url.hostname === '' || !isBare) {
    throw new InvalidArgumentError(
      'Expected http://[user:password@]host:port or socks5://[user:password@]host:port.',
    );
  }
  return {
    scheme,
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    // Of http: a URL leaves out port 80, too.
    port: url.port === '' ? defaultPorts[scheme] : Number(url.port),
    ...(url.username !== '' && {
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
    }),
  };
}
