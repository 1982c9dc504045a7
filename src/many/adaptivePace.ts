// Why: docs/decisions/0068-how-the-pace-adapts.md
import { checkAtLeast, checkPositive, checkRange, resolveOptions } from '../core/check.js';
import type { PermitOutcome } from '../core/limiter.js';
import type { KeyPace, Pace } from './pace.js';
import { Tokens } from './tokens.js';

/** Where an adaptive pace begins, how far it goes, and how fast it changes. */
export interface AdaptivePaceOptions {
  /** Initial attempts per second, for each key. Default: 4. Bounds: `minPerSecond` to `maxPerSecond`, finite. */
  readonly initialPerSecond?: number;
  /** Minimum attempts per second, at which a server that is down is still asked. Default: 2. Bounds: > 0, finite. */
  readonly minPerSecond?: number;
  /** Maximum attempts per second. Default: 5000. Bounds: >= `minPerSecond`, or `Infinity`. */
  readonly maxPerSecond?: number;
  /**
   * How many attempts may be made at once after a pause; at a high pace it is more: as many as the pace allows in 10
   * ms. Default: 2. Bounds: >= 1.
   */
  readonly burst?: number;
  /**
   * The lowest factor by which a failure multiplies the pace: with 0.5 at least half of it is kept. A failure never
   * reduces the pace below the rate that the server has just accepted. Default: 0.5. Bounds: 0 to 1.
   */
  readonly decrease?: number;
  /**
   * Time without an attempt after which the pace is reduced to at most `initialPerSecond`, in milliseconds. Default:
   * 10 000. Bounds: > 0.
   */
  readonly idleResetMs?: number;
}

/** The only list of defaults. */
export const defaults: Required<AdaptivePaceOptions> = {
  initialPerSecond: 4,
  minPerSecond: 2,
  maxPerSecond: 5000,
  burst: 2,
  decrease: 0.5,
  idleResetMs: 10_000,
};

/** Failures within this time count as one overload, in milliseconds. */
const CUT_EVERY_MS = 1000;
/** A server's hint stops the growth of the pace for at most this time, in milliseconds. */
const MAX_HINT_MS = 30_000;
/**
 * The increase of the pace after each success below the threshold. It grows with the pace, because then more successes
 * are reported.
 */
const slowStart = (perSecond: number) => Math.min(0.7 + perSecond / 50, 3);
/**
 * The increase of the pace after each success above the threshold, by the time since the last reduction: small at
 * first, then larger and larger.
 */
const growthAfter = (seconds: number) => Math.min(0.01 * seconds + (seconds / 10) ** 4, 1);
/** If the share of late attempts among a second's successes exceeds this, the server is queueing. */
const LATE_SHARE = 0.005;
/** The factor applied then during the slow start, and later; at most once a second. */
const SLOW_START_DECREASE = 0.5;
const LATE_DECREASE = 0.85;
/** An attempt is late when it takes this many times the average, and at least this many milliseconds. */
const LATE_TIMES = 3;
const LATE_MS = 100;

/**
 * A pace that finds by itself how fast the server accepts attempts. It starts slowly; when attempts fail among
 * successes it drops to the rate that was just accepted; then it grows carefully. When all attempts fail, the server is
 * down: the pace drops to its minimum, and later grows again as fast as at the start.
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
  /** Below this the pace grows fast: the accepted rate at the last overload. */
  threshold = Infinity;
  #startedAtMs: number;
  #cutAtMs = -Infinity;
  /** The pace must not grow before this time. */
  #heldUntilMs = -Infinity;
  #hasOpenedSinceCut = false;
  /** Successes of the past second; each counts less the older it is. */
  #recent = 0;
  #recentAtMs: number;
  /** Average duration of a successful attempt. */
  #tookMs: number | undefined;
  /** The running attempts, in the order in which they started. */
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
      // Like TCP's restart after idle: the rate that was accepted then is no longer valid.
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
      // Subtracts a half: right after a success the sum exceeds the rate by that much.
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
      // Lateness is noticed now, failures only later, by up to a whole timeout.
      const decrease = isSlowStart ? SLOW_START_DECREASE : LATE_DECREASE;
      if (isSlowStart || sinceCutMs >= CUT_EVERY_MS) this.#cutTo(perSecond * decrease, nowMs);
      return;
    }
    // A pace that is not used fully proves nothing.
    if ((!isBusy && perSecond >= initialPerSecond) || nowMs < this.#heldUntilMs) return;
    // The first success after an outage proves that the server is up, so the pace is at least the initial one.
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
    // All attempts fail: the server is down, which says nothing about its capacity.
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

  /** Counts the late attempts after a success; an attempt that hangs much longer has another cause. */
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
