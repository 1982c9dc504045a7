/**
 * Returns an address for messages, events and logs: scheme, host and path, without user, password, query and fragment,
 * which are often secret. For a text that is neither a URL with a host nor a `file:` URL, it returns only a description
 * with the text's length, because secret parts of such a text cannot be recognised.
 */
export function showAddress(address: unknown): string {
  const text = String(address);
  const href = hrefOf(text) ?? '';
  const shown = href.replace(/[?#].*/s, '').replace(/^([^/]*\/\/)[^/]*@/, '$1');
  // `user:password@host` is a URL with the scheme `user:`.
  if (/^([^/]+:\/\/[^/]|file:)/.test(shown)) return shown;
  return `an address that is not a URL, of ${text.length} characters`;
}

/**
 * The whole URL; undefined for a text that is not a URL. React Native's URL has only `href`, and accepts most texts.
 */
export function hrefOf(text: string): string | undefined {
  try {
    return new URL(text).href;
  } catch {
    return undefined;
  }
}
