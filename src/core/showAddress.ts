/**
 * An address for messages, events and logs: scheme, host and path. User, password, query and fragment often are
 * secret. Of a text that is no URL, or a URL without a host, it is not known what is, so nothing of it is shown.
 */
export function showAddress(address: unknown): string {
  const text = String(address);
  const url = parseUrl(text);
  // `user:password@host` is a URL with the scheme `user:`.
  if (url === undefined || (url.host === '' && url.protocol !== 'file:')) {
    return `an address that is no URL, of ${text.length} characters`;
  }
  return `${url.protocol}//${url.host}${url.pathname}`;
}

/** Undefined for what is none. */
export function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
