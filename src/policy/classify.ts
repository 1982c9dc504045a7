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

/** An error from user code, sorted. */
export interface Judgement {
  /** What was thrown, without the wrapper of `fatal()` or `retryable()`. */
  readonly error: unknown;
  readonly verdict: Verdict;
  /** The delay that `retryable()` asked for, in milliseconds. */
  readonly hintMs?: number | undefined;
  /** How far chance spreads the hint, in milliseconds; undefined leaves it to the backoff. */
  readonly spreadMs?: number | undefined;
  /** False when no real attempt was made: `hintMs` is the delay then. */
  readonly consumesAttempt?: boolean;
  /** What a limiter is told; undefined leaves it to the rest. */
  readonly permit?: RetryableError['permit'] | undefined;
}

/** Of failures that are no Thrown. */
const known = new WeakMap<object, Judgement>();

/** Sorts a failure that is known by `key` once: `isRetryable` is the user's. */
export function judgeOnce(key: object, sort: () => Judgement): Judgement {
  let judgement = knownJudgement(key);
  if (judgement === undefined) {
    judgement = sort();
    if (key instanceof Thrown) Thrown.setNote(key, judgement);
    else known.set(key, judgement);
  }
  return judgement;
}

/** How a failure was sorted; undefined if nobody wanted to know. */
export function knownJudgement(key: object): Judgement | undefined {
  return key instanceof Thrown ? (Thrown.note(key) as Judgement | undefined) : known.get(key);
}

/** Sorts what `connect` or `run` threw: first the marks, then `isRetryable`, then the default. */
export function classify(error: unknown, connector: AnyConnector, facts: ErrorFacts): Judgement {
  if (isFatalError(error)) return { error: error.cause, verdict: 'fatal' };
  if (isRetryableError(error)) {
    const { cause, delayMs, spreadMs, consumesAttempt, permit } = error;
    const verdict = 'transient';
    return { error: cause, verdict, hintMs: delayMs, spreadMs, consumesAttempt, permit };
  }
  // An answer that is none: no connector's table knows it.
  if (error instanceof InvalidControlFlowError) return { error, verdict: 'fatal' };
  try {
    const answer = connector.isRetryable?.(error, facts);
    return { error, verdict: readVerdict(answer) ?? defaultVerdict(error) };
  } catch (cause) {
    return { error: new IsRetryableError(error, cause), verdict: 'permanent' };
  }
}

const verdicts: readonly unknown[] = ['transient', 'permanent', 'fatal'] satisfies Verdict[];

/** Undefined for what says nothing: plain JavaScript may answer anything. */
function readVerdict(answer: boolean | Verdict | undefined): Verdict | undefined {
  if (typeof answer === 'boolean') return answer ? 'transient' : 'fatal';
  return verdicts.includes(answer) ? answer : undefined;
}

/** What no mark and no `isRetryable` has sorted. */
export function defaultVerdict(error: unknown): Verdict {
  return isProgrammerError(error) ? 'permanent' : 'transient';
}

/**
 * Errors that the same call would meet again: trying again only hides the mistake. A `SyntaxError`, `RangeError` or
 * `URIError` is none: data that came from outside causes them too.
 */
export function isProgrammerError(error: unknown): boolean {
  return mayBeProgrammerError(error) && !isNetworkError(error);
}

/** The same by the error's class alone; a `TypeError` may also be fetch's network error. */
export function mayBeProgrammerError(error: unknown): boolean {
  return (
    error instanceof TypeError ||
    error instanceof ReferenceError ||
    error instanceof InvalidOptionError ||
    // Node's AssertionError and those of chai and vitest; matched by name so that browsers need no node:assert.
    (error instanceof Error && error.name === 'AssertionError')
  );
}
