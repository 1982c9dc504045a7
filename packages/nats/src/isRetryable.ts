import { AuthorizationError, PermissionViolationError } from '@nats-io/transport-node';
import { isRetryableTcpError } from 'schmoozer/tcp';

/**
 * Whether another attempt may succeed: false for a login or a subject that the server refuses, true for a login that has expired; all
 * else as `isRetryableTcpError` sorts it.
 *
 * @returns undefined for a `TypeError` without a code, which the library sorts
 */
export function isRetryableNatsError(
  error: unknown,
  facts?: Parameters<typeof isRetryableTcpError>[1],
): boolean | undefined {
  if (error instanceof AuthorizationError || error instanceof PermissionViolationError)
    return false;
  return isRetryableTcpError(error, facts);
}
