import type { Writable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';

/** Whether all that was written to a stream has gone out within so many milliseconds, or ever. */
export async function flushed(stream: Writable, timeoutMs: number): Promise<boolean> {
  const isFlushed = new Promise<boolean>((resolve) => stream.write('', () => resolve(true)));
  if (timeoutMs === Infinity) return isFlushed;
  const waiting = new AbortController();
  const isLate = setTimeout(timeoutMs, false, { signal: waiting.signal }).catch(() => false);
  try {
    return await Promise.race([isFlushed, isLate]);
  } finally {
    waiting.abort();
  }
}
