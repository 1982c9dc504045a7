/**
 * Returns the same clock, starting at 0, but without backward steps after a change of the time; values that are not a
 * time are ignored.
 */
export function forwardOnly(now: () => number): () => number {
  let elapsedMs = 0;
  let lastMs = now();
  return () => {
    const nowMs = now();
    if (!Number.isFinite(nowMs)) return elapsedMs;
    elapsedMs += Math.max(0, nowMs - lastMs) || 0;
    lastMs = nowMs;
    return elapsedMs;
  };
}
