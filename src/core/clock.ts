/**
 * Sets timers: the platform's `setTimeout` and `clearTimeout`, or those of a test. XState's `Clock` and
 * `virtualClock()` implement this.
 */
export interface Clock {
  /** Calls `callback` once, after `delayMs` milliseconds; returns what `clearTimeout` takes. */
  setTimeout(callback: () => void, delayMs: number): unknown;
  /** Cancels a timer; one that has fired already is ignored. */
  // oxlint-disable-next-line typescript/no-explicit-any -- each host has timers of its own
  clearTimeout(timer: any): void;
}

/** The actor's clock, which XState's type of an actor ref does not declare. */
export function clockOf(actor: object): Clock {
  return (actor as { clock: Clock }).clock;
}
