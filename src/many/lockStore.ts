/** A store of locks that expire when they are not renewed. Users may implement it themselves. */
export interface LockStore {
  /** Called when a link begins to wait for a lock: returns a new claim, to which the lock can belong. */
  claim(terms: ClaimTerms): LockClaim | PromiseLike<LockClaim>;
}

/** The terms of a claim, for the store. */
export interface ClaimTerms {
  /** The name of the lock. */
  readonly name: string;
  /** How long the lock belongs to its claim after the store has granted the last `take` or `renew`, in milliseconds. */
  readonly lifeMs: number;
  /** Reports that the claim has become useless, for example when its connection was lost: the lock counts as lost. */
  readonly lose: (reason: unknown) => void;
  /** Aborted when the wait for the lock ends without it: a claim that arrives anyway is released. */
  readonly signal: AbortSignal;
}

/** One process's claim to a lock. */
export interface LockClaim {
  /**
   * Asks once, in one atomic step, and does not wait: resolves to the fencing number if the lock was free and now
   * belongs to this claim, else to undefined. The number is a safe integer >= 1, greater than every earlier one of this
   * lock.
   */
  take(): PromiseLike<number | undefined>;
  /**
   * Restarts the life of the lock, and resolves to true; resolves to false if it no longer belongs to this claim. If it
   * rejects, it is called again until four fifths of the life have passed.
   */
  renew(): PromiseLike<boolean>;
  /** Gives up the claim, and frees the lock if it belongs to this claim; called once, even while `take` is pending. */
  release(): PromiseLike<unknown>;
}
