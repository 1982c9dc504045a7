import { checkObject, checkString } from '../../core/check.js';
import type { ConnectContext, Peer } from '../../core/connector.js';
import { InvalidOptionError } from '../../core/errors.js';
import { hrefOf, showAddress } from '../../core/showAddress.js';
import { ask, type PerAttempt } from '../perAttempt.js';

/** The options that determine the destination and form of a request. */
export interface Where {
  readonly url: PerAttempt<string | URL>;
  readonly token?: PerAttempt<string | undefined>;
  readonly headers?: PerAttempt<RequestInit['headers']>;
  readonly fetchOptions?: PerAttempt<Omit<RequestInit, 'headers' | 'signal'> | undefined>;
}

/** Returns the address of an event stream; error messages show no part of it that may be secret. */
export function checkUrl(value: unknown): URL {
  // The URL may come from another realm, such as an iframe.
  if (typeof value !== 'string' && !('href' in Object(value))) {
    throw new InvalidOptionError('url', 'an absolute URL', value);
  }
  const href = hrefOf(String(value));
  if (href === undefined || !/^https?:/.test(href)) {
    throw new InvalidOptionError('url', 'an http: or https: URL', value, showAddress(value));
  }
  return new URL(href);
}

/** The peer; its address is missing if it is known only during an attempt. */
export function peerOf(where: Where['url']): Peer {
  const known = { protocol: 'http', transport: 'tcp' };
  if (typeof where === 'function') return known;
  const { hostname, port, protocol } = checkUrl(where);
  const address = hostname.replace(/[[\]]/g, '');
  return { ...known, address, port: Number(port) || (protocol === 'https:' ? 443 : 80) };
}

/**
 * The id as the value of a header, with each UTF-8 byte as a character; undefined for an id that no header can contain,
 * because it would break every request.
 */
export function headerOfId(id: string): string | undefined {
  // oxlint-disable-next-line no-control-regex -- what RFC 9110, 5.5 forbids
  if (id === '' || /[\0-\x08\x0a-\x1f\x7f]/.test(id)) return undefined;
  return binary(id);
}

/** A request, and its address without secrets. */
export interface StreamRequest {
  readonly url: string;
  readonly shown: string;
  readonly init: RequestInit;
}

/**
 * Resolves the per-attempt options.
 *
 * @param after the header `Last-Event-ID`
 * @throws InvalidOptionError when a result is out of bounds; the signal's reason once it is aborted
 */
export async function requestOf(
  where: Where,
  attempt: ConnectContext,
  after: string | undefined,
): Promise<StreamRequest> {
  const answers = await ask<
    [string | URL, string | undefined, RequestInit['headers'], RequestInit | undefined]
  >([where.url, where.token, where.headers, where.fetchOptions], attempt);
  const [address, token, more, fetchOptions = {}] = answers;
  const url = checkUrl(address);
  checkObject('fetchOptions', fetchOptions);
  if (fetchOptions.headers || fetchOptions.signal) {
    throw new InvalidOptionError('fetchOptions', 'without `headers` and `signal`', fetchOptions);
  }
  const headers = headersOf(more);
  headers.set('accept', 'text/event-stream');
  if (after !== undefined) headers.set('last-event-id', after);
  const credentials = credentialsOf(url, token);
  if (credentials !== undefined) setCredentials(headers, credentials);
  // `fetch` refuses an address with credentials.
  url.username = '';
  url.password = '';
  return {
    url: url.href,
    shown: showAddress(url.href),
    init: { cache: 'no-store', ...fetchOptions, headers },
  };
}

function headersOf(value: RequestInit['headers']): Headers {
  try {
    return new Headers(value);
  } catch {
    // The platform's message repeats the value, which may be secret.
    throw new InvalidOptionError('headers', 'names and values of headers', value);
  }
}

function credentialsOf({ username, password }: URL, token: unknown): string | undefined {
  if (token !== undefined) return `Bearer ${checkString('token', token)}`;
  if (username === '' && password === '') return undefined;
  const plain = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${btoa(binary(plain))}`;
}

function setCredentials(headers: Headers, credentials: string): void {
  if (headers.has('authorization')) {
    const expected = 'without `authorization` beside `token` or a login in `url`';
    throw new InvalidOptionError('headers', expected, headers);
  }
  try {
    headers.set('authorization', credentials);
  } catch {
    throw new InvalidOptionError('token', 'a string that is valid in a header', credentials);
  }
}

/** A string with one character for each UTF-8 byte of the text. */
function binary(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
}
