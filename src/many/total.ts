/** A key that waits for its turn. */
export interface InTurn {
  /** Grants one permit, if possible, and queues again if another one is needed. */
  takeTurn(): void;
}

/** The running attempts of all keys together: when there is no room, the keys with waiting attempts take turns. */
export class Total {
  inFlight = 0;
  readonly #max: number;
  readonly #turns = new Set<InTurn>();
  #isServing = false;

  constructor(max: number) {
    this.#max = max;
  }

  /** True if there is room that no other key waits for. */
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

  /** Lets the waiting keys continue, one permit each. */
  serve(): void {
    // A grant may settle another permit, which calls this again.
    if (this.#isServing) return;
    this.#isServing = true;
    try {
      // A key that queues again is visited again: a set is iterated in insertion order.
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
