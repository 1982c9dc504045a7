import { type Timer, TimerHeap } from './timerHeap.js';

/** A clock that stands still until a test moves it: for `createReconnectActor(connector, { clock, now })`. */
export interface VirtualClock {
  /** Milliseconds since the clock was created. */
  readonly now: () => number;
  /** Calls `callback` once the time has moved by `delayMs` milliseconds. */
  setTimeout(callback: () => void, delayMs: number): number;
  /** Cancels a timer; one that has fired already is ignored. */
  clearTimeout(id: number): void;
  /** Time until each timer is due, in milliseconds, the earliest first. */
  readonly pending: readonly number[];
  /** Runs all pending promise callbacks, without moving the time. */
  drain(): Promise<void>;
  /** Moves to the next timer, fires only that one and drains; resolves to false if there is none. */
  next(): Promise<boolean>;
  /** Moves on by `ms` milliseconds, timer by timer, draining after each. */
  advance(ms: number): Promise<void>;
}

/**
 * Creates a clock at 0. Timers fire one at a time, in the order of their due time and then of their creation, and
 * promises are drained after each: like a real event loop, without the waiting.
 */
export function virtualClock(): VirtualClock {
  const timers = new TimerHeap();
  let nowMs = 0;
  let lastId = 0;

  const fire = async (timer: Timer) => {
    timers.remove(timer.id);
    nowMs = Math.max(nowMs, timer.dueMs);
    timer.callback();
    await drain();
  };

  return {
    now: () => nowMs,
    setTimeout(callback, delayMs) {
      const id = ++lastId;
      timers.add({ id, dueMs: nowMs + delayMs, callback });
      return id;
    },
    clearTimeout(id) {
      timers.remove(id);
    },
    get pending() {
      return timers.sorted.map(({ dueMs }) => dueMs - nowMs);
    },
    drain,
    async next() {
      await drain();
      const { first } = timers;
      if (first === undefined) return false;
      await fire(first);
      return true;
    },
    async advance(ms) {
      const untilMs = nowMs + ms;
      await drain();
      for (let { first } = timers; first && first.dueMs <= untilMs; { first } = timers) {
        await fire(first);
      }
      nowMs = untilMs;
    },
  };
}

/** Waits for a macrotask, which comes after every microtask, however long their chains are. */
function drain(): Promise<void> {
  return new Promise((resolve) => {
    // Browsers have no setImmediate, and would delay a nested timer of 0 ms by 4 ms.
    if (typeof setImmediate === 'function') {
      setImmediate(resolve);
      return;
    }
    const channel = new MessageChannel();
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- a port that only has listeners must be started by hand
    channel.port1.onmessage = () => {
      channel.port1.close();
      resolve();
    };
    channel.port2.postMessage(undefined);
  });
}
