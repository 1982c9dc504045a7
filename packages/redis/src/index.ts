/**
 * Redis for many processes: a budget of attempts, and locks.
 *
 * @packageDocumentation
 */
export { isRetryableRedisError } from './isRetryableRedisError.js';
export { redisBudget, type RedisBudgetOptions } from './redisBudget.js';
export { redisBudgetStore, type RedisBudgetStoreOptions } from './redisBudgetStore.js';
export { redisLock, type RedisLockOptions } from './redisLock.js';
