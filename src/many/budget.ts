/** What the processes of a fleet may attempt together: made by `connectBudget`, an option of `connectLimiter`. */
export interface ConnectBudget {
  /** The part of it that one key of one limiter asks for; `wake` is called when `isReady` may answer otherwise. */
  forKey(key: string, wake: () => void): KeyBudget;
  /** Listens to the budget; what a listener throws goes to `logger`. */
  on<TType extends BudgetEvent['type']>(
    type: TType,
    listener: (event: Extract<BudgetEvent, { type: TType }>) => void,
  ): { unsubscribe(): void };
}

/** The budget of one key of one limiter. */
export interface KeyBudget {
  /** Whether the budget held up the last reservation: a faster pace would bring nothing. */
  readonly isShort: boolean;
  /** Whether an attempt may start; if not, up to so many permits are reserved, unless they are already. */
  isReady(permits: number): boolean;
  /** An attempt starts. */
  take(): void;
  /** No attempt waits any more: what is reserved lapses. */
  rest(): void;
}

/** What happens to a budget. */
export type BudgetEvent =
  | {
      /** The store is away, or answers what is no delay: each process goes at its own pace. */
      readonly type: 'budget.degraded';
      /** The key whose reservation failed. */
      readonly key: string;
      /** What the store rejected with, or a `BudgetError`. */
      readonly error: unknown;
    }
  | {
      /** The store answers again, and decides. */
      readonly type: 'budget.restored';
      /** How long it did not, in milliseconds. */
      readonly downMs: number;
    };

/** Where a fleet's budget is kept: anybody may write one. */
export interface BudgetStore {
  /**
   * Reserves the next free slot and answers how long to wait for it, in milliseconds; then all the permits may be used
   * at once. A store never says no.
   */
  reserve(request: BudgetRequest): PromiseLike<{ readonly delayMs: number }>;
}

/** A reservation. */
export interface BudgetRequest {
  /** The `limiterKey` of the links that wait. */
  readonly key: string;
  /** How many of them, at least 1. */
  readonly permits: number;
  /** Fires when no answer is wanted any more. */
  readonly signal: AbortSignal;
}
