// Why: docs/decisions/0033-inspector-access.md
import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { cutText } from './cut.js';

/** The requirements for access. */
export interface Access {
  readonly token: string;
  readonly port: number;
}

/** The kind of a request. */
export type Verdict =
  | { readonly as: 'refused'; readonly status: number; readonly text: string }
  /** A WebSocket of an app; its own name, or ''. */
  | { readonly as: 'app'; readonly name: string }
  /** A WebSocket of a page. */
  | { readonly as: 'page' }
  /** A request whether the token is valid: it is. */
  | { readonly as: 'token' }
  /** A request for all stored records as a file. */
  | { readonly as: 'recording' }
  /** A file of the page. */
  | { readonly as: 'file'; readonly path: string };

type Request = Pick<IncomingMessage, 'method' | 'url' | 'rawHeaders'>;

const MAX_PRODUCER = 100;
/** Paths that plain HTTP serves only with the token. */
const SECRET = new Set(['/', '/index.html', '/token', '/recording']);

/**
 * Checks every request and every upgrade before any other code reads it. It accepts everything that an HTTP parser
 * accepts, without throwing.
 *
 * A page of another site can make its own host name resolve to 127.0.0.1, which then appears in `Host`: so only
 * loopback names are accepted. Browsers always send the origin of a WebSocket in `Origin`: only this server's own page
 * may watch. Apps with the token may have any origin, including pages.
 */
export function judge(request: Request, isUpgrade: boolean, access: Access): Verdict {
  const { method, url = '' } = request;
  const host = headerOf(request, 'host');
  if (host === undefined || !isOwnHost(host, access)) {
    return refused(421, 'this server serves loopback only');
  }
  if (method !== 'GET' && (isUpgrade || method !== 'HEAD')) return refused(405, 'GET only');
  const question = url.indexOf('?');
  const path = question < 0 ? url : url.slice(0, question);
  if (!path.startsWith('/')) return refused(400, 'the path is not valid');
  const query = new URLSearchParams(question < 0 ? '' : url.slice(question + 1));
  const isSecret = isUpgrade || SECRET.has(path);
  if (isSecret && !isToken(query.get('token') ?? '', access)) {
    return refused(401, 'A token is needed: open the address that schmoozer-inspector printed.');
  }
  if (isUpgrade && path === '/') return { as: 'app', name: nameOf(query) };
  const origin = headerOf(request, 'origin');
  if (isUpgrade) {
    if (path !== '/view') return refused(404, 'not found');
    return origin === `http://${host}`
      ? { as: 'page' }
      : refused(403, "only the server's own page may watch");
  }
  // A browser that requests the page's own files sends the page's origin, or none.
  if (origin !== undefined && origin !== `http://${host}`) return refused(403, 'another origin');
  if (path === '/token') return { as: 'token' };
  if (path === '/recording') return { as: 'recording' };
  return { as: 'file', path: path === '/' ? '/index.html' : path };
}

function refused(status: number, text: string): Verdict {
  return { as: 'refused', status, text };
}

/**
 * The value of a header that occurs exactly once. It is read from the raw list: Node's own header objects keep the
 * first of two, and fail at names such as `__proto__`.
 */
function headerOf({ rawHeaders }: Request, name: string): string | undefined {
  const values = rawHeaders.filter(
    (_value, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === name,
  );
  return values.length > 1 ? '' : values[0];
}

function isOwnHost(host: string, { port }: Access): boolean {
  const names = ['127.0.0.1', 'localhost', '[::1]'];
  // For port 80 a browser omits the port.
  return names.some((name) => host === `${name}:${port}` || (port === 80 && host === name));
}

function isToken(text: string, { token }: Access): boolean {
  const given = Buffer.from(text);
  const wanted = Buffer.from(token);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** With a slash, one app's keys could look like another's. */
function nameOf(query: URLSearchParams): string {
  return cutText(query.get('producer') ?? '', MAX_PRODUCER).replaceAll('/', '_');
}
