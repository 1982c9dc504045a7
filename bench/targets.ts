import type { Bench, Results } from './bench.js';

/** By how much a target that was reached may be missed before that is an error: machines differ. */
export const MARGIN = 0.1;

export interface TargetResult {
  readonly bench: string;
  readonly label: string;
  readonly limit: number;
  readonly digits: number;
  readonly value: number | null;
  readonly isReached: boolean;
}

/** How the benches with results stand to their targets. */
export function targetsOf(benches: readonly Bench[], results: Results): TargetResult[] {
  return benches.flatMap(({ name, targets }) =>
    targets.flatMap(({ label, limit, digits, value: valueOf }) => {
      const result = results[name];
      if (result === undefined) return [];
      const value = valueOf(result.samples);
      return [{ bench: name, label, limit, digits, value, isReached: isWithin(value, limit) }];
    }),
  );
}

/** The targets that were reached before, and are missed now by more than the margin. */
export function lostTargets(
  benches: readonly Bench[],
  before: Results,
  now: Results,
): TargetResult[] {
  const reached = new Set(
    targetsOf(benches, before)
      .filter(({ isReached }) => isReached)
      .map(({ label }) => label),
  );
  return targetsOf(benches, now).filter(
    ({ label, limit, value }) => reached.has(label) && !isWithin(value, limit * (1 + MARGIN)),
  );
}

const isWithin = (value: number | null, limit: number) => value !== null && value <= limit;
