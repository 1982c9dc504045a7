/** Where events of the browser come from. Each default is the global of that name; a missing one never fires. */
export interface BrowserSources {
  /** Emits `online` and `offline`. Default: the global object, in a page and in a worker. */
  readonly window?: EventTarget;
  /** Emits `visibilitychange`. Default: the page; a worker has none. */
  readonly document?: EventTarget & { readonly visibilityState: string };
  /** Reports whether the browser is offline: only `onLine === false` counts. */
  readonly navigator?: { readonly onLine?: boolean };
}

export interface Sources {
  readonly window: EventTarget;
  readonly document: EventTarget & { readonly visibilityState?: string };
  readonly isOffline: () => boolean;
}

/** Reads the globals at each call: a program may be rendered on a server before it runs in a page. */
export function resolveSources(given: BrowserSources): Sources {
  const host = globalThis as Partial<EventTarget> & BrowserSources;
  const self = typeof host.addEventListener === 'function' ? (host as EventTarget) : undefined;
  const navigator = given.navigator ?? host.navigator;
  return {
    window: given.window ?? self ?? new EventTarget(),
    document: given.document ?? host.document ?? new EventTarget(),
    // Only `false` counts: Node has a navigator without this property.
    isOffline: () => navigator?.onLine === false,
  };
}
