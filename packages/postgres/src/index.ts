/**
 * Postgres by `pg`: `LISTEN`, rows of a table as they come, and locks.
 *
 * @packageDocumentation
 */
export { isRetryablePostgresError } from './isRetryablePostgresError.js';
export type {
  PostgresConnectionOptions,
  PostgresFeedOptions,
  PostgresFeedSession,
  PostgresListenerOptions,
  PostgresLogin,
  PostgresNotification,
} from './options.js';
export type { PostgresClient, PostgresQueries } from './postgresClient.js';
export { postgresFeed } from './postgresFeed.js';
export { postgresListener } from './postgresListener.js';
export { postgresLock, type PostgresLockOptions } from './postgresLock.js';
