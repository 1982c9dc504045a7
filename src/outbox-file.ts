/**
 * A store for an outbox, in a file: its messages survive the process.
 *
 * @packageDocumentation
 */
export { OutboxDamagedError, OutboxLockedError } from './outbox/file/errors.js';
export { fileStore, type FileStoreOptions } from './outbox/file/fileStore.js';
export type { OutboxItem, OutboxStore } from './outbox/store.js';
