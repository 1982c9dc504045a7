// Why: docs/decisions/0056-bytes-that-move.md
import type { Clock } from '../core/clock.js';
import { nextTurn } from '../core/nextTurn.js';

/** A timer that fires this late, in milliseconds, means that the event loop was blocked. */
const LATE_MS = 50;
/** Arrived data may need a few turns to be delivered: through TLS, decompression, or the pipes of a browser. */
const TURNS = 3;

/**
 * Calls back after `delayMs`. If the timer fires late, everything that has arrived meanwhile is delivered first, and
 * may cancel the deadline.
 *
 * @returns a function that cancels the deadline
 */
export function startDeadline(clock: Clock, delayMs: number, callback: () => void): () => void {
  const now = nowOf(clock);
  const lateMs = now() + delayMs + LATE_MS;
  let isCancelled = false;
  const turn = (turns: number) => {
    if (isCancelled) return;
    if (turns === 0) callback();
    else timer = clock.setTimeout(() => nextTurn(() => turn(turns - 1)), 0);
  };
  let timer = clock.setTimeout(() => turn(now() < lateMs ? 0 : TURNS), delayMs);
  return () => {
    isCancelled = true;
    clock.clearTimeout(timer);
  };
}

/** A test's clock has its own time, by which its timers are never late. */
function nowOf(clock: Clock & { now?: () => number }): () => number {
  // oxlint-disable-next-line no-restricted-properties -- timers of the host
  return typeof clock.now === 'function' ? () => clock.now!() : () => performance.now();
}
