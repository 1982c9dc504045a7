import isNetworkError from 'is-network-error';
import type { AnyConnector } from '../core/connector.js';
import {
  FatalError,
  InvalidOptionError,
  IsRetryableError,
  RetryableError,
} from '../core/errors.js';

/** An error from user code, sorted: what was thrown, and what follows from it. */
export class Rejection {
  constructor(
    /** What was thrown, without the wrapper of `fatal()` or `retryable()`. */
    readonly error: unknown,
    readonly isFatal: boolean,
    /** Floor of the next delay in milliseconds. */
    readonly minDelayMs = 0,
    /** False when no real try was made: `minDelayMs` is the delay then. */
    readonly consumesAttempt = true,
  ) {}
}

/** Sorts what `connect` or `run` threw: first the marks, then `isRetryable`, then the default. */
export function classify(error: unknown, connector: AnyConnector): Rejection {
  if (error instanceof FatalError) return new Rejection(error.cause, true);
  if (error instanceof RetryableError) {
    return new Rejection(error.cause, false, error.delayMs, error.consumesAttempt);
  }
  if (connector.isRetryable === undefined) return new Rejection(error, isProgrammerError(error));
  try {
    return new Rejection(error, !connector.isRetryable(error));
  } catch (cause) {
    return new Rejection(new IsRetryableError(error, cause), true);
  }
}

/** Errors that the same call would meet again: trying again only hides the mistake. */
export function isProgrammerError(error: unknown): boolean {
  if (error instanceof TypeError) return !isNetworkError(error);
  return (
    error instanceof ReferenceError ||
    error instanceof SyntaxError ||
    error instanceof RangeError ||
    error instanceof InvalidOptionError ||
    // Node's AssertionError and those of chai and vitest; matched by name so that browsers need no node:assert.
    (error instanceof Error && error.name === 'AssertionError')
  );
}
