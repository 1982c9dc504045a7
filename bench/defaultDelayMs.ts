/** What `exponentialBackoff()` waits, written anew: full jitter, 2 s doubling to 30 s, never under 0.1 s. */
export function defaultDelayMs(attempt: number, random: () => number): number {
  const ceilingMs = Math.min(30_000, 2000 * 2 ** (attempt - 1));
  return 100 + random() * (ceilingMs - 100);
}
