/** What one process at a time holds, by name: anybody may write one. */
export interface Lock {
  /**
   * Waits, however long, until this process holds the lock. It rejects when its store cannot be asked, and when the signal
   * fires.
   */
  acquire(request: LockRequest): PromiseLike<LockHold>;
}

/** Which lock is wanted. */
export interface LockRequest {
  /** The name of the lock. */
  readonly name: string;
  /** Fires when the lock is no longer wanted. A hold that comes even so is released at once. */
  readonly signal: AbortSignal;
}

/** One time that this process holds a lock: whoever made the hold renews it, until it is released or lost. */
export interface LockHold {
  /** The fencing number: greater than that of every earlier hold of the name. A safe integer >= 1. */
  readonly fence: number;
  /**
   * Fires when the hold cannot be relied on any more. If the store is cut off, it fires before the lock's life is over in
   * the store, by this process's monotonic clock, so that no other process has the lock yet.
   */
  readonly lost: AbortSignal;
  /** Ends the renewal at once, and gives the lock back, if it was not lost; called once. */
  release(): PromiseLike<unknown>;
}
