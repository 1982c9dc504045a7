import { setTimeout as wait } from 'node:timers/promises';

const DEADLINE_MS = 20_000;

/** Waits for a condition, with a deadline. */
export async function until(what: string, isTrue: () => unknown): Promise<void> {
  const end = performance.now() + DEADLINE_MS;
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(`waited ${DEADLINE_MS} ms for: ${what}`);
    await wait(10);
  }
}
