import type { PermitOutcome } from '../core/limiter.js';

/** Decides how fast attempts may follow each other: created by `adaptivePace` or `fixedPace`. */
export interface Pace {
  /** Creates the pace of one key of a limiter; times are milliseconds of a monotonic clock. */
  forKey(nowMs: number): KeyPace;
}

/** The pace of one key. */
export interface KeyPace {
  /** Current attempts per second. */
  readonly perSecond: number;
  /**
   * The rate that the server accepted at the last overload, in attempts per second; `Infinity` or absent if unknown.
   */
  readonly threshold?: number;
  /** Time until an attempt may start, in milliseconds; 0 or less if one may start now. */
  waitMs(nowMs: number): number;
  /** Records the start of an attempt; returns a value that identifies it in `report`. */
  start(nowMs: number): unknown;
  /**
   * Records the outcome of an attempt; called once more if it opened and its session was not stable.
   *
   * @param isBusy true if others wait for a permit
   * @param hintMs how long the server asked clients to stay away, in milliseconds
   */
  report(
    attempt: unknown,
    outcome: PermitOutcome,
    nowMs: number,
    isBusy: boolean,
    hintMs: number,
  ): void;
  /** True if the limiter may forget this pace, as long as no attempt is running: the next attempt gets a new one. */
  isForgotten(nowMs: number): boolean;
}
