import type { OutboxItem, OutboxStore } from './store.js';

/** Keeps messages as long as it lives: for tests, and where an outbox is made again in the same process. */
export function memoryStore<TMessage>(): OutboxStore<TMessage> {
  const items = new Map<number, OutboxItem<TMessage>>();
  return {
    load: () => [...items.values()],
    append(added) {
      for (const item of added) items.set(item.seq, item);
    },
    remove(seqs) {
      for (const seq of seqs) items.delete(seq);
    },
    close() {},
  };
}
