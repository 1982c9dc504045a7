import type { BudgetStore } from 'schmoozer/budget';
import type { VirtualClock } from 'schmoozer/testing';
import { type Capacity, SERVER } from './stormServer.js';

/** How long the store takes to answer, in milliseconds. */
const ANSWERS_AFTER_MS = 1;
/** Attempts at once after a pause. */
const BURST = 25;

/** A budget of what the server takes, reserved one after the other (GCRA), on a clock that needs no time. */
export function modelBudget(
  { now, setTimeout }: VirtualClock,
  { perSecond }: Pick<Capacity, 'perSecond'> = SERVER,
): BudgetStore {
  const everyMs = 1000 / perSecond;
  let freeAtMs = 0;
  return {
    async reserve({ permits }) {
      await new Promise<void>((resolve) => setTimeout(resolve, ANSWERS_AFTER_MS));
      freeAtMs = Math.max(freeAtMs, now()) + permits * everyMs;
      return { delayMs: Math.max(0, freeAtMs - BURST * everyMs - now()) };
    },
  };
}
