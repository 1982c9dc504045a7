// Why: bench/decisions/0041-the-storm-model.md
export interface StormServer {
  /** How an attempt at this time ends: accepted at once, or failed after so many milliseconds. */
  attempt(nowMs: number): { readonly isAccepted: boolean; readonly afterMs: number };
  /** The most attempts that came within one of its tenths of a second, once it was up. */
  readonly peak: number;
  /** The most attempts that came within a second, once it was up. */
  readonly peakPerSecond: number;
  readonly attempts: number;
  /** Attempts that failed although it was up. */
  readonly wasted: number;
  /** Of each tenth of a second, from 0: the attempts that came, and those that were taken in. */
  readonly tenths: { readonly attempts: readonly number[]; readonly accepted: readonly number[] };
  /** Of each second, from 0: the attempts that came, and the clients that were back at its end. */
  readonly curves: { readonly attempts: readonly number[]; readonly back: readonly number[] };
}

/** When it is back, in milliseconds. */
export const BACK_AT_MS = 2000;

/** How much the server takes. */
export interface Capacity {
  readonly perSecond: number;
  /** So many in one go. */
  readonly burst: number;
}

/** What ten thousand clients lose. */
export const SERVER: Capacity = { perSecond: 500, burst: 50 };
/** What a hundred thousand clients lose. */
export const LARGE_SERVER: Capacity = { perSecond: 2000, burst: 200 };

const SURPLUS_FAILS_AFTER_MS = 1000;
const PEAK_WINDOW_MS = 100;

/** When the last of so many clients would be back if they came one after another, in milliseconds. */
export const idealMs = (clients: number, backAtMs = BACK_AT_MS, { perSecond } = SERVER) =>
  backAtMs + (clients / perSecond) * 1000;

/** How a server fares. */
export interface ServerPlan {
  /** Refuses at once from here … Default 0. */
  readonly downFromMs?: number;
  /** … to here. Default `BACK_AT_MS`. */
  readonly backAtMs?: number;
  /** What it takes. Default `SERVER`. */
  readonly capacity?: Capacity;
  /** What an attempt costs it that it cannot take, as a part of what one costs that it takes. Default 0. */
  readonly surplusCost?: number;
}

/** Refuses at once while it is down; else accepts what it takes, and lets the rest wait 1 s. */
export function stormServer(plan: ServerPlan = {}): StormServer {
  const { downFromMs = 0, backAtMs = BACK_AT_MS, surplusCost = 0 } = plan;
  const { perSecond, burst } = plan.capacity ?? SERVER;
  /** What it owes for attempts that it has let wait; older ones have failed by then. */
  const mostOwed = (perSecond * SURPLUS_FAILS_AFTER_MS) / 1000;
  const attemptsIn = new Map<number, number>();
  const curves: { attempts: number[]; back: number[] } = { attempts: [], back: [] };
  const tenths: { attempts: number[]; accepted: number[] } = { attempts: [], accepted: [] };
  let attempts = 0;
  let wasted = 0;
  let tokens = burst;
  let refilledAtMs = downFromMs > 0 ? 0 : backAtMs;
  return {
    get attempts() {
      return attempts;
    },
    get peak() {
      return [...attemptsIn.values()].reduce((most, count) => Math.max(most, count), 0);
    },
    get peakPerSecond() {
      const within = (first: number) =>
        Array.from({ length: 10 }, (_, i) => attemptsIn.get(first + i) ?? 0);
      const sums = [...attemptsIn.keys()].map((first) => within(first).reduce((a, b) => a + b));
      return sums.reduce((most, sum) => Math.max(most, sum), 0);
    },
    get wasted() {
      return wasted;
    },
    curves,
    tenths,
    attempt(nowMs) {
      attempts += 1;
      const second = Math.floor(nowMs / 1000);
      while (curves.attempts.length <= second) {
        curves.attempts.push(0);
        curves.back.push(curves.back.at(-1) ?? 0);
      }
      curves.attempts[second] = (curves.attempts[second] as number) + 1;
      const window = Math.floor(nowMs / PEAK_WINDOW_MS);
      while (tenths.attempts.length <= window) {
        tenths.attempts.push(0);
        tenths.accepted.push(0);
      }
      tenths.attempts[window] = (tenths.attempts[window] as number) + 1;
      if (nowMs >= downFromMs && nowMs < backAtMs) return { isAccepted: false, afterMs: 0 };
      attemptsIn.set(window, (attemptsIn.get(window) ?? 0) + 1);
      // It comes back rested.
      if (nowMs >= backAtMs && refilledAtMs < backAtMs) {
        tokens = burst;
        refilledAtMs = backAtMs;
      }
      tokens = Math.min(burst, tokens + ((nowMs - refilledAtMs) * perSecond) / 1000);
      refilledAtMs = nowMs;
      if (tokens < 1) {
        wasted += 1;
        tokens = Math.max(tokens - surplusCost, -mostOwed);
        return { isAccepted: false, afterMs: SURPLUS_FAILS_AFTER_MS };
      }
      tokens -= 1;
      curves.back[second] = (curves.back[second] as number) + 1;
      tenths.accepted[window] = (tenths.accepted[window] as number) + 1;
      return { isAccepted: true, afterMs: 0 };
    },
  };
}
