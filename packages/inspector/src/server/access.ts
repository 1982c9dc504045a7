import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Who may come in. */
export interface Access {
  readonly token: string;
  readonly port: number;
}

/**
 * A page of another site can make a name of its own lead to 127.0.0.1; the name then stands in `Host`.
 * So only the names of loopback itself are answered.
 */
export function isOwnHost(request: IncomingMessage, { port }: Access): boolean {
  const names = ['127.0.0.1', 'localhost', '[::1]'];
  return names.some((name) => request.headers.host === `${name}:${port}`);
}

/** Browsers always tell where a WebSocket was opened from. */
export function isOwnOrigin(request: IncomingMessage): boolean {
  return request.headers.origin === `http://${request.headers.host}`;
}

export function hasToken(url: URL, { token }: Access): boolean {
  const given = Buffer.from(url.searchParams.get('token') ?? '');
  const wanted = Buffer.from(token);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
