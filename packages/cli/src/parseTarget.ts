import { InvalidArgumentError } from 'commander';
import { printable, showAddress } from 'schmoozer/explain';

/** A server by its name or address, an IPv6 address without brackets, and its port. */
export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/** Where the command connects to. */
export interface Target {
  readonly scheme: 'tcp' | 'tls' | 'unix' | 'ws' | 'wss';
  /** A path for `unix` alone. */
  readonly address: HostAndPort | { readonly path: string };
  /** All of it, with what may be secret: for the connection only. */
  readonly href: string;
  /** Without user, password and query: fit to be shown. */
  readonly shown: string;
}

const defaultPorts: Record<string, number | undefined> = { ws: 80, wss: 443 };
const EXAMPLES = 'such as tcp://localhost:7000, tls://example.com:6697 or wss://example.com/feed';
/** The longest path of a unix socket on Linux; macOS takes four bytes less. */
const MAX_PATH_BYTES = 107;

/** @throws InvalidArgumentError that says what is missing or too much */
export function parseTarget(text: string): Target {
  const scheme = /^(?:(unix):|(tcp|tls|ws|wss):\/\/)/i.exec(text)?.slice(1).find(Boolean);
  switch (scheme?.toLowerCase()) {
    case undefined:
      throw new InvalidArgumentError(
        `Expected an address that begins with tcp://, tls://, unix:, ws:// or wss://, ${EXAMPLES}.`,
      );
    case 'unix':
      return parsePath(text);
    default:
      return parseUrlOf(text, (scheme as string).toLowerCase() as Target['scheme']);
  }
}

/** `unix:/run/app.sock`, also with two slashes before the path, as in a URL. */
function parsePath(text: string): Target {
  const path = text.replace(/^unix:(\/\/(?=\/))?/i, '');
  const bytes = Buffer.byteLength(path);
  // oxlint-disable-next-line no-control-regex -- the system ends a path at a zero
  if (bytes > 0 && bytes <= MAX_PATH_BYTES && !/[\x00-\x1f]/.test(path)) {
    return { scheme: 'unix', address: { path }, href: text, shown: printable(`unix:${path}`) };
  }
  throw new InvalidArgumentError(
    `Expected a path of 1 to ${MAX_PATH_BYTES} bytes after unix:, such as unix:/run/app.sock.`,
  );
}

function parseUrlOf(text: string, scheme: Target['scheme']): Target {
  const url = parseUrl(text);
  const port = url.port === '' ? defaultPorts[scheme] : Number(url.port);
  if (port === undefined) {
    throw new InvalidArgumentError(`The port is missing: write it after the host, ${EXAMPLES}.`);
  }
  if (port === 0) throw new InvalidArgumentError('The port must be from 1 to 65535.');
  if (scheme === 'tcp' || scheme === 'tls') checkBare(url, scheme);
  if (url.hash !== '') throw new InvalidArgumentError('A fragment (#…) is never sent: remove it.');
  return {
    scheme,
    address: { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port },
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
