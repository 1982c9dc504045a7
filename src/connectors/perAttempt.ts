import type { Attempt } from '../connector.js';

/** A value, or a function that is asked for a fresh one at each attempt. */
export type PerAttempt<T> = T | ((attempt: Attempt) => T | PromiseLike<T>);

/** The value for this attempt; what the function throws rejects. */
export async function ask<T>(value: PerAttempt<T>, attempt: Attempt): Promise<T> {
  return typeof value === 'function'
    ? (value as (attempt: Attempt) => T | PromiseLike<T>)(attempt)
    : value;
}
