/* oxlint-disable no-restricted-globals, no-restricted-properties -- real I/O takes real time: the
   deadlines of the kit are the one place that cannot be on the virtual clock. */

import { resolveOptions } from '../core/check.js';
import { isThenable } from '../core/isThenable.js';

/** How long to look again while real I/O goes on. */
export interface Eventually {
  /** How long a step may take to show its effect, in real milliseconds; bounds > 0, finite. */
  readonly timeoutMs: number;
  /** How often to look, in real milliseconds. Default 5; bounds > 0, finite. */
  readonly intervalMs?: number;
}

/** @throws InvalidOptionError when it is no object, or has a name that is no option */
export function resolveEventually(eventually: Eventually): Required<Eventually> {
  return resolveOptions(eventually, { intervalMs: 5 }, ['timeoutMs'], 'eventually.');
}

/** Calls back and waits for the answer, but not for ever. */
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

/** Looks until nothing is wrong any more, or time is over; what was wrong at the last look. */
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
