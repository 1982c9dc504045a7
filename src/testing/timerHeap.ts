export interface Timer {
  readonly id: number;
  readonly dueMs: number;
  readonly callback: () => void;
}

/**
 * The timers of a clock as a binary heap: adding and removing cost the logarithm of their number. The position of each
 * timer is stored, so that a cleared timer leaves at once: timers that are set and cleared repeatedly would otherwise
 * fill the memory until they are due.
 */
export class TimerHeap {
  readonly #timers: Timer[] = [];
  /** The position of each timer in the array, by its id. */
  readonly #places = new Map<number, number>();

  get first(): Timer | undefined {
    return this.#timers[0];
  }

  get sorted(): readonly Timer[] {
    return this.#timers.toSorted(compare);
  }

  add(timer: Timer): void {
    this.#settle(timer, this.#timers.length);
  }

  remove(id: number): void {
    const place = this.#places.get(id);
    if (place === undefined) return;
    this.#places.delete(id);
    const last = this.#timers.pop() as Timer;
    if (last.id !== id) this.#settle(last, place);
  }

  /** Puts a timer at a free position, or above or below it, as the order requires. */
  #settle(timer: Timer, free: number): void {
    const timers = this.#timers;
    let place = free;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = timers[above] as Timer;
      if (compare(parent, timer) < 0) break;
      this.#put(parent, place);
      place = above;
    }
    for (;;) {
      let below = 2 * place + 1;
      const [left, right] = [timers[below], timers[below + 1]];
      if (left && right && compare(right, left) < 0) below += 1;
      const child = timers[below];
      if (!child || compare(timer, child) < 0) break;
      this.#put(child, place);
      place = below;
    }
    this.#put(timer, place);
  }

  #put(timer: Timer, place: number): void {
    this.#timers[place] = timer;
    this.#places.set(timer.id, place);
  }
}

/** Compares by due time, then by creation: ids are assigned in that order. */
function compare(a: Timer, b: Timer): number {
  return a.dueMs - b.dueMs || a.id - b.id;
}
