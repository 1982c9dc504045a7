// Why: docs/decisions/0068-how-the-pace-adapts.md
import { checkAtLeast, checkPositive, checkRange, resolveOptions } from '../core/check.js';
import type { PermitOutcome } from '../core/limiter.js';
import type { KeyPace, Pace } from './pace.js';
import { Tokens } from './tokens.js';

/** Where an adaptive pace begins, how far it goes, and how fast it changes. */
export interface AdaptivePaceOptions {
  /** Attempts per second to begin with, for each key. Default 4; bounds `minPerSecond` to `maxPerSecond`, finite. */
  readonly initialPerSecond?: number;
  /** The floor: a server that is down is still asked so often. Default 2; bounds > 0, finite. */
  readonly minPerSecond?: number;
  /** The ceiling. Default 5000; bounds >= `minPerSecond`, or `Infinity`. */
  readonly maxPerSecond?: number;
  /** Attempts at once after a pause. Default 2; bounds >= 1; never less than the pace brings in 10 ms. */
  readonly burst?: number;
  /** What a failure leaves of the pace, at least: no less than what the server has just accepted. Default 0.5; bounds 0 to 1. */
  readonly decrease?: number;
  /** After so long without an attempt the pace is at most `initialPerSecond` again, in milliseconds. Default 10 000; bounds > 0. */
  readonly idleResetMs?: number;
}

/** The defaults; each stands here only. */
export const defaults: Required<AdaptivePaceOptions> = {
  initialPerSecond: 4,
  minPerSecond: 2,
  maxPerSecond: 5000,
  burst: 2,
  decrease: 0.5,
  idleResetMs: 10_000,
};

/** Failures within this time are news of the same overload. */
const CUT_EVERY_MS = 1000;
/** A server's hint keeps the pace from growing for this time at most. */
const MAX_HINT_MS = 30_000;
/** What each success adds to a pace below the threshold: the more, the greater the pace, for then more of them report. */
const slowStart = (perSecond: number) => Math.min(0.7 + perSecond / 50, 3);
/** What each success adds to a pace above the threshold, so long after the last cut: little at first, then ever more. */
const growthAfter = (seconds: number) => Math.min(0.01 * seconds + (seconds / 10) ** 4, 1);
/** When more attempts are late than this share of a second's successes, the server has a queue. */
const LATE_SHARE = 0.005;
/** What it leaves of the pace in the slow start, and later, once a second at most. */
const SLOW_START_DECREASE = 0.5;
const LATE_DECREASE = 0.85;
/** An attempt is late when it takes so many times what others took, and no less than so many milliseconds. */
const LATE_TIMES = 3;
const LATE_MS = 100;

/**
 * A pace that finds out by itself how fast the server takes attempts: slow start, a cut to what was just accepted when
 * attempts fail among successes, then careful growth. When nothing but failures comes the server is down: the pace goes
 * to its floor, and starts again as fast as before.
 *
 * @throws InvalidOptionError when an option is unknown or out of bounds
 */
export function adaptivePace(options: AdaptivePaceOptions = {}): Pace {
  const settings = resolveOptions(options, defaults, []);
  const { initialPerSecond, minPerSecond, maxPerSecond, burst, decrease, idleResetMs } = settings;
  checkPositive('minPerSecond', minPerSecond);
  checkRange('minPerSecond', minPerSecond, 0, Number.MAX_VALUE);
  checkAtLeast('maxPerSecond', maxPerSecond, minPerSecond);
  checkRange(
    'initialPerSecond',
    initialPerSecond,
    minPerSecond,
    Math.min(maxPerSecond, Number.MAX_VALUE),
  );
  checkAtLeast('burst', burst, 1);
  checkRange('decrease', decrease, 0, 1);
  checkPositive('idleResetMs', idleResetMs);
  return { forKey: (nowMs) => new AdaptiveKeyPace(settings, nowMs) };
}

interface Attempt {
  readonly startedAtMs: number;
}

class AdaptiveKeyPace implements KeyPace {
  readonly #settings: Required<AdaptivePaceOptions>;
  readonly #tokens: Tokens;
  #perSecond: number;
  /** Up to here the pace grows fast: what the server took when it was last too much. */
  threshold = Infinity;
  #startedAtMs: number;
  #cutAtMs = -Infinity;
  /** The pace must not grow before. */
  #heldUntilMs = -Infinity;
  #hasOpenedSinceCut = false;
  /** Successes of the second before the last one: each counts less the older it is. */
  #recent = 0;
  #recentAtMs: number;
  /** What a success takes, on average. */
  #tookMs: number | undefined;
  /** In the order they were started. */
  readonly #underWay = new Set<Attempt>();

  constructor(settings: Required<AdaptivePaceOptions>, nowMs: number) {
    this.#settings = settings;
    this.#tokens = new Tokens(settings.burst, nowMs);
    this.#perSecond = settings.initialPerSecond;
    this.#startedAtMs = nowMs;
    this.#recentAtMs = nowMs;
  }

