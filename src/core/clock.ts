/** XState's clock, as far as it is used here. */
export interface Clock {
  setTimeout(callback: () => void, delayMs: number): unknown;
  clearTimeout(id: unknown): void;
}

/** The actor's own clock; XState keeps it out of the type of a ref. */
export function clockOf(actor: object): Clock {
  return (actor as { clock: Clock }).clock;
}
