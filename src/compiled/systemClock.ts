import type { Clock } from '../core/clock.js';

/* oxlint-disable no-restricted-globals -- the default of `clock` */
/** The timers of the host. */
export const systemClock: Clock = {
  setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
  clearTimeout: (timer) => clearTimeout(timer as number),
};
