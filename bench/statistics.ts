import type { Samples } from './bench.js';

/** NaN for an empty list; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[sorted.length >> 1] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[sorted.length / 2 - 1] ?? upper) + upper) / 2;
}

/** What was measured, without the rounds that had nothing to measure. */
export function valuesOf(samples: Samples, variant: string, metric: string): number[] {
  return (samples[variant] ?? [])
    .map((sample) => sample[metric])
    .filter((value) => typeof value === 'number');
}

/** The median, or null where nothing was measured. */
export function medianOf(samples: Samples, variant: string, metric: string): number | null {
  const values = valuesOf(samples, variant, metric);
  return values.length === 0 ? null : median(values);
}

/**
 * How many times as much one variant takes as another: the median of the ratios within each round, which
 * stays put when a machine is slower in one round than in the next.
 */
export function ratioOf(
  samples: Samples,
  metric: string,
  variant: string,
  base: string,
): number | null {
  const ratios = (samples[variant] ?? []).flatMap((sample, round) => {
    const value = sample[metric];
    const other = samples[base]?.[round]?.[metric];
    return typeof value === 'number' && typeof other === 'number' ? [value / other] : [];
  });
  return ratios.length === 0 ? null : median(ratios);
}
