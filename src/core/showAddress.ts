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

/** The parts of a URL that may be shown, and all of it. */
export interface UrlParts {
  readonly href: string;
  /** With its colon. */
  readonly protocol: string;
  /** Without user and password, with a port that is not the scheme's own. */
  readonly host: string;
  readonly pathname: string;
}

type Parts = [protocol: string, host: string | undefined, pathname: string];

const PARTS = /^([a-z][a-z\d+.-]*:)(?:\/\/(?:[^/?#]*@)?([^/?#]*))?([^?#]*)/i;

/** Undefined for what is none. React Native's URL has no part but `href`: the others are read from that. */
export function parseUrl(text: string): UrlParts | undefined {
  try {
    const { href } = new URL(text);
    // It may take anything for a URL: of what is none this throws, too.
    const [, protocol, host = '', pathname] = PARTS.exec(href) as unknown as [0, ...Parts];
    return { href, protocol, host, pathname };
  } catch {
    return undefined;
  }
}
