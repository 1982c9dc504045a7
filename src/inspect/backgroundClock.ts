import type { Clock } from '../core/clock.js';

/** Timers of the host that do not keep the process alive, until something waits for the inspector. */
export class BackgroundClock implements Clock {
  /** True if new timers keep the process alive. */
  isAwaited = false;

  setTimeout(callback: () => void, delayMs: number): unknown {
    const timer = setTimeout(callback, delayMs) as { unref?(): void };
    // A browser's timer is a number.
    if (!this.isAwaited) timer.unref?.();
    return timer;
  }

  clearTimeout(timer: unknown): void {
    clearTimeout(timer as Parameters<typeof clearTimeout>[0]);
  }
}
