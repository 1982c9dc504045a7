/** The same clock, from 0, without the steps back of one that was set; what is no time is no step. */
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
