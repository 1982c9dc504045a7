export type { EndpointOrder } from './many/arrangeEndpoints.js';
export type { Discover, DiscoverContext } from './many/discovery.js';
export { DiscoveryError } from './many/discoveryError.js';
export type { Endpoint, EndpointFields } from './many/endpoint.js';
export type { EjectOptions, EndpointEvent, EndpointsOptions } from './many/endpointOptions.js';
export { endpoints } from './many/endpoints.js';
export type { EndpointSession } from './many/endpointSession.js';
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
