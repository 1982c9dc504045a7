/**
 * An address for messages, events and logs: scheme, host and path. Credentials, query and fragment often are secret;
 * of a text that is no URL it is not known what is, so nothing of it is shown. Nothing else formats an address.
 */
export function showAddress(address: unknown): string {
  const url = parse(String(address));
  if (url === undefined)
    return `an address that is no URL, of ${String(address).length} characters`;
  return `${url.protocol}//${url.host}${url.pathname}`;
}

function parse(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
