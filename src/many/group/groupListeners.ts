import type { GroupEmitted } from './groupEvents.js';

type Listener = (event: GroupEmitted) => void;

/** The listeners of a group. */
export class GroupListeners {
  readonly #byType = new Map<string, Set<Listener>>();

  get isEmpty(): boolean {
    return this.#byType.size === 0;
  }

  hears(type: string): boolean {
    return this.#byType.has(type) || this.#byType.has('*');
  }

  /** @returns a function that removes the listener */
  add(type: string, listener: Listener): () => void {
    const listeners = this.#byType.get(type) ?? new Set();
    this.#byType.set(type, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#byType.get(type) === listeners) this.#byType.delete(type);
    };
  }

  emit(event: GroupEmitted): void {
    const heard = [...(this.#byType.get(event.type) ?? []), ...(this.#byType.get('*') ?? [])];
    for (const listener of heard) listener(event);
  }

  clear(): void {
    this.#byType.clear();
  }
}
