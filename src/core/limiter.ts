import { checkMethods, checkString } from './check.js';
import { LimiterError, unmark } from './errors.js';

/** Paces attempts: anybody may write one. */
export interface ConnectLimiter {
  /** A permit at once, if there is one and nobody waits for it. */
  tryAcquire(request: ConnectRequest): Permit | undefined;
  /** A permit later; the answer takes the request back, and does nothing after a grant. */
  enqueue(request: ConnectRequest, granted: (permit: Permit) => void): () => void;
}

/** Who asks for a permit. */
export interface ConnectRequest {
  /** The queue: `limiterKey`. */
  readonly key: string;
  /** Greater goes first. */
  readonly priority: number;
  /** Failed attempts in a row so far. */
  readonly attempt: number;
}

/** The queue of a limiter, or a function that is asked for it before each attempt. */
export type LimiterKey = string | (() => string);

/**
 * How an attempt went: `overloaded` when the server asked for a delay; `ignored` when it says nothing about the
 * server, such as a fatal error, an abort, or an attempt that was none.
 */
export type PermitOutcome = 'opened' | 'failed' | 'overloaded' | 'ignored';

/** The leave to make one attempt. */
export interface Permit {
  /**
   * Called exactly once, when the attempt is over.
   *
   * @param hintMs with `overloaded`: how long the server wants to be left alone, in milliseconds
   */
  settle(outcome: PermitOutcome, hintMs?: number): void;
  /**
   * Called at most once, after `opened`: the session ended by itself before it was stable.
   *
   * @param hintMs how long the server wants to be left alone, in milliseconds, if its end said so
   */
  unstable(hintMs?: number): void;
}

/** @throws InvalidOptionError when it lacks a method */
export function checkLimiter(limiter: ConnectLimiter, option = 'limiter'): ConnectLimiter {
  return checkMethods(option, limiter, ['tryAcquire', 'enqueue']);
}

/** @throws InvalidOptionError when it is neither a string nor a function */
export function checkLimiterKey(key: LimiterKey, option = 'limiterKey'): LimiterKey {
  return typeof key === 'function' ? key : checkKey(option, key);
}

/**
 * The key of the attempt that comes next.
 *
 * @throws InvalidOptionError when the function answers no string; LimiterError when it throws, or what it has marked
 */
export function askLimiterKey(key: LimiterKey, connector: object): string {
  if (typeof key === 'string') return key;
  let answer: unknown;
  try {
    answer = key.call(connector);
  } catch (cause) {
    throw unmark(cause) === cause ? new LimiterError('`limiterKey` threw', { cause }) : cause;
  }
  // A promise is refused, but its rejection has a taker.
  if (typeof answer !== 'string') Promise.resolve(answer).catch(() => {});
  return checkKey('limiterKey', answer);
}

function checkKey(option: string, key: unknown): string {
  return checkString(option, key, 'a string, or a function that answers one');
}
