// Why: docs/decisions/0052-three-verdicts.md
import isNetworkError from 'is-network-error';
import type { AnyConnector, ErrorFacts, Verdict } from '../core/connector.js';
import {
  InvalidControlFlowError,
  InvalidOptionError,
  isFatalError,
  isRetryableError,
  IsRetryableError,
  type RetryableError,
} from '../core/errors.js';
import { Thrown } from '../core/thrown.js';

/** An error from user code with its verdict. */
export interface Judgement {
  /** The thrown value, without the wrapper of `fatal()` or `retryable()`. */
  readonly error: unknown;
  readonly verdict: Verdict;
  /** The delay that `retryable()` asked for, in milliseconds. */
  readonly hintMs?: number | undefined;
  /** Width of the random spread of the hint, in milliseconds; undefined leaves it to the backoff. */
  readonly spreadMs?: number | undefined;
  /** False when no real attempt was made: the delay is then `hintMs` and a random part of `spreadMs`. */
  readonly consumesAttempt?: boolean;
  /** What is reported to a limiter; undefined for the default. */
  readonly permit?: RetryableError['permit'] | undefined;
}

/** The verdicts of failures that are not a Thrown. */
const known = new WeakMap<object, Judgement>();

/** Classifies the failure with this `key` only once, because `isRetryable` is the user's function. */
export function judgeOnce(key: object, sort: () => Judgement): Judgement {
  let judgement = knownJudgement(key);
  if (judgement === undefined) {
    judgement = sort();
    if (key instanceof Thrown) Thrown.setNote(key, judgement);
    else known.set(key, judgement);
  }
  return judgement;
}

/** The stored verdict of a failure; undefined if none was needed so far. */
export function knownJudgement(key: object): Judgement | undefined {
  return key instanceof Thrown ? (Thrown.note(key) as Judgement | undefined) : known.get(key);
}

/** Classifies an error of the connector's methods: first by marks, then by `isRetryable`, then by default. */
export function classify(error: unknown, connector: AnyConnector, facts: ErrorFacts): Judgement {
  if (isFatalError(error)) return { error: error.cause, verdict: 'fatal' };
  if (isRetryableError(error)) {
    const { cause, delayMs, spreadMs, consumesAttempt, permit } = error;
    const verdict = 'transient';
    return { error: cause, verdict, hintMs: delayMs, spreadMs, consumesAttempt, permit };
  }
  // An invalid answer of user code: no connector's table knows it.
  if (error instanceof InvalidControlFlowError) return { error, verdict: 'fatal' };
  try {
    const answer = connector.isRetryable?.(error, facts);
    return { error, verdict: readVerdict(answer) ?? defaultVerdict(error) };
  } catch (cause) {
    return { error: new IsRetryableError(error, cause), verdict: 'permanent' };
  }
}

const verdicts: readonly unknown[] = ['transient', 'permanent', 'fatal'] satisfies Verdict[];

/** Undefined for an answer that is not a verdict: plain JavaScript may return anything. */
function readVerdict(answer: boolean | Verdict | undefined): Verdict | undefined {
  if (typeof answer === 'boolean') return answer ? 'transient' : 'fatal';
  return verdicts.includes(answer) ? answer : undefined;
}

/** The verdict of an error that no mark and no `isRetryable` has classified. */
export function defaultVerdict(error: unknown): Verdict {
  return isProgrammerError(error) ? 'permanent' : 'transient';
}

/**
 * True for a mistake in the program, which the same call would throw again: a `TypeError` (except that of a failed
 * `fetch`), a `ReferenceError`, an `AssertionError`, an `InvalidOptionError`. False for all others, also for a
 * `SyntaxError`, `RangeError` or `URIError`, because external data may cause these.
 */
export function isProgrammerError(error: unknown): boolean {
  return mayBeProgrammerError(error) && !isNetworkError(error);
}

/** Decides by the error's class alone; a `TypeError` may also be fetch's network error. */
export function mayBeProgrammerError(error: unknown): boolean {
  return (
    error instanceof TypeError ||
    error instanceof ReferenceError ||
    error instanceof InvalidOptionError ||
    // Matches the AssertionError of Node, chai and vitest by name, so that browsers need no node:assert.
    (error instanceof Error && error.name === 'AssertionError')
  );
}