  get perSecond(): number {
    return this.#perSecond;
  }

  waitMs(nowMs: number): number {
    if (this.#isIdle(nowMs)) {
      // TCP's idle restart: what the server took then says nothing about now.
      this.#changeTo(Math.min(this.#perSecond, this.#settings.initialPerSecond), nowMs);
      this.threshold = Infinity;
    }
    return this.#tokens.waitMs(this.#perSecond, nowMs);
  }

  start(nowMs: number): Attempt {
    this.#tokens.take();
    this.#startedAtMs = nowMs;
    const attempt = { startedAtMs: nowMs };
    this.#underWay.add(attempt);
    return attempt;
  }

  isForgotten(nowMs: number): boolean {
    const isHeld = nowMs < this.#heldUntilMs;
    return this.#isIdle(nowMs) && !isHeld && this.#tokens.isFull(this.#perSecond, nowMs);
  }

  #isIdle(nowMs: number): boolean {
    return nowMs - this.#startedAtMs > this.#settings.idleResetMs;
  }

  report(
    attempt: Attempt,
    outcome: PermitOutcome,
    nowMs: number,
    isBusy: boolean,
    hintMs: number,
  ): void {
    this.#underWay.delete(attempt);
    if (outcome === 'opened') {
      const tookMs = nowMs - attempt.startedAtMs;
      // One for each, but for a half: right after a success the sum is that much above the rate.
      const left = (this.#recent + 0.5) * Math.exp((this.#recentAtMs - nowMs) / 1000);
      this.#recent = left + 0.5;
      this.#recentAtMs = nowMs;
      this.#tookMs = (7 * (this.#tookMs ?? tookMs) + tookMs) / 8;
      this.#hasOpenedSinceCut = true;
      this.#succeed(nowMs, isBusy);
    } else if (outcome === 'overloaded') {
      this.#heldUntilMs = Math.max(this.#heldUntilMs, nowMs + Math.min(hintMs, MAX_HINT_MS));
      this.#hasOpenedSinceCut = true;
      this.#fail(nowMs);
    } else if (outcome === 'failed') this.#fail(nowMs);
  }

  #succeed(nowMs: number, isBusy: boolean): void {
    const { initialPerSecond } = this.#settings;
    const perSecond = this.#perSecond;
    const isSlowStart = perSecond < this.threshold;
    const sinceCutMs = nowMs - this.#cutAtMs;
    if (this.#lateAttempts(nowMs) > LATE_SHARE * this.#recent) {
      // That they fail would be known later, by up to a whole timeout.
      const decrease = isSlowStart ? SLOW_START_DECREASE : LATE_DECREASE;
      if (isSlowStart || sinceCutMs >= CUT_EVERY_MS) this.#cutTo(perSecond * decrease, nowMs);
      return;
    }
    // A pace that nobody needs proves nothing.
    if ((!isBusy && perSecond >= initialPerSecond) || nowMs < this.#heldUntilMs) return;
    // The first success after an outage says that the server is up: not below where it starts.
    const grown = isSlowStart
      ? Math.min(Math.max(perSecond + slowStart(perSecond), initialPerSecond), this.threshold)
      : perSecond + growthAfter(sinceCutMs / 1000);
    this.#changeTo(grown, nowMs);
  }

  #fail(nowMs: number): void {
    if (nowMs - this.#cutAtMs < CUT_EVERY_MS) return;
    const lower = this.#perSecond * this.#settings.decrease;
    if (this.#hasOpenedSinceCut) {
      this.#cutTo(Math.min(Math.max(lower, this.#recent), this.#perSecond), nowMs);
      return;
    }
    // Nothing but failures: the server is down, which says nothing about how much it takes.
    this.#changeTo(lower, nowMs);
    this.#cutAtMs = nowMs;
  }

  #cutTo(perSecond: number, nowMs: number): void {
    this.#changeTo(perSecond, nowMs);
    this.threshold = this.#perSecond;
    this.#cutAtMs = nowMs;
    this.#hasOpenedSinceCut = false;
  }

  #changeTo(perSecond: number, nowMs: number): void {
    const { minPerSecond, maxPerSecond } = this.#settings;
    this.#tokens.refill(this.#perSecond, nowMs);
    this.#perSecond = Math.min(Math.max(perSecond, minPerSecond), maxPerSecond);
  }

  /** After a success: those that are late just now; one that hangs for long has reasons of its own. */
  #lateAttempts(nowMs: number): number {
    const lateAfterMs = Math.max(LATE_MS, LATE_TIMES * (this.#tookMs as number));
    let late = 0;
    for (const attempt of this.#underWay) {
      const tookMs = nowMs - attempt.startedAtMs;
      if (tookMs < lateAfterMs) break;
      if (tookMs < lateAfterMs + CUT_EVERY_MS) late += 1;
      else this.#underWay.delete(attempt);
    }
    return late;
  }
}
