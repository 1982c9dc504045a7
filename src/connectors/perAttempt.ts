import type { ConnectContext } from '../core/connector.js';
import { untilAborted } from '../core/untilAborted.js';

/** A value, or a function that returns a fresh value for each attempt. */
export type PerAttempt<T> = T | ((attempt: ConnectContext) => T | PromiseLike<T>);

const thrown = new WeakSet<object>();

/**
 * Resolves the values for this attempt; rejects if a function throws. If no value is a function, it neither waits nor
 * creates a signal.
 */
export function ask<T extends readonly unknown[]>(
  values: { readonly [K in keyof T]: PerAttempt<T[K]> },
  attempt: ConnectContext,
): T | Promise<T> {
  if (!values.some((value) => typeof value === 'function')) return values as T;
  const answers = Promise.all(values.map((value) => askOne(value, attempt)));
  return untilAborted(answers, attempt) as Promise<unknown> as Promise<T>;
}

/**
 * Resolves an option for this attempt: a plain value, or the result of the function. An abort ends the wait. Every
 * error of the function counts as transient.
 */
export async function askPerAttempt<T>(value: PerAttempt<T>, attempt: ConnectContext): Promise<T> {
  const [answer] = await ask<[T]>([value], attempt);
  return answer;
}

/**
 * True if a per-attempt function threw the error. Such an error says nothing about the server or the options: a token
 * service that responds with an HTML page causes a `SyntaxError`, or a `TypeError`.
 */
export function isThrownPerAttempt(error: unknown): boolean {
  return thrown.has(error as object);
}

async function askOne(value: unknown, attempt: ConnectContext): Promise<unknown> {
  try {
    return typeof value === 'function'
      ? await (value as (attempt: ConnectContext) => unknown)(attempt)
      : value;
  } catch (error) {
    // A thrown value that is not an object cannot be tracked; no table refuses it.
    thrown.add(Object(error) as object);
    throw error;
  }
}
