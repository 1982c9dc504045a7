/** A limit on the attempts of all processes of a fleet: created by `connectBudget`, an option of `connectLimiter`. */
export interface ConnectBudget {
  /** Returns the budget for one key of one limiter; `wake` is called when the result of `isReady` may have changed. */
  forKey(key: string, wake: () => void): KeyBudget;
  /** Listens to the budget; errors of a listener go to `logger`. */
  on<TType extends BudgetEvent['type']>(
    type: TType,
    listener: (event: Extract<BudgetEvent, { type: TType }>) => void,
  ): { unsubscribe(): void };
}

/** The budget of one key of one limiter. */
export interface KeyBudget {
  /** True if the budget delayed the last reservation: a faster pace would gain nothing. */
  readonly isShort: boolean;
  /**
   * True if an attempt may start. If false, `permits` permits are reserved, but at most `lease`, unless a reservation
   * exists.
   */
  isReady(permits: number): boolean;
  /** Uses a permit: called when an attempt starts. */
  take(): void;
  /** Drops the reservation: called when no attempt waits any more. */
  rest(): void;
}

/** The events of a budget. */
export type BudgetEvent =
  | {
      /** The store has failed, or answered with something that is not a delay: each process uses its own pace. */
      readonly type: 'budget.degraded';
      /** The key whose reservation failed. */
      readonly key: string;
      /** The error of the store, or a `BudgetError`. */
      readonly error: unknown;
    }
  | {
      /** The store answers again, and its decisions count. */
      readonly type: 'budget.restored';
      /** How long the store did not answer, in milliseconds. */
      readonly downMs: number;
    };

/** Stores a fleet's budget. Users may implement it themselves. */
export interface BudgetStore {
  /**
   * Reserves the next free slot and resolves to the delay until then, in milliseconds; then all the permits may be used
   * at once. A store never refuses.
   */
  reserve(request: BudgetRequest): PromiseLike<{ readonly delayMs: number }>;
}

/** A request to a store to reserve permits. */
export interface BudgetRequest {
  /** The `limiterKey` of the waiting links. */
  readonly key: string;
  /**
   * The number of permits to reserve: at least 1, at most `lease`, and at most the number of waiting links. A store
   * that has failed is asked again for 1 permit, even if no link waits.
   */
  readonly permits: number;
  /** Aborted when the answer is no longer needed. */
  readonly signal: AbortSignal;
}
