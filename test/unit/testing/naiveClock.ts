import type { VirtualClock } from 'schmoozer/testing';

/** What `virtualClock` has to be, so simple that it can be believed: a list that is sorted at every step. */
export function naiveClock({ drain }: Pick<VirtualClock, 'drain'>): VirtualClock {
  let timers: { id: number; dueMs: number; callback: () => void }[] = [];
  let nowMs = 0;
  let lastId = 0;

  // The list is in the order of creation, and a sort leaves equals as they are.
  const sorted = () => timers.toSorted((a, b) => a.dueMs - b.dueMs);
  const remove = (id: number) => {
    timers = timers.filter((timer) => timer.id !== id);
  };
  const fireFirst = async (untilMs: number) => {
    const [first] = sorted();
    if (!first || first.dueMs > untilMs) return false;
    remove(first.id);
    nowMs = Math.max(nowMs, first.dueMs);
    first.callback();
    await drain();
    return true;
  };

  return {
    now: () => nowMs,
    setTimeout(callback, delayMs) {
      lastId += 1;
      timers.push({ id: lastId, dueMs: nowMs + delayMs, callback });
      return lastId;
    },
    clearTimeout: remove,
    get pending() {
      return sorted().map(({ dueMs }) => dueMs - nowMs);
    },
    drain,
    async next() {
      await drain();
      return fireFirst(Infinity);
    },
    async advance(ms) {
      const untilMs = nowMs + ms;
      await drain();
      while (await fireFirst(untilMs));
      nowMs = untilMs;
    },
  };
}
