/** A store of locks that expire when they are not renewed. Users may implement it themselves. */
export interface LockStore {
  /** Begins to ask for a lock. */
  claim(terms: ClaimTerms): LockClaim | PromiseLike<LockClaim>;
}

/** The terms of a claim, for the store. */
export interface ClaimTerms {
  /** The name of the lock. */
  readonly name: string;
  /** How long the store keeps the lock after it was taken or renewed, in milliseconds. */
  readonly lifeMs: number;
  /** Reports that the claim has become useless, for example when its connection was lost. */
  readonly lose: (reason: unknown) => void;
  /** Aborted when the claim is no longer needed: a claim that arrives anyway is released. */
  readonly signal: AbortSignal;
}

/** One process's claim to a lock. */
export interface LockClaim {
  /**
   * Asks once: resolves to the fencing number if the lock was free and now belongs to this claim, else to undefined.
   */
  take(): PromiseLike<number | undefined>;
  /** Restarts the life of the lock; resolves to false if it no longer belongs to this claim. */
  renew(): PromiseLike<boolean>;
  /** Gives up the claim, and the lock if the claim has it; called once. */
  release(): PromiseLike<unknown>;
}
