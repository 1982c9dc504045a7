const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** True if a client may watch. A program sends no origin; a page of another host is not trusted. */
export function mayWatch(origin: string | undefined, allowed: readonly string[]): boolean {
  if (origin === undefined || allowed.includes(origin)) return true;
  return URL.canParse(origin) && LOOPBACK.includes(new URL(origin).hostname);
}
