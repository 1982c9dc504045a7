import { clampTimer } from '../core/check.js';
import type { Clock } from '../core/clock.js';
import { ReleaseError, StopRequested } from '../core/errors.js';
import { LazySignal } from '../core/lazySignal.js';
import { report as tellLogger } from '../core/report.js';
import { Thrown } from '../core/thrown.js';
import type { Lease } from './lease.js';

/** A report of a task to the machine while it works. */
export interface TaskReport {
  readonly type: string;
  readonly error?: Thrown;
  /** The key of the limiter's queue. */
  readonly key?: string;
}

/** The work of a task, and its reactions to the machine's requests. */
export interface Work<TInput, TOutput> {
  start(input: TInput, task: Task<TInput, TOutput>): void;
  asked?(input: TInput, task: Task<TInput, TOutput>): void;
}

type OnStop<TInput, TOutput> = (input: TInput, task: Task<TInput, TOutput>) => void;

/**
 * One call of a user's method: how it is aborted, and how it reports its result. Each engine implements once how that
 * report reaches the machine.
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

  /** Reports to the machine, unless the task has ended. */
  tell(news: TaskReport): void {
    if (!this.#isOver) this.deliver(news);
  }

  /** Reports to the logger an error that nothing else handles. */
  report(error: Error): void {
    tellLogger(this.logger, error);
  }

  start(): void {
    this.work.start(this.input, this);
  }

  /** True once the work has settled or its actor was stopped: further reports are ignored. */
  get isOver(): boolean {
    return this.#isOver;
  }

  resolve(output: TOutput): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.hasResolved(output);
  }

  /** Rejects, and returns the error as the machine receives it: already classified, if anything needed the verdict. */
  reject(error: unknown): Thrown {
    const thrown = new Thrown(error);
    if (!this.#isOver) {
      this.#isOver = true;
      this.hasRejected(thrown);
    }
    return thrown;
  }

  /** Passes a request of the machine to the work: see `Work.asked`. */
  ask(): void {
    if (!this.#isOver) this.work.asked?.(this.input, this);
  }

  /** Aborts the signal, then drops what the work holds. */
  stop(reason: unknown): void {
    this.abort(reason);
    this.#isOver = true;
    this.#onStop?.(this.input, this);
  }

  /**
   * Sets the callback for an actor that is stopped before the work has settled. The callback receives everything it
   * needs as arguments, so that it need not be a closure, which an idle connection would keep alive.
   */
  whenStopped(onStop: OnStop<TInput, TOutput>): void {
    this.#onStop = onStop;
  }

  /** Releases a lease whose `connection.closed` is never emitted; a failure goes to the logger. */
  releaseUnseen(lease: Lease): void {
    const tell = () => {
      if (lease.failure) this.report(new ReleaseError(lease.failure.error));
    };
    const closing = lease.release();
    if (closing === undefined) tell();
    else void closing.then(tell);
  }

  /**
   * Releases a connection that came too late. The machine waits for the release while it drains. A failure goes to the
   * logger, except after a `stop`, whose output contains it if the machine has waited.
   */
  releaseLate(lease: Lease): void {
    if (this.#isOver) return this.releaseUnseen(lease);
    const settle = () => {
      const { failure } = lease;
      if (failure && (this.#isOver || !(this.reason instanceof StopRequested))) {
        this.report(new ReleaseError(failure.error));
      }
      this.reject(failure ? failure.error : this.reason);
    };
    const closing = lease.release();
    if (closing === undefined) settle();
    else void closing.then(settle);
  }

  /**
   * Releases the connection of a session, then settles. Waits for the release at most `gracePeriodMs`.
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
