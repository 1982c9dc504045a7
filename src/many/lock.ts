/** A lock that one process at a time holds, by name. Users may implement it themselves. */
export interface Lock {
  /**
   * Waits, without a limit, until this process holds the lock. Rejects when its store cannot be asked, and when the
   * signal is aborted.
   */
  acquire(request: LockRequest): PromiseLike<LockHold>;
}

/** A request for a lock. */
export interface LockRequest {
  /** The name of the lock. */
  readonly name: string;
  /** Aborted when the lock is no longer needed. A hold that arrives anyway is released at once. */
  readonly signal: AbortSignal;
}

/** One period in which this process holds a lock. The implementation renews it until it is released or lost. */
export interface LockHold {
  /** The fencing number: greater than that of every earlier hold of the name. A safe integer >= 1. */
  readonly fence: number;
  /**
   * Aborted when the hold is no longer reliable. If the store cannot be reached, this happens before the lock expires
   * in the store (by this process's monotonic clock), so that no other process holds the lock yet.
   */
  readonly lost: AbortSignal;
  /** Ends the renewal at once, and releases the lock if it was not lost; called once. */
  release(): PromiseLike<unknown>;
}
