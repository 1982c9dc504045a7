import { clampTimer } from '../core/check.js';
import { type AnyConnector, type FailureContext, isControlFlow } from '../core/connector.js';
import { FatalError, InvalidRetryDelayError, RetryableError } from '../core/errors.js';
import { isThenable } from '../core/isThenable.js';
import { LazySignal } from '../core/lazySignal.js';
import type { Backoff, Random } from './backoff.js';

/** What follows a failure. */
export type Decision = DelayDecision | BreakDecision | FailedDecision | PendingDecision;

export interface DelayDecision {
  readonly type: 'delay';
  readonly delayMs: number;
}

export interface BreakDecision {
  readonly type: 'break';
  readonly value: unknown;
}

export interface FailedDecision {
  readonly type: 'failed';
  readonly error: unknown;
}

/** An answer that is still to come: `retryDelay` returned a promise. */
export class PendingDecision {
  readonly type = 'pending';
  readonly #answer: Promise<Decision>;
  readonly #signal: LazySignal;

  constructor(answer: PromiseLike<unknown>, minDelayMs: number, signal: LazySignal) {
    this.#signal = signal;
    this.#answer = Promise.resolve(answer).then(
      (value) => readAnswer(value, minDelayMs),
      (error: unknown) => ({ type: 'failed', error: unmark(error) }),
    );
  }

  /** Never rejects: what `retryDelay` threw is a decision too. */
  get answer(): Promise<Decision> {
    return this.#answer;
  }

  /** Tells `retryDelay` that its answer is no longer wanted. */
  abort(reason: unknown): void {
    this.#signal.abort(reason);
  }
}

/** Asks the connector, or else the backoff, what follows a failure. */
export function decide(
  policy: { connector: AnyConnector; backoff: Backoff; random: Random },
  facts: Omit<FailureContext, 'signal'>,
  minDelayMs: number,
): Decision {
  const { connector, backoff, random } = policy;
  const signal = new LazySignal();
  const failure = new PolicyFailure(facts, signal);
  try {
    const answer: unknown =
      connector.retryDelay === undefined ? backoff(failure, random) : connector.retryDelay(failure);
    if (isThenable(answer)) return new PendingDecision(answer, minDelayMs, signal);
    return readAnswer(answer, minDelayMs);
  } catch (error) {
    return { type: 'failed', error: unmark(error) };
  }
}

class PolicyFailure implements FailureContext {
  readonly phase: FailureContext['phase'];
  readonly error: unknown;
  readonly attempt: number;
  readonly previousDelayMs: number;
  readonly downMs: number;
  readonly #signal: LazySignal;

  constructor(facts: Omit<FailureContext, 'signal'>, signal: LazySignal) {
    this.phase = facts.phase;
    this.error = facts.error;
    this.attempt = facts.attempt;
    this.previousDelayMs = facts.previousDelayMs;
    this.downMs = facts.downMs;
    this.#signal = signal;
  }

  get signal(): AbortSignal {
    return this.#signal.signal;
  }
}

function readAnswer(answer: unknown, minDelayMs: number): Decision {
  if (isControlFlow(answer)) {
    if (answer.type === 'Break') return { type: 'break', value: answer.value };
    return readDelay(answer.payload === undefined ? 0 : answer.payload, minDelayMs);
  }
  return readDelay(answer, minDelayMs);
}

function readDelay(ms: unknown, minDelayMs: number): Decision {
  if (typeof ms !== 'number' || !(ms >= 0)) return invalid(ms);
  return delay(Math.max(ms, minDelayMs));
}

/** A wait of any length >= 0; `Infinity` has no timer. */
export function delay(ms: number): DelayDecision {
  return { type: 'delay', delayMs: ms === Infinity ? Infinity : clampTimer(ms) };
}

function invalid(received: unknown): Decision {
  return { type: 'failed', error: new InvalidRetryDelayError(received) };
}

/** The error without the wrapper of `fatal()` or `retryable()`. */
function unmark(error: unknown): unknown {
  return error instanceof FatalError || error instanceof RetryableError ? error.cause : error;
}
