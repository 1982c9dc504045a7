import { clampTimer } from '../core/check.js';
import { type Clock, clockOf } from '../core/clock.js';
import { ReleaseError } from '../core/errors.js';
import { LazySignal } from '../core/lazySignal.js';
import { report } from '../core/report.js';
import { Thrown } from '../core/thrown.js';
import type { Lease } from './lease.js';

/** What a task's actor hears: how the user's method settled, and the machine's wish that it ends. */
export type TaskEvent =
  | { type: 'resolved'; output: unknown }
  | { type: 'rejected'; error: unknown }
  | { type: 'abort'; reason: unknown };

/** What a task needs of the engine that runs it. */
export interface TaskScope {
  /** The task's actor; it has the `clock` of its system. */
  readonly self: { send(event: TaskEvent): void };
  readonly logger: (...args: unknown[]) => void;
}

export type Work<TInput, TOutput> = (input: TInput, task: Task<TInput, TOutput>) => void;

/** One call of a user's method: how it is told to end, and how it says that it has ended. */
export class Task<TInput, TOutput> extends LazySignal {
  readonly #work: Work<TInput, TOutput>;
  readonly #input: TInput;
  readonly #scope: TaskScope;
  #isOver = false;
  #onStop: Work<TInput, TOutput> | undefined;

  constructor(work: Work<TInput, TOutput>, input: TInput, scope: TaskScope) {
    super();
    this.#work = work;
    this.#input = input;
    this.#scope = scope;
  }

  /** The same work once more: a task that is over stays so, for its work may still go on. */
  renewed(): Task<TInput, TOutput> {
    return new Task(this.#work, this.#input, this.#scope);
  }

  get clock(): Clock {
    return clockOf(this.#scope.self);
  }

  start(): void {
    this.#work(this.#input, this);
  }

  /** True once the work has settled or its actor was stopped: nobody listens any more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  resolve(output: TOutput): void {
    this.#settle({ type: 'resolved', output });
  }

  reject(error: unknown): void {
    this.#settle({ type: 'rejected', error: new Thrown(error) });
  }

  /** Fires the signal, then lets go of what the work holds. */
  stop(reason: unknown): void {
    this.abort(reason);
    this.#isOver = true;
    this.#onStop?.(this.#input, this);
  }

  /**
   * What to do when the actor is stopped before the work has settled. It is given all it needs, so that it
   * need not be a closure: an idle connection keeps it for as long as it lives.
   */
  whenStopped(onStop: Work<TInput, TOutput>): void {
    this.#onStop = onStop;
  }

  /** Releases a lease that no `connection.closed` will tell of; a failure goes to the logger. */
  releaseUnseen(lease: Lease): void {
    const tell = () => {
      if (lease.failure) report(this.#scope.logger, new ReleaseError(lease.failure.error));
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

  /** Releases the connection of a session, then settles: waits for the release, but no longer than the drain allows. */
  releaseThen(lease: Lease, settle: () => void): void {
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
    void closing.then(() => {
      clock.clearTimeout(timer);
      settle();
    });
  }

  #settle(event: TaskEvent): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#scope.self.send(event);
  }
}

/** Calls a user's method: what it throws at once is a rejection, what it returns bare is a result. */
export function call<T>(method: () => T | PromiseLike<T>): Promise<T> {
  try {
    return Promise.resolve(method());
  } catch (error) {
    return Promise.reject(error);
  }
}
