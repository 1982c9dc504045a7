/**
 * One holder at a time: a connector that connects only while its process has a lock.
 *
 * @packageDocumentation
 */
export {
  exclusive,
  type ExclusiveOptions,
  type FencedConnector,
  type FencedContext,
} from './many/exclusive.js';
export type { Lock, LockHold, LockRequest } from './many/lock.js';
export { LockError, type LockErrorCode } from './many/lockError.js';
export { expiringLock, type ExpiringLockOptions } from './many/expiringLock.js';
export type { ClaimTerms, LockClaim, LockStore } from './many/lockStore.js';
