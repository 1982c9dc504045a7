/** Where locks are kept that expire when they are not renewed: anybody may write one. */
export interface LockStore {
  /** Begins to ask for a lock. */
  claim(terms: ClaimTerms): LockClaim | PromiseLike<LockClaim>;
}

/** What a store is told of a claim. */
export interface ClaimTerms {
  /** The name of the lock. */
  readonly name: string;
  /** How long the store keeps the lock after it was taken or renewed, in milliseconds. */
  readonly lifeMs: number;
  /** Says that the claim is of no use any more, such as when its connection is gone. */
  readonly lose: (reason: unknown) => void;
  /** Fires when the claim is not wanted any more: one that comes even so is released. */
  readonly signal: AbortSignal;
}

/** One process's wish for a lock. */
export interface LockClaim {
  /** Asks once: answers the fencing number if the lock was free and is this claim's now, else undefined. */
  take(): PromiseLike<number | undefined>;
  /** Has the life of the lock begin again; false if it is not this claim's any more. */
  renew(): PromiseLike<boolean>;
  /** Gives up the claim, and the lock if it has it; called once. */
  release(): PromiseLike<unknown>;
}
