// Why: docs/decisions/0003-synchronous-answers.md
import { clampTimer } from '../core/check.js';
import { type AnyConnector, type FailureContext, isControlFlow } from '../core/connector.js';
import { InvalidRetryDelayError, unmark } from '../core/errors.js';
import { isThenable } from '../core/isThenable.js';
import { LazySignal } from '../core/lazySignal.js';
import type { Backoff, Random } from './backoff.js';

/** The decision after a failure. */
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

/** A decision that is still pending: `retryDelay` returned a promise. */
export class PendingDecision {
  readonly type = 'pending';
  readonly #answer: Promise<Decision>;
  readonly #failure: PolicyFailure;

  constructor(answer: PromiseLike<unknown>, failure: PolicyFailure) {
    this.#failure = failure;
    this.#answer = Promise.resolve(answer).then(readAnswer, (error: unknown) => ({
      type: 'failed',
      error: unmark(error),
    }));
  }

  /** Never rejects: an error of `retryDelay` is a decision too. */
  get answer(): Promise<Decision> {
    return this.#answer;
  }

  /** Aborts the signal of `retryDelay`: its answer is no longer needed. */
  abort(reason: unknown): void {
    PolicyFailure.abort(this.#failure, reason);
  }
}

/**
 * Asks the connector's `retryDelay`, or else the backoff, what follows a failure. A connector's `retryDelay` knows the
 * hint and decides alone; otherwise the delay is the greater of the backoff's answer and the spread hint.
 *
 * @param spreadMs width of the random spread of the hint; undefined: the longest delay that the backoff could answer
 */
export function decide(
  policy: { connector: AnyConnector; backoff: Backoff; random: Random },
  facts: Omit<FailureContext, 'signal'>,
  spreadMs: number | undefined,
): Decision {
  const { connector, backoff, random } = policy;
  const failure = new PolicyFailure(facts);
  try {
    if (connector.retryDelay !== undefined) {
      const answer: unknown = connector.retryDelay(failure);
      return isThenable(answer) ? new PendingDecision(answer, failure) : readAnswer(answer);
    }
    const decision = readAnswer(backoff(failure, random));
    const { hintMs = 0 } = failure;
    // A hint of 0 asks for nothing, unless it is to be spread.
    if (decision.type !== 'delay' || (hintMs === 0 && spreadMs === undefined)) return decision;
    const spread = spreadMs ?? longestDelay(backoff, failure);
    return delay(Math.max(decision.delayMs, hintMs + random() * spread));
  } catch (error) {
    return { type: 'failed', error: unmark(error) };
  }
}

/** The decision for a link that resumes after the failures of an earlier one: the backoff alone decides. */
export function decideByBackoff(
  { backoff, random }: { backoff: Backoff; random: Random },
  attempt: number,
): Decision {
  const facts = { phase: 'connect', error: undefined, attempt, previousDelayMs: 0 } as const;
  const failure = new PolicyFailure({ ...facts, hintMs: undefined, downMs: 0 });
  try {
    return readAnswer(backoff(failure, random));
  } catch (error) {
    return { type: 'failed', error: unmark(error) };
  }
}

const JUST_BELOW_1 = 1 - Number.EPSILON / 2;

/** The backoff's answer to the greatest random number. */
function longestDelay(backoff: Backoff, failure: FailureContext): number {
  const decision = readAnswer(backoff(failure, () => JUST_BELOW_1));
  return decision.type === 'delay' && decision.delayMs !== Infinity ? decision.delayMs : 0;
}

export class PolicyFailure implements FailureContext {
  readonly phase: FailureContext['phase'];
  readonly error: unknown;
  readonly attempt: number;
  readonly previousDelayMs: number;
  readonly hintMs: number | undefined;
  readonly downMs: number;
  // Most policies do not read the signal.
  #signal: LazySignal | undefined;

  constructor(facts: Omit<FailureContext, 'signal'>) {
    this.phase = facts.phase;
    this.error = facts.error;
    this.attempt = facts.attempt;
    this.previousDelayMs = facts.previousDelayMs;
    this.hintMs = facts.hintMs;
    this.downMs = facts.downMs;
  }

  static abort(failure: PolicyFailure, reason: unknown): void {
    failure.#signal ??= new LazySignal();
    failure.#signal.abort(reason);
  }

  get signal(): AbortSignal {
    this.#signal ??= new LazySignal();
    return this.#signal.signal;
  }
}

function readAnswer(answer: unknown): Decision {
  if (!isControlFlow(answer)) return readDelay(answer);
  if (answer.type === 'Break') return { type: 'break', value: answer.value };
  return readDelay(answer.payload === undefined ? 0 : answer.payload);
}

function readDelay(ms: unknown): Decision {
  if (typeof ms !== 'number' || !(ms >= 0)) {
    return { type: 'failed', error: new InvalidRetryDelayError(ms) };
  }
  return delay(ms);
}

/** A delay of any length >= 0; `Infinity` has no timer. */
export function delay(ms: number): DelayDecision {
  return { type: 'delay', delayMs: ms === Infinity ? Infinity : clampTimer(ms) };
}
