import type { Mismatch } from './modelTestError.js';

type Counts = Readonly<Record<string, number>>;

/**
 * Counts, in one path, things that outlive a session, and finds those that each round through the same state leaves
 * behind.
 */
export class Growth {
  /** The counts at each visit of each state. */
  readonly #visits = new Map<string, Counts[]>();
  #latest: Counts = {};

  /**
   * Returns the counts that exceed those of the two previous visits, which allows for things that are created only
   * once.
   */
  compare(state: string, counts: Counts): Mismatch | undefined {
    this.#latest = counts;
    const [first, second] = this.#visits.get(state)?.slice(-2) ?? [];
    if (first === undefined || second === undefined) return undefined;
    for (const [name, count] of Object.entries(counts)) {
      const [before, later] = [first[name] as number, second[name] as number];
      if (before >= later || later >= count) continue;
      return {
        field: `steady.${name}`,
        expected: `no more of \`${name}\` with each round through the same state`,
        seen: `${before}, then ${later}, then ${count}`,
      };
    }
    return undefined;
  }

  /** Stores the counts that were compared last. */
  record(state: string): void {
    this.#visits.set(state, [...(this.#visits.get(state) ?? []), this.#latest]);
  }
}
