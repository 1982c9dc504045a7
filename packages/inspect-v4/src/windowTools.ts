import { createDevTools, inspect } from '@xstate/inspect';
import { isInspecting } from './isInspecting.js';
import { limits } from './limits.js';
import type { Tools } from './serverTools.js';

/** The parts of an iframe that are used. */
interface Frame {
  readonly contentWindow: unknown;
  addEventListener(type: 'load', listener: () => void): void;
  setAttribute(name: string, value: string): void;
}

/** Tools that are a web page: this page shows it in a new window or in an iframe. */
export interface WindowTarget {
  /** The URL of the page that watches, which uses `createWindowReceiver`. */
  readonly url: string | URL;
  /** Where to show it; without it a new window is opened. */
  readonly iframe?: Frame;
}

/** The parts of a page's `window` that are used. */
interface Page {
  addEventListener: (type: string, listener: (event: Message) => void) => void;
  removeEventListener(type: string, listener: (event: Message) => void): void;
  open(url: string, name: string): object | null;
}

interface Message {
  readonly source: unknown;
  readonly origin: string;
  readonly data: unknown;
}

/**
 * The package's own inspector in a window or an iframe, protected from other windows: it accepts only the announcement
 * of the page that watches.
 */
export function windowTools({ url, iframe }: WindowTarget): Tools {
  const page = (globalThis as { window?: Page }).window;
  if (page === undefined) throw new TypeError('there is no `window`: pass `server` in Node');
  const href = String(url);
  // The errors of Node and browsers repeat the value.
  if (!URL.canParse(href)) throw new TypeError('`url` must be an absolute URL');
  const { origin } = new URL(href);
  const opened = iframe === undefined ? page.open(href, 'xstateinspector') : null;
  if (iframe === undefined && opened === null) {
    throw new TypeError('the browser opened no window: allow it to, or pass `iframe`');
  }
  const devTools = createDevTools();
  const watcher = () => (iframe === undefined ? opened : iframe.contentWindow);
  let answeredAt = -Infinity;
  /** True if an answer would follow too soon: each answer contains all machines, so frequent requests are ignored. */
  const isTooSoon = () => {
    const isSoon = performance.now() - answeredAt < limits.answerEveryMs;
    if (!isSoon) answeredAt = performance.now();
    return isSoon;
  };
  const { made, forget } = hearing(
    page,
    (message) =>
      message.origin === origin &&
      message.source === watcher() &&
      isInspecting(message.data) &&
      !isTooSoon(),
    () =>
      inspect({
        url: href,
        devTools,
        iframe: (iframe ?? false) as HTMLIFrameElement | false,
        targetWindow: (opened ?? undefined) as Window | undefined,
      }),
  );
  let isOpen = true;
  return {
    get isOpen() {
      return isOpen;
    },
    isWatched: true,
    register: (facade) => devTools.register(facade as never),
    close() {
      isOpen = false;
      forget();
      made?.disconnect();
    },
  };
}

/** Listeners that are added meanwhile receive only the accepted messages. */
function hearing<T>(
  page: Page,
  passes: (message: Message) => boolean,
  make: () => T,
): { made: T; forget: () => void } {
  const { addEventListener } = page;
  const isOwn = Object.hasOwn(page, 'addEventListener');
  let forget = () => {};
  page.addEventListener = (type, listener) => {
    if (type !== 'message') return addEventListener.call(page, type, listener);
    const filtered = (message: Message) => {
      if (passes(message)) listener({ ...ANONYMOUS, data: { type: 'xstate.inspecting' } });
    };
    forget = () => page.removeEventListener('message', filtered);
    addEventListener.call(page, 'message', filtered);
  };
  try {
    return { made: make(), forget: () => forget() };
  } finally {
    if (isOwn) page.addEventListener = addEventListener;
    else Reflect.deleteProperty(page, 'addEventListener');
  }
}

const ANONYMOUS = { source: null, origin: '' };
