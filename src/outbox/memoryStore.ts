import type { OutboxItem, OutboxStore } from './store.js';

/** Stores messages in memory: for tests, and to create an outbox again in the same process. */
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
