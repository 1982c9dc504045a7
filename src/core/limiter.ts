import { checkMethods, checkString } from './check.js';
import { LimiterError, unmark } from './errors.js';

/** Paces attempts. Users may implement it themselves. */
export interface ConnectLimiter {
  /**
   * The name of what an attempt waits for, if that is not a queue: reported as the `key` of `connection.queued`. The
   * limiter of `exclusive` sets it to the word `lock` and the lock's name, such as `lock feed`. Default: the key of the
   * request.
   */
  readonly waitsFor?: string;
  /** Returns a permit at once, if one is free and no other request waits for it. */
  tryAcquire(request: ConnectRequest): Permit | undefined;
  /** Grants a permit later. The returned function withdraws the request, and does nothing after a grant. */
  enqueue(request: ConnectRequest, granted: (permit: Permit) => void): () => void;
}

/** A request for a permit. */
export interface ConnectRequest {
  /** The name of the queue: `limiterKey`. */
  readonly key: string;
  /** Requests with a greater priority go first. */
  readonly priority: number;
  /** Number of failures in a row so far. */
  readonly attempt: number;
}

/** The name of a limiter's queue, or a function that returns it and is called before each attempt. */
export type LimiterKey = string | (() => string);

/**
 * The outcome of an attempt: `overloaded` when the server asked for a delay; `ignored` when it says nothing about the
 * server, for example after a fatal error, an abort, or when no attempt was made.
 */
export type PermitOutcome = 'opened' | 'failed' | 'overloaded' | 'ignored';

/** The permission to make one attempt. */
export interface Permit {
  /**
   * Called exactly once, when the attempt has ended.
   *
   * @param hintMs with `overloaded`: how long the server asked clients to stay away, in milliseconds
   */
  settle(outcome: PermitOutcome, hintMs?: number): void;
  /**
   * Called at most once, after `opened`: the session ended on its own before it was stable.
   *
   * @param hintMs how long the server asked clients to stay away, in milliseconds, if the end contained that
   */
  unstable(hintMs?: number): void;
}

/** @throws InvalidOptionError when a method is missing */
export function checkLimiter(limiter: ConnectLimiter, option = 'limiter'): ConnectLimiter {
  return checkMethods(option, limiter, ['tryAcquire', 'enqueue']);
}

/** @throws InvalidOptionError when `key` is neither a string nor a function */
export function checkLimiterKey(key: LimiterKey, option = 'limiterKey'): LimiterKey {
  return typeof key === 'function' ? key : checkKey(option, key);
}

/**
 * Returns the key of the next attempt.
 *
 * @throws InvalidOptionError when the function does not return a string; LimiterError when it throws, or the error it
 * marked
 */
export function askLimiterKey(key: LimiterKey, connector: object): string {
  if (typeof key === 'string') return key;
  let answer: unknown;
  try {
    answer = key.call(connector);
  } catch (cause) {
    throw unmark(cause) === cause ? new LimiterError('`limiterKey` threw', { cause }) : cause;
  }
  // A promise is refused, but its rejection must be handled.
  if (typeof answer !== 'string') Promise.resolve(answer).catch(() => {});
  return checkKey('limiterKey', answer);
}

function checkKey(option: string, key: unknown): string {
  return checkString(option, key, 'a string, or a function that returns one');
}
