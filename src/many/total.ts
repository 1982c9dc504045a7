/** A key that waits for its turn. */
export interface InTurn {
  /** Grants one permit, if it can, and gets in line again if it wants another. */
  takeTurn(): void;
}

/** The attempts under way of all keys together: when there is no room, the keys that could go on take turns. */
export class Total {
  inFlight = 0;
  readonly #max: number;
  readonly #turns = new Set<InTurn>();
  #isServing = false;

  constructor(max: number) {
    this.#max = max;
  }

  /** Whether there is room that no other key waits for. */
  get isOpen(): boolean {
    return this.hasRoom && this.#turns.size === 0;
  }

  get hasRoom(): boolean {
    return this.inFlight < this.#max;
  }

  join(lane: InTurn): void {
    this.#turns.add(lane);
  }

  leave(lane: InTurn): void {
    this.#turns.delete(lane);
  }

  /** Lets the keys that wait go on, one permit each. */
  serve(): void {
    // A grant may settle another permit, which asks for this again.
    if (this.#isServing) return;
    this.#isServing = true;
    try {
      // A key that gets in line again is met again: a set is walked in the order of its growth.
      for (const lane of this.#turns) {
        if (!this.hasRoom) break;
        this.#turns.delete(lane);
        lane.takeTurn();
      }
    } finally {
      this.#isServing = false;
    }
  }
}
