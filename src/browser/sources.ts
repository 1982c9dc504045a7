/** Where the browser's news come from; each default is the global of that name, a missing one is silent. */
export interface BrowserSources {
  /** Tells `online` and `offline`. Default: the global object, in a page and in a worker. */
  readonly window?: EventTarget;
  /** Tells `visibilitychange`. Default: the page; a worker has none. */
  readonly document?: EventTarget & { readonly visibilityState: string };
  /** Says whether the browser is offline: `onLine` is false, and nothing else. */
  readonly navigator?: { readonly onLine?: boolean };
}

export interface Sources {
  readonly window: EventTarget;
  readonly document: EventTarget & { readonly visibilityState?: string };
  readonly isOffline: () => boolean;
}

/** Read at each call: a program may be rendered on a server before it lives in a page. */
export function resolveSources(given: BrowserSources): Sources {
  const host = globalThis as Partial<EventTarget> & BrowserSources;
  const self = typeof host.addEventListener === 'function' ? (host as EventTarget) : undefined;
  const navigator = given.navigator ?? host.navigator;
  return {
    window: given.window ?? self ?? new EventTarget(),
    document: given.document ?? host.document ?? new EventTarget(),
    // Anything but false is no news: Node has a navigator that does not know.
    isOffline: () => navigator?.onLine === false,
  };
}
