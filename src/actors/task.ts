import { clampTimer } from '../core/check.js';
import type { Clock } from '../core/clock.js';
import { ReleaseError } from '../core/errors.js';
import { LazySignal } from '../core/lazySignal.js';
import { report as tellLogger } from '../core/report.js';
import { Thrown } from '../core/thrown.js';
import type { Lease } from './lease.js';

/** What a task tells the machine while it works. */
export interface TaskReport {
  readonly type: string;
  readonly error?: Thrown;
  /** The limiter's queue. */
  readonly key?: string;
}

/** What a task does, and what it does when the machine asks it something. */
export interface Work<TInput, TOutput> {
  start(input: TInput, task: Task<TInput, TOutput>): void;
  asked?(input: TInput, task: Task<TInput, TOutput>): void;
}

type OnStop<TInput, TOutput> = (input: TInput, task: Task<TInput, TOutput>) => void;

/**
 * One call of a user's method: how it is told to end, and how it says that it has ended. Each engine says once how
 * the machine hears of it.
 */
export abstract class Task<TInput, TOutput> extends LazySignal {
  protected readonly input: TInput;
  #isOver = false;
  #onStop: OnStop<TInput, TOutput> | undefined;

  constructor(input: TInput) {
    super();
    this.input = input;
  }

  protected abstract get work(): Work<TInput, TOutput>;
  abstract get clock(): Clock;
  protected abstract get logger(): (...args: unknown[]) => void;
  protected abstract deliver(news: TaskReport): void;
  protected abstract hasResolved(output: TOutput): void;
  protected abstract hasRejected(error: Thrown): void;

  /** Tells the machine, unless nobody listens any more. */
  tell(news: TaskReport): void {
    if (!this.#isOver) this.deliver(news);
  }

  /** Tells the logger of an error that has no other taker. */
  report(error: Error): void {
    tellLogger(this.logger, error);
  }

  start(): void {
    this.work.start(this.input, this);
  }

  /** True once the work has settled or its actor was stopped: nobody listens any more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  resolve(output: TOutput): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.hasResolved(output);
  }

  /** Returns the error as the machine gets it: it has been sorted by then, if anybody wanted to know. */
  reject(error: unknown): Thrown {
    const thrown = new Thrown(error);
    if (!this.#isOver) {
      this.#isOver = true;
      this.hasRejected(thrown);
    }
    return thrown;
  }

  /** The machine asks something: see the work. */
  ask(): void {
    if (!this.#isOver) this.work.asked?.(this.input, this);
  }

  /** Fires the signal, then lets go of what the work holds. */
  stop(reason: unknown): void {
    this.abort(reason);
    this.#isOver = true;
    this.#onStop?.(this.input, this);
  }

  /**
   * What to do when the actor is stopped before the work has settled. It is given all it needs, so that it
   * need not be a closure: an idle connection keeps it for as long as it lives.
   */
  whenStopped(onStop: OnStop<TInput, TOutput>): void {
    this.#onStop = onStop;
  }

  /** Releases a lease that no `connection.closed` will tell of; a failure goes to the logger. */
  releaseUnseen(lease: Lease): void {
    const tell = () => {
      if (lease.failure) this.report(new ReleaseError(lease.failure.error));
    };
    const closing = lease.release();
    if (closing === undefined) tell();
    else void closing.then(tell);
  }

  /**
   * Releases a connection that came when it was no longer wanted. The machine waits for the release while it
   * drains; if it has left, a failure goes to the logger.
   */
  releaseLate(lease: Lease): void {
    if (this.#isOver) return this.releaseUnseen(lease);
    const settle = () => this.reject(lease.failure ? lease.failure.error : this.reason);
    const closing = lease.release();
    if (closing === undefined) settle();
    else void closing.then(settle);
  }

  /**
   * Releases the connection of a session, then settles: waits for the release, but no longer than `gracePeriodMs`.
   *
   * @param failure what `run` threw, if it did
   */
  releaseThen(lease: Lease, settle: () => void, failure?: { readonly error: unknown }): void {
    const closing = lease.release();
    if (closing === undefined || this.#isOver) return settle();
    const { clock } = this;
    const timer = clock.setTimeout(() => {
      settle();
      this.releaseUnseen(lease);
    }, clampTimer(lease.gracePeriodMs));
    this.whenStopped(() => {
      clock.clearTimeout(timer);
      this.releaseUnseen(lease);
    });
    this.tell({ type: 'run.settled', ...(failure && { error: new Thrown(failure.error) }) });
    void closing.then(() => {
      clock.clearTimeout(timer);
      settle();
    });
  }
}
