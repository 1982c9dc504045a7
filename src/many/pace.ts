import type { PermitOutcome } from '../core/limiter.js';

/** How fast attempts may follow each other: made by `adaptivePace` or `fixedPace`. */
export interface Pace {
  /** A pace for one key of a limiter; times are milliseconds that never go back. */
  forKey(nowMs: number): KeyPace;
}

/** The pace of one key. */
export interface KeyPace {
  /** Attempts per second, at present. */
  readonly perSecond: number;
  /** What the server took when it was last too much, in attempts per second; `Infinity`, or none, if that is not known. */
  readonly threshold?: number;
  /** How long until an attempt may start; 0 or less if one may now. */
  waitMs(nowMs: number): number;
  /** An attempt starts; the answer is what `report` knows it by. */
  start(nowMs: number): unknown;
  /**
   * How an attempt went; called once more if it opened and its session was not stable.
   *
   * @param isBusy whether others wait for a permit
   * @param hintMs how long the server wants to be left alone
   */
  report(
    attempt: unknown,
    outcome: PermitOutcome,
    nowMs: number,
    isBusy: boolean,
    hintMs: number,
  ): void;
  /** Whether a new pace would do just as well, as long as no attempt is under way. */
  isForgotten(nowMs: number): boolean;
}
