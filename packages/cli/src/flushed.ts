import type { Writable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';

/**
 * Resolves to whether everything written to a stream has been flushed within the timeout; `Infinity` waits without a
 * limit.
 */
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
