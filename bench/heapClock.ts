import { Heap } from './heap.js';

interface Timer {
  readonly id: number;
  readonly dueMs: number;
  readonly callback: () => void;
}

/**
 * What `virtualClock` of schmoozer/testing is, for so many timers that to sort them at each step would take
 * for ever: a timer costs the logarithm of their number here.
 */
export function heapClock() {
  const heap = new Heap<Timer>((a, b) => a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.id < b.id));
  const live = new Set<number>();
  let nowMs = 0;
  let lastId = 0;

  const clock = {
    now: () => nowMs,
    setTimeout(callback: () => void, delayMs: number): number {
      const id = ++lastId;
      live.add(id);
      heap.push({ id, dueMs: nowMs + delayMs, callback });
      return id;
    },
    clearTimeout: (id: number) => void live.delete(id),
    /** Fires the next timer and lets promises settle; false if there is none. */
    async next(): Promise<boolean> {
      let timer = heap.pop();
      while (timer && !live.has(timer.id)) timer = heap.pop();
      if (timer === undefined) return false;
      live.delete(timer.id);
      nowMs = Math.max(nowMs, timer.dueMs);
      timer.callback();
      await settled();
      return true;
    },
  };
  return clock;
}

/** A macrotask comes after every microtask. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
