export interface StormServer {
  /** How an attempt at this time ends: accepted at once, or failed after so many milliseconds. */
  attempt(nowMs: number): { readonly isAccepted: boolean; readonly afterMs: number };
  /** The most attempts that came within one of its tenths of a second, once it was back. */
  readonly peak: number;
  readonly attempts: number;
}

const BACK_AT_MS = 2000;
const ACCEPTS_PER_MS = 0.5;
const BURST = 50;
const SURPLUS_FAILS_AFTER_MS = 1000;
const PEAK_WINDOW_MS = 100;

/** When the last of so many clients would be back if they came one after another, in milliseconds. */
export const idealMs = (clients: number) => BACK_AT_MS + clients / ACCEPTS_PER_MS;

/** Refuses at once for 2 s; then accepts 500 a second, 50 of them in one go, and lets the rest wait 1 s. */
export function stormServer(): StormServer {
  const attemptsIn = new Map<number, number>();
  let attempts = 0;
  let tokens = BURST;
  let refilledAtMs = BACK_AT_MS;
  return {
    get attempts() {
      return attempts;
    },
    get peak() {
      return [...attemptsIn.values()].reduce((most, count) => Math.max(most, count), 0);
    },
    attempt(nowMs) {
      attempts += 1;
      if (nowMs < BACK_AT_MS) return { isAccepted: false, afterMs: 0 };
      const window = Math.floor(nowMs / PEAK_WINDOW_MS);
      attemptsIn.set(window, (attemptsIn.get(window) ?? 0) + 1);
      tokens = Math.min(BURST, tokens + (nowMs - refilledAtMs) * ACCEPTS_PER_MS);
      refilledAtMs = nowMs;
      if (tokens < 1) return { isAccepted: false, afterMs: SURPLUS_FAILS_AFTER_MS };
      tokens -= 1;
      return { isAccepted: true, afterMs: 0 };
    },
  };
}
