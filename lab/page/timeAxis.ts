const SPANS_S = [10, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1200, 1800, 2400];

/** How many seconds are shown when so many have been seen. */
export function spanOf(seconds: number): number {
  return SPANS_S.find((span) => span >= seconds) ?? SPANS_S.at(-1) ?? 0;
}

/** Where an axis of that length has its numbers. */
export function ticksOf(span: number, width: number): number[] {
  const most = Math.max(2, Math.floor(width / 70));
  const steps = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 1200];
  const step = steps.find((each) => span / each <= most) ?? 1200;
  return Array.from({ length: Math.floor(span / step) + 1 }, (_, i) => i * step);
}
