import type { OutboxItem } from './store.js';

/** A message that is not acknowledged yet. */
export interface Item<TMessage> extends OutboxItem<TMessage> {
  readonly bytes: number;
  /** Settles when the store has the message. */
  readonly stored: Promise<void>;
  isStored: boolean;
  /** Number of times that this process passed it to `send`. */
  attempts: number;
  /** True if it was sent in the current session. */
  isInFlight: boolean;
  before: Item<TMessage> | undefined;
  after: Item<TMessage> | undefined;
}

/** Messages in order, which can be found by their key and can leave from any position. */
export class ItemList<TMessage> {
  bytes = 0;
  first: Item<TMessage> | undefined;
  #last: Item<TMessage> | undefined;
  readonly #byKey = new Map<string, Item<TMessage>>();

  get size(): number {
    return this.#byKey.size;
  }

  get(key: string): Item<TMessage> | undefined {
    return this.#byKey.get(key);
  }

  push(item: Item<TMessage>): void {
    item.before = this.#last;
    if (this.#last === undefined) this.first = item;
    else this.#last.after = item;
    this.#last = item;
    this.#byKey.set(item.key, item);
    this.bytes += item.bytes;
  }

  /** Returns false if the item had already left. The item itself still knows its successor. */
  remove(item: Item<TMessage>): boolean {
    if (this.#byKey.get(item.key) !== item) return false;
    const { before, after } = item;
    if (before === undefined) this.first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    this.#byKey.delete(item.key);
    this.bytes -= item.bytes;
    return true;
  }
}
