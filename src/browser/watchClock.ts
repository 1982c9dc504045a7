import type { Clock } from '../core/clock.js';

/** Browsers slow the timers of a hidden page down to one a minute, which is not a clock jump. */
const HIDDEN_MS = 60_000;

/** After a sleep, a running timer still waits for the rest of its time, so ticks must be short. */
const MAX_TICK_MS = 1000;

export interface ClockWatch {
  readonly clock: Clock;
  /** The wall clock in milliseconds. */
  readonly now: () => number;
  readonly jumpMs: number;
  readonly isHidden: () => boolean;
  /** A timer fired this much late. */
  readonly onJump: (lateMs: number) => void;
}

/** Watches for timers that fire late by the wall clock, as after a sleep. Returns a function that ends the watch. */
export function watchClock({ clock, now, jumpMs, isHidden, onJump }: ClockWatch): () => void {
  const tickMs = Math.min(jumpMs / 2, MAX_TICK_MS);
  let timer: unknown;
  const wait = () => {
    const dueMs = now() + tickMs;
    const wasHidden = isHidden();
    timer = clock.setTimeout(() => {
      const lateMs = now() - dueMs;
      const isJump = lateMs >= jumpMs + (wasHidden || isHidden() ? HIDDEN_MS : 0);
      wait();
      if (isJump) onJump(lateMs);
    }, tickMs);
  };
  wait();
  return () => clock.clearTimeout(timer);
}
