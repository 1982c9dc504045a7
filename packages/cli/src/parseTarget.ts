import { InvalidArgumentError } from 'commander';
import { showAddress } from 'schmoozer/explain';

/** Where the command connects to. */
export interface Target {
  readonly scheme: 'tcp' | 'tls' | 'ws' | 'wss';
  /** Name or address, an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
  /** All of it, with what may be secret: for the connection only. */
  readonly href: string;
  /** Without user, password and query: fit to be shown. */
  readonly shown: string;
}

const defaultPorts: Record<string, number | undefined> = { ws: 80, wss: 443 };
const EXAMPLES = 'such as tcp://localhost:7000, tls://example.com:6697 or wss://example.com/feed';

/** @throws InvalidArgumentError that says what is missing or too much */
export function parseTarget(text: string): Target {
  const scheme = /^(tcp|tls|ws|wss):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) {
    throw new InvalidArgumentError(
      `Expected an address that begins with tcp://, tls://, ws:// or wss://, ${EXAMPLES}.`,
    );
  }
  const url = parseUrl(text);
  const port = url.port === '' ? defaultPorts[scheme] : Number(url.port);
  if (port === undefined) {
    throw new InvalidArgumentError(`The port is missing: write it after the host, ${EXAMPLES}.`);
  }
  if (port === 0) throw new InvalidArgumentError('The port must be from 1 to 65535.');
  if (scheme === 'tcp' || scheme === 'tls') checkBare(url, scheme);
  if (url.hash !== '') throw new InvalidArgumentError('A fragment (#…) is never sent: remove it.');
  return {
    scheme: scheme as Target['scheme'],
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port,
    href: url.href,
    shown: showAddress(url),
  };
}

function parseUrl(text: string): URL {
  if (URL.canParse(text)) {
    const url = new URL(text);
    if (url.hostname !== '') return url;
  }
  throw new InvalidArgumentError(
    `Expected a host and a port from 1 to 65535 after the scheme, ${EXAMPLES}.`,
  );
}

function checkBare({ username, password, pathname, search }: URL, scheme: string): void {
  if (username === '' && password === '' && /^\/?$/.test(pathname) && search === '') return;
  throw new InvalidArgumentError(
    `${scheme}:// takes a host and a port and nothing else: no user, path or query.`,
  );
}
