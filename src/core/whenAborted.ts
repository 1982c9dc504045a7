// Why: docs/decisions/0051-an-abort-without-a-controller.md
import type { AbortListener, LazySignal } from './lazySignal.js';

/** A context with a signal: one of this library, or a user's wrapper around one. */
export interface Abortable {
  readonly signal: AbortSignal;
}

/** The base of the library's own contexts: their signal is created when it is read. */
export class LazyContext implements Abortable {
  readonly #lazy: LazySignal;

  constructor(lazy: LazySignal) {
    this.#lazy = lazy;
  }

  get signal(): AbortSignal {
    return this.#lazy.signal;
  }

  /** Undefined for a proxy of such a context, and for an object that inherits from one: its signal may be another. */
  static lazyOf(context: object): LazySignal | undefined {
    return #lazy in context ? context.#lazy : undefined;
  }
}

/**
 * Calls the listener with the reason when the signal is aborted, or at once if it already is. Returns a function that
 * removes the listener. With the library's own contexts it avoids an AbortController, which costs more than the rest of
 * an attempt.
 */
export function whenAborted(context: Abortable, listener: AbortListener): () => void {
  const lazy = LazyContext.lazyOf(context);
  if (lazy === undefined) return whenSignalAborted(context.signal, listener);
  if (lazy.aborted) listener(lazy.reason);
  else lazy.addListener(listener);
  return () => lazy.removeListener(listener);
}

function whenSignalAborted(signal: AbortSignal, listener: AbortListener): () => void {
  const onAbort = () => listener(signal.reason);
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  return () => signal.removeEventListener('abort', onAbort);
}

/** True if the context's signal is aborted; creates no signal. */
export function isAborted(context: Abortable): boolean {
  return sourceOf(context).aborted;
}

/** @throws the abort reason, if the context's signal is aborted */
export function throwIfAborted(context: Abortable): void {
  const { aborted, reason } = sourceOf(context);
  if (aborted) throw reason;
}

function sourceOf(context: Abortable): LazySignal | AbortSignal {
  return LazyContext.lazyOf(context) ?? context.signal;
}
