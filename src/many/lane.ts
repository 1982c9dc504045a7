import { clampTimer } from '../core/check.js';
import type { Clock } from '../core/clock.js';
import type { ConnectRequest, Permit, PermitOutcome } from '../core/limiter.js';
import type { LaneChange, Tap } from '../core/tap.js';
import type { ConnectBudget, KeyBudget } from './budget.js';
import type { KeyPace } from './pace.js';
import type { InTurn, Total } from './total.js';
import { Waiters } from './waiters.js';

/** The pace may grow while a timer runs: the timer is replaced if it would fire later by this much, in milliseconds. */
const MUCH_EARLIER_MS = 500;

/** A budget is asked for the permits that the pace allows within this time. */
const LEASE_MS = 100;

/** The settings shared by all keys of a limiter. */
export interface LaneTerms {
  readonly maxConcurrent: number;
  readonly total: Total;
  readonly clock: Clock;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
  readonly budget: ConnectBudget | undefined;
  readonly tap: Tap | undefined;
}

/** One key: its waiting attempts, its running attempts, and its pace. */
export class Lane implements InTurn {
  readonly pace: KeyPace;
  readonly waiters = new Waiters();
  inFlight = 0;
  readonly #key: string;
  readonly #terms: LaneTerms;
  readonly #budget: KeyBudget | undefined;
  /** Boxed, because a clock may use any value as a timer. */
  #timer: { readonly id: unknown; readonly dueMs: number } | undefined;
  #isGranting = false;

  constructor(key: string, pace: KeyPace, terms: LaneTerms) {
    this.pace = pace;
    this.#key = key;
    this.#terms = terms;
    this.#budget = terms.budget?.forKey(key, () => this.#grantAll());
  }

  /** True if a new lane may replace this one. */
  get isForgotten(): boolean {
    const isIdle = this.waiters.size === 0 && this.inFlight === 0;
    return isIdle && this.pace.isForgotten(this.#terms.now());
  }

  tryAcquire(): Permit | undefined {
    const isFirst = this.waiters.size === 0 && this.#terms.total.isOpen;
    if (!isFirst || !this.#hasRoom || this.#waitMs() > 0 || !this.#isInBudget) return undefined;
    const permit = this.#issue();
    this.#tell('granted');
    return permit;
  }

  enqueue(request: ConnectRequest, granted: (permit: Permit) => void): () => void {
    const waiter = this.waiters.add(request, granted);
    this.#tell('queued');
    this.#grantAll();
    return () => {
      if (!this.waiters.remove(waiter)) return;
      if (this.waiters.size === 0) this.#rest();
      this.#tell('withdrawn');
    };
  }

  takeTurn(): void {
    this.#grantAll(true);
  }

  /** Grants permits while attempts wait and all limits allow it, and arranges for the next grant. */
  #grantAll(isItsTurn = false): void {
    // A grant may settle a permit, which calls this again.
    if (this.#isGranting) return;
    this.#isGranting = true;
    try {
      for (let mayPass = isItsTurn; this.#isReady(); mayPass = false) {
        if (!mayPass && !this.#terms.total.isOpen) {
          this.#terms.total.join(this);
          break;
        }
        if (!this.#isInBudget) break;
        this.#grant();
      }
    } finally {
      this.#isGranting = false;
    }
  }

  /** True if an attempt waits and the limits of this key allow it. */
  #isReady(): boolean {
    // A settled permit makes room.
    if (this.waiters.size === 0 || !this.#hasRoom) return false;
    const waitMs = this.#waitMs();
    if (waitMs > 0) this.#wakeIn(waitMs);
    return waitMs === 0;
  }

  get #hasRoom(): boolean {
    return this.inFlight < this.#terms.maxConcurrent;
  }

  /** True if the budget allows an attempt; if not, the budget is asked, and wakes this key. */
  get #isInBudget(): boolean {
    if (this.#budget === undefined) return true;
    // Permits that wait for the pace would be missing elsewhere.
    const soon = Math.ceil((this.pace.perSecond * LEASE_MS) / 1000) || 1;
    const room = this.#terms.maxConcurrent - this.inFlight;
    return this.#budget.isReady(Math.min(this.waiters.size, room, soon));
  }

  #waitMs(): number {
    const waitMs = this.pace.waitMs(this.#terms.now());
    // A user's pace may return a time in the past.
    return waitMs > 0 ? waitMs : 0;
  }

  #wakeIn(waitMs: number): void {
    const { clock, now } = this.#terms;
    const delayMs = clampTimer(Math.ceil(waitMs));
    const dueMs = now() + delayMs;
    if (this.#timer !== undefined && this.#timer.dueMs - dueMs < MUCH_EARLIER_MS) return;
    this.#clearTimer();
    const wake = () => {
      this.#timer = undefined;
      this.#grantAll();
    };
    this.#timer = { id: clock.setTimeout(wake, delayMs), dueMs };
  }

  #clearTimer(): void {
    if (this.#timer !== undefined) this.#terms.clock.clearTimeout(this.#timer.id);
    this.#timer = undefined;
  }

  /** No attempt waits any more. */
  #rest(): void {
    this.#budget?.rest();
    this.#terms.total.leave(this);
    this.#clearTimer();
  }

  #grant(): void {
    // This comes first, because a user's pace may throw.
    const permit = this.#issue();
    const { grant } = this.waiters.shift();
    this.#tell('granted');
    if (this.waiters.size === 0) this.#rest();
    try {
      grant(permit);
    } catch (error) {
      permit.settle('ignored');
      // The failure of one grant must not delay the other attempts.
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  #issue(): Permit {
    const attempt = this.pace.start(this.#terms.now());
    this.#budget?.take();
    this.inFlight += 1;
    this.#terms.total.inFlight += 1;
    return new LanePermit(this, attempt);
  }

  /** An attempt has ended. */
  settle(attempt: unknown, outcome: PermitOutcome, hintMs?: number): void {
    const { total } = this.#terms;
    this.inFlight -= 1;
    total.inFlight -= 1;
    this.report(attempt, outcome, hintMs, 'settled');
    this.#grantAll();
    total.serve();
  }

  report(
    attempt: unknown,
    outcome: PermitOutcome,
    hintMs = 0,
    change: LaneChange = 'unstable',
  ): void {
    const isBusy = this.waiters.size > 0 && !this.#budget?.isShort;
    this.pace.report(attempt, outcome, this.#terms.now(), isBusy, hintMs);
    this.#tell(change, outcome);
  }

  #tell(change: LaneChange, outcome?: PermitOutcome): void {
    this.#terms.tap?.lane?.(change, this, {
      limiter: this.#terms,
      key: this.#key,
      queued: this.waiters.size,
      inFlight: this.inFlight,
      pace: this.pace,
      outcome,
    });
  }
}

/** A class to save memory: each session that has not become stable keeps one. */
class LanePermit implements Permit {
  readonly #lane: Lane;
  readonly #attempt: unknown;
  #state: 'underWay' | 'opened' | 'over' = 'underWay';

  constructor(lane: Lane, attempt: unknown) {
    this.#lane = lane;
    this.#attempt = attempt;
  }

  settle(outcome: PermitOutcome, hintMs?: number): void {
    if (this.#state !== 'underWay') return;
    this.#state = outcome === 'opened' ? 'opened' : 'over';
    this.#lane.settle(this.#attempt, outcome, hintMs);
  }

  unstable(hintMs?: number): void {
    if (this.#state !== 'opened') return;
    this.#state = 'over';
    this.#lane.report(this.#attempt, hintMs === undefined ? 'failed' : 'overloaded', hintMs);
  }
}
