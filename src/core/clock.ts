/** Timers: those of an actor, of the host, or of a test; XState's `Clock` and `virtualClock()` are such. */
export interface Clock {
  /** Calls `callback` once, after `delayMs` milliseconds; returns what `clearTimeout` takes. */
  setTimeout(callback: () => void, delayMs: number): unknown;
  /** Cancels a timer; one that has fired already is ignored. */
  // oxlint-disable-next-line typescript/no-explicit-any -- each host has timers of its own
  clearTimeout(timer: any): void;
}

/** The actor's own clock; XState keeps it out of the type of a ref. */
export function clockOf(actor: object): Clock {
  return (actor as { clock: Clock }).clock;
}
