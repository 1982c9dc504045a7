export interface Timer {
  readonly id: number;
  readonly dueMs: number;
  readonly callback: () => void;
}

/** A timer and its position in the heap. */
interface Placed {
  readonly timer: Timer;
  place: number;
}

/**
 * The timers of a clock as a binary heap: adding and removing cost the logarithm of their number. Each timer's position
 * is stored with it, so that a cleared timer leaves at once: timers that are set and cleared repeatedly would otherwise
 * fill the memory until they are due.
 */
export class TimerHeap {
  readonly #heap: Placed[] = [];
  readonly #byId = new Map<number, Placed>();

  get first(): Timer | undefined {
    return this.#heap[0]?.timer;
  }

  get sorted(): readonly Timer[] {
    return this.#heap.map(({ timer }) => timer).toSorted(compare);
  }

  add(timer: Timer): void {
    const placed = { timer, place: this.#heap.length };
    this.#byId.set(timer.id, placed);
    this.#settle(placed, placed.place);
  }

  remove(id: number): void {
    const placed = this.#byId.get(id);
    if (placed === undefined) return;
    this.#byId.delete(id);
    const last = this.#heap.pop() as Placed;
    if (last !== placed) this.#settle(last, placed.place);
  }

  /** Puts a timer where a place is free, or above it or below it as the order asks. */
  #settle(placed: Placed, free: number): void {
    const heap = this.#heap;
    const { timer } = placed;
    let place = free;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above] as Placed;
      if (compare(parent.timer, timer) < 0) break;
      this.#put(parent, place);
      place = above;
    }
    for (;;) {
      let below = 2 * place + 1;
      const [left, right] = [heap[below], heap[below + 1]];
      if (left && right && compare(right.timer, left.timer) < 0) below += 1;
      const child = heap[below];
      if (!child || compare(timer, child.timer) < 0) break;
      this.#put(child, place);
      place = below;
    }
    this.#put(placed, place);
  }

  #put(placed: Placed, place: number): void {
    this.#heap[place] = placed;
    placed.place = place;
  }
}

/** By due time, then by creation: ids are given in that order. */
function compare(a: Timer, b: Timer): number {
  return a.dueMs - b.dueMs || a.id - b.id;
}
