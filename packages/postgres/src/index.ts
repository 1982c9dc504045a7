export type { PostgresClient } from './postgresClient.js';
export { postgresLock, type PostgresLockOptions } from './postgresLock.js';
