// Why: docs/decisions/0051-an-abort-without-a-controller.md
import type { AbortListener, LazySignal } from './lazySignal.js';

/** A context with a signal: one that this library made, or one that somebody put around it. */
export interface Abortable {
  readonly signal: AbortSignal;
}

/** What the library's own contexts inherit: their signal is made when it is read. */
export class LazyContext implements Abortable {
  readonly #lazy: LazySignal;

  constructor(lazy: LazySignal) {
    this.#lazy = lazy;
  }

  get signal(): AbortSignal {
    return this.#lazy.signal;
  }

  /** Undefined for a proxy of such a context, and for what inherits from one: its signal may be another. */
  static lazyOf(context: object): LazySignal | undefined {
    return #lazy in context ? context.#lazy : undefined;
  }
}

/**
 * Calls the listener with the reason when the signal is aborted, or at once if it has been; returns how to
 * forget it. Spares an AbortController, which costs more than the rest of an attempt, where the context is the
 * library's own.
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

/** Whether the context's signal is aborted; makes none to say so. */
export function isAborted(context: Abortable): boolean {
  return sourceOf(context).aborted;
}

/** @throws the reason of the context's signal, if that is aborted */
export function throwIfAborted(context: Abortable): void {
  const { aborted, reason } = sourceOf(context);
  if (aborted) throw reason;
}

function sourceOf(context: Abortable): LazySignal | AbortSignal {
  return LazyContext.lazyOf(context) ?? context.signal;
}
