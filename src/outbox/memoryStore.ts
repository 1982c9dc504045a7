import type { OutboxItem, OutboxStore } from './store.js';

/**
 * Keeps messages in memory; the default store. Pass it yourself if a later outbox of the same process is to take over
 * the messages, or in a test.
 */
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
