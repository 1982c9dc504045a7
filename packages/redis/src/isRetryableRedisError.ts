import { isRetryableTcpError } from 'schmoozer/tcp';

/** Errors that another attempt would probably meet again, by the first word of the server's message. */
const permanent = new Set([
  'ERR',
  'WRONGPASS',
  'NOAUTH',
  'NOPERM',
  'WRONGTYPE',
  'NOPROTO',
  'DENIED',
  'CROSSSLOT',
]);

/** Errors that time, or an operator, may resolve. */
const transient = new Set([
  'LOADING',
  'READONLY',
  'MASTERDOWN',
  'CLUSTERDOWN',
  'TRYAGAIN',
  'MOVED',
  'ASK',
  'BUSY',
  'NOREPLICAS',
  'MISCONF',
  'OOM',
  'NOGROUP',
  'UNBLOCKED',
]);

/** An error without a code. */
const MAX_CLIENTS = /^ERR max number of clients/;

/** Returns the code of a Redis server's error, such as `WRONGPASS`; undefined for any other error. */
export function redisErrorCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || 'syscall' in error) return undefined;
  const [code] = /^[A-Z]{3,}(?=[ :]|$)/.exec(error.message) ?? [];
  return code !== undefined && (permanent.has(code) || transient.has(code)) ? code : undefined;
}

/**
 * True if another attempt may succeed, by the code of the server's error. False for a login, a permission, a type or a
 * command that it refuses; true while it loads, is a replica, has too many clients, or its cluster is down.
 * `isRetryableTcpError` decides on all other errors.
 *
 * @returns undefined for a `TypeError` without a code, which the library classifies
 */
export function isRetryableRedisError(
  error: unknown,
  facts?: Parameters<typeof isRetryableTcpError>[1],
): boolean | undefined {
  const code = redisErrorCodeOf(error);
  if (code === undefined) return isRetryableTcpError(error, facts);
  return transient.has(code) || MAX_CLIENTS.test((error as Error).message);
}
