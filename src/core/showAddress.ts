/**
 * An address for messages, events and logs: scheme, host and path. User, password, query and fragment often are
 * secret. Of a text that is no URL, or a URL without a host, it is not known what is, so nothing of it is shown.
 */
export function showAddress(address: unknown): string {
  const text = String(address);
  const href = hrefOf(text) ?? '';
  const shown = href.replace(/[?#].*/s, '').replace(/^([^/]*\/\/)[^/]*@/, '$1');
  // `user:password@host` is a URL with the scheme `user:`.
  if (/^([^/]+:\/\/[^/]|file:)/.test(shown)) return shown;
  return `an address that is no URL, of ${text.length} characters`;
}

/** The whole URL; undefined for what is none. React Native's URL has nothing else, and takes most texts for one. */
export function hrefOf(text: string): string | undefined {
  try {
    return new URL(text).href;
  } catch {
    return undefined;
  }
}
