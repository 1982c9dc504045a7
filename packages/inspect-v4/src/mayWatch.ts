const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** A program sends no origin; a page of another host could be anybody's. */
export function mayWatch(origin: string | undefined, allowed: readonly string[]): boolean {
  if (origin === undefined || allowed.includes(origin)) return true;
  return URL.canParse(origin) && LOOPBACK.includes(new URL(origin).hostname);
}
