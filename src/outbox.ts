/**
 * Messages that are kept until they are acknowledged: delivery at least once.
 *
 * @packageDocumentation
 */
export type { Added, Outbox, OutboxStats, ServeRun } from './outbox/contract.js';
export {
  AckTimeoutError,
  OutboxBusyError,
  OutboxClosedError,
  OutboxFullError,
  OutboxStoreError,
} from './outbox/errors.js';
export { memoryStore } from './outbox/memoryStore.js';
export type { OutboxOptions, SendContext, SendFailure } from './outbox/options.js';
export { outbox } from './outbox/outbox.js';
export type { OutboxItem, OutboxStore } from './outbox/store.js';
