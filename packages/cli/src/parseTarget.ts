import { InvalidArgumentError } from 'commander';
import { printable, showAddress } from 'schmoozer/explain';

/** A server by its name or address (IPv6 without brackets), and its port. */
export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/** The destination of the command. */
export interface Target {
  readonly scheme: 'tcp' | 'tls' | 'unix' | 'ws' | 'wss';
  /** A path for `unix` only. */
  readonly address: HostAndPort | { readonly path: string };
  /** The whole address, including secrets: for the connection only. */
  readonly href: string;
  /** The address without user, password and query, for display. */
  readonly shown: string;
}

const defaultPorts: Record<string, number | undefined> = { ws: 80, wss: 443 };
const EXAMPLES = 'such as tcp://localhost:7000, tls://example.com:6697 or wss://example.com/feed';
/** Maximum length of a unix socket's path on Linux; on macOS it is four bytes less. */
const MAX_PATH_BYTES = 107;

/** @throws InvalidArgumentError that says what is missing or superfluous */
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

/** Parses `unix:/run/app.sock`, also with two slashes before the path, as in a URL. */
function parsePath(text: string): Target {
  const path = text.replace(/^unix:(\/\/(?=\/))?/i, '');
  const bytes = Buffer.byteLength(path);
  // oxlint-disable-next-line no-control-regex -- for the system, a path ends at a zero byte
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
