import type { ModelState } from './model.js';
import { type ModelTestEvent, nameOfPlace, type UserModel } from './userModel.js';

/**
 * Which edges of the model were taken. An edge is an event in a state, written as `state: event`, such as `waiting:
 * after retryDelay`.
 */
export interface ModelTestCoverage {
  /** Edges that were taken with the result that the model expects. */
  readonly taken: readonly string[];
  /** Possible edges that were not taken. */
  readonly missing: readonly string[];
  /**
   * Checks that every edge was taken, except those of outcomes declared impossible.
   *
   * @throws ModelTestCoverageError with the missing edges
   */
  assertComplete(): void;
}

/** Paths were left out, or failed before their end. */
export class ModelTestCoverageError extends Error {
  /** Stable, unlike the message. */
  readonly code = 'ERR_MODEL_TEST_COVERAGE';

  constructor(
    /** The edges that were not taken, each as `state: event`. */
    readonly missing: readonly string[],
  ) {
    super(`edges that no path has taken:\n${missing.map((edge) => `  ${edge}`).join('\n')}`);
    this.name = 'ModelTestCoverageError';
  }
}

/** Counts the edges of a model. */
export class EdgeCoverage implements ModelTestCoverage {
  readonly #taken = new Map<string, boolean>();

  constructor(model: UserModel) {
    const places = new Map([[model.initial.place, model.initial]]);
    for (const state of places.values()) {
      for (const event of model.eventsOf(state)) {
        this.#taken.set(edgeName(state, event), false);
        const next = model.next(state, event);
        if (!places.has(next.place)) places.set(next.place, next);
      }
    }
  }

  get taken(): readonly string[] {
    return this.#edges(true);
  }

  get missing(): readonly string[] {
    return this.#edges(false);
  }

  record(state: ModelState, event: ModelTestEvent): void {
    this.#taken.set(edgeName(state, event), true);
  }

  assertComplete(): void {
    if (this.missing.length > 0) throw new ModelTestCoverageError(this.missing);
  }

  #edges(isTaken: boolean): string[] {
    return [...this.#taken].filter(([, taken]) => taken === isTaken).map(([edge]) => edge);
  }
}

function edgeName({ place }: ModelState, event: ModelTestEvent): string {
  return `${nameOfPlace(place)}: ${event}`;
}
