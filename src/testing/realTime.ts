/* oxlint-disable no-restricted-globals, no-restricted-properties -- real I/O takes real time: the
   deadlines of the kit are the one place that cannot be on the virtual clock. */

import { resolveOptions } from '../core/check.js';
import { isThenable } from '../core/isThenable.js';

/** How long to repeat a check during real I/O. */
export interface Eventually {
  /** How long a step may take to have its effect, in real milliseconds. Bounds: > 0, finite. */
  readonly timeoutMs: number;
  /** Time between two checks in real milliseconds. Default: 5. Bounds: > 0, finite. */
  readonly intervalMs?: number;
}

/** @throws InvalidOptionError when it is not an object, or has an unknown option */
export function resolveEventually(eventually: Eventually): Required<Eventually> {
  return resolveOptions(eventually, { intervalMs: 5 }, ['timeoutMs'], 'eventually.');
}

/** Calls the function and waits for its result, at most until the timeout. */
export async function withDeadline<T>(
  name: string,
  call: () => T | PromiseLike<T>,
  timeoutMs: number,
): Promise<T> {
  const result = call();
  if (!isThenable(result)) return result;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const overdue = new Promise<never>((_resolve, reject) => {
    const expire = () => reject(new Error(`\`${name}\` did not settle within ${timeoutMs} ms`));
    timer = setTimeout(expire, timeoutMs);
  });
  try {
    return await Promise.race([result, overdue]);
  } finally {
    clearTimeout(timer);
  }
}

/** Repeats the check until nothing is wrong, or the time has elapsed; returns the result of the last check. */
export async function poll<T>(
  look: () => Promise<T | undefined>,
  eventually: Eventually,
): Promise<T | undefined> {
  const { timeoutMs, intervalMs } = resolveEventually(eventually);
  const untilMs = performance.now() + timeoutMs;
  for (;;) {
    const mismatch = await look();
    if (mismatch === undefined || performance.now() >= untilMs) return mismatch;
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  }
}
