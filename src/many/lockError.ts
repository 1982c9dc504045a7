import { SchmoozerError } from '../core/errors.js';

/**
 * The reason why a lock failed: it threw, it returned something that is not a hold, its fencing number did not grow,
 * the hold was lost, or could not be released.
 */
export type LockErrorCode =
  | 'ERR_LOCK'
  | 'ERR_LOCK_INVALID'
  | 'ERR_LOCK_FENCE'
  | 'ERR_LOCK_LOST'
  | 'ERR_LOCK_RELEASE';

/** A lock failed, or was lost; `cause` is what it threw, or the reason of `lost`. */
export class LockError extends SchmoozerError<LockErrorCode> {
  override readonly name = 'LockError';
}
