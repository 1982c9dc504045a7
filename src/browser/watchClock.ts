import type { Clock } from '../core/clock.js';

/** Browsers slow the timers of a hidden page down to one a minute: that is no jump. */
const HIDDEN_MS = 60_000;

/** After a sleep the timer that was running still has the rest of its time to go: that must not take long. */
const MAX_TICK_MS = 1000;

export interface ClockWatch {
  readonly clock: Clock;
  /** The wall clock, in milliseconds. */
  readonly now: () => number;
  readonly jumpMs: number;
  readonly isHidden: () => boolean;
  /** A timer came this much later than it was due. */
  readonly onJump: (lateMs: number) => void;
}

/** Watches for timers that come late by the wall clock, as after a sleep; the answer ends the watch. */
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
