import type { ConnectContext } from '../core/connector.js';
import { untilAborted } from './untilAborted.js';

/** A value, or a function that is asked for a fresh one at each attempt. */
export type PerAttempt<T> = T | ((attempt: ConnectContext) => T | PromiseLike<T>);

const thrown = new WeakSet<object>();

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

/**
 * What an option is for this attempt: itself, or what the function answers. An abort is not waited for longer; what the function
 * throws counts as transient, whatever it is.
 */
export async function askPerAttempt<T>(value: PerAttempt<T>, attempt: ConnectContext): Promise<T> {
  const [answer] = await ask<[T]>([value], attempt);
  return answer;
}

/**
 * Whether a per-attempt function threw it. Then it says nothing about the server or the options, whatever it is: a
 * token service that answers with a page of HTML causes a `SyntaxError`, or a `TypeError`.
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
    // Of what is no object nobody can say where it comes from; no table refuses it.
    thrown.add(Object(error) as object);
    throw error;
  }
}
