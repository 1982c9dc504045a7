// Why: docs/decisions/0060-how-a-connection-is-renewed.md
import type { Clock } from '../core/clock.js';

export interface AgeWatch {
  readonly clock: Clock;
  readonly maxAgeMs: number;
  /**
   * Maximum of the random time by which `maxAgeMs` is shortened, in milliseconds: connections that began together do
   * not end together. Default: a tenth of `maxAgeMs`.
   */
  readonly maxAgeSpreadMs?: number;
  readonly random: () => number;
  readonly onAge: () => void;
}

/** Calls back when a connection that begins now is old enough to be renewed. Returns a function that ends the watch. */
export function watchAge(age: AgeWatch): () => void {
  const { clock, maxAgeMs, maxAgeSpreadMs = maxAgeMs / 10, random, onAge } = age;
  const timer = clock.setTimeout(onAge, maxAgeMs - random() * maxAgeSpreadMs);
  return () => clock.clearTimeout(timer);
}
