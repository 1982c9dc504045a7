/** An abort signal that is created only when it is read: most are never read. */
export class LazySignal {
  #controller: AbortController | undefined;
  #reason: { readonly value: unknown } | undefined;
  // Most signals have at most one listener: a set is created for the second.
  #listeners: AbortListener | Set<AbortListener> | undefined;

  get aborted(): boolean {
    return this.#reason !== undefined;
  }

  get reason(): unknown {
    return this.#reason?.value;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason.value);
    }
    return this.#controller.signal;
  }

  /** Aborts; the first reason stays. */
  abort(reason: unknown): void {
    if (this.#reason !== undefined) return;
    this.#reason = { value: reason };
    this.#controller?.abort(reason);
    const listeners = this.#listeners;
    this.#listeners = undefined;
    if (typeof listeners === 'function') listeners(reason);
    else for (const listener of listeners ?? []) listener(reason);
  }

  /** Calls the listener on abort without creating a signal; listeners must not throw. */
  addListener(listener: AbortListener): void {
    if (this.#listeners === undefined) this.#listeners = listener;
    else if (typeof this.#listeners === 'function') {
      this.#listeners = new Set([this.#listeners, listener]);
    } else this.#listeners.add(listener);
  }

  removeListener(listener: AbortListener): void {
    if (this.#listeners === listener) this.#listeners = undefined;
    else if (typeof this.#listeners === 'object') this.#listeners.delete(listener);
  }
}

export type AbortListener = (reason: unknown) => void;
