import { isRetryableTcpError } from 'schmoozer/tcp';

/** What another attempt would most likely meet again: by the first word of what the server says. */
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

/** What time mends, or an operator. */
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

/** This one has no code of its own. */
const MAX_CLIENTS = /^ERR max number of clients/;

/**
 * The code of what a Redis server has answered, such as `WRONGPASS`; undefined for any other error.
 */
export function redisErrorCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || 'syscall' in error) return undefined;
  const [code] = /^[A-Z]{3,}(?=[ :]|$)/.exec(error.message) ?? [];
  return code !== undefined && (permanent.has(code) || transient.has(code)) ? code : undefined;
}

/**
 * Whether another attempt may succeed, by the code of what the server has answered: false for a login, a right, a type or a command
 * that it refuses, true while it loads, is a replica, has too many clients, or its cluster is down; all else as `isRetryableTcpError`
 * sorts it.
 *
 * @returns undefined for a `TypeError` without a code, which the library sorts
 */
export function isRetryableRedisError(
  error: unknown,
  facts?: Parameters<typeof isRetryableTcpError>[1],
): boolean | undefined {
  const code = redisErrorCodeOf(error);
  if (code === undefined) return isRetryableTcpError(error, facts);
  return transient.has(code) || MAX_CLIENTS.test((error as Error).message);
}
