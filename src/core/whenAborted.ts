import type { AbortListener, LazySignal } from './lazySignal.js';

/** Where the contexts of `connect` and `run` keep what stands behind their `signal`. */
export const lazySignal: unique symbol = Symbol('lazySignal');

/** A context with a signal; one that this library made has the lazy signal too. */
export interface Abortable {
  readonly signal: AbortSignal;
  readonly [lazySignal]?: LazySignal;
}

/**
 * Calls the listener with the reason when the signal is aborted, or at once if it has been; returns how to
 * forget it. Spares an AbortController, which costs more than the rest of an attempt, where the context is the
 * library's own.
 */
export function whenAborted(context: Abortable, listener: AbortListener): () => void {
  const lazy = context[lazySignal];
  if (lazy !== undefined) {
    if (lazy.isAborted) listener(lazy.reason);
    else lazy.addListener(listener);
    return () => lazy.removeListener(listener);
  }
  const { signal } = context;
  const onAbort = () => listener(signal.reason);
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  return () => signal.removeEventListener('abort', onAbort);
}
