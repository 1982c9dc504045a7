import type { ConnectContext } from '../core/connector.js';
import { untilAborted } from './untilAborted.js';

/** A value, or a function that is asked for a fresh one at each attempt. */
export type PerAttempt<T> = T | ((attempt: ConnectContext) => T | PromiseLike<T>);

/**
 * The values for this attempt; what a function throws rejects. Where nothing has to be asked, nothing is
 * waited for, and no signal is made.
 */
export function ask<T extends readonly unknown[]>(
  values: { readonly [K in keyof T]: PerAttempt<T[K]> },
  attempt: ConnectContext,
): T | Promise<T> {
  if (!values.some((value) => typeof value === 'function')) return values as T;
  const answers = Promise.all(values.map((value) => askOne(value, attempt)));
  return untilAborted(answers, attempt) as Promise<unknown> as Promise<T>;
}

async function askOne(value: unknown, attempt: ConnectContext): Promise<unknown> {
  return typeof value === 'function'
    ? (value as (attempt: ConnectContext) => unknown)(attempt)
    : value;
}
