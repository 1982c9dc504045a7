import { checkInteger, resolveOptions } from '../core/check.js';
import { InvalidOptionError } from '../core/errors.js';
import type { ModelState } from './model.js';
import { type FailedStep, ModelTestError } from './modelTestError.js';
import type { ModelTestEvent, UserModel } from './userModel.js';

/** How far to explore. */
export interface ExploreOptions {
  /** The length of the longest sequences; bounds >= 1. */
  readonly depth: number;
  /** How many sequences are too many to begin with. Default 10 000; bounds >= 1. */
  readonly maxSequences?: number;
}

/** What an exploration has done. */
export interface Exploration {
  readonly depth: number;
  /** How many sequences were run, each in a world of its own. */
  readonly sequences: number;
}

interface Sequence {
  readonly path: readonly ModelTestEvent[];
  readonly state: ModelState;
}

/** Runs every sequence of events that can happen, the shorter ones first. */
export async function exploreModel(
  model: UserModel,
  options: ExploreOptions,
  run: (path: readonly ModelTestEvent[]) => Promise<FailedStep | undefined>,
): Promise<Exploration> {
  const { depth, maxSequences } = resolveOptions(options, { maxSequences: 10_000 }, ['depth']);
  const sequences = allSequences(
    model,
    checkInteger('depth', depth, 1),
    checkInteger('maxSequences', maxSequences, 1),
  );
  for (const { path } of sequences) {
    const failed = await run(path);
    if (failed) throw new ModelTestError(failed);
  }
  return { depth, sequences: sequences.length };
}

function allSequences(model: UserModel, depth: number, max: number): readonly Sequence[] {
  const sequences: Sequence[] = [{ path: [], state: model.initial }];
  for (const { path, state } of sequences) {
    if (path.length === depth) break;
    for (const event of model.eventsOf(state)) {
      sequences.push({ path: [...path, event], state: model.next(state, event) });
    }
    if (sequences.length > max) {
      const expected = `a depth with at most ${max} sequences, or \`maxSequences\` above it`;
      throw new InvalidOptionError('depth', expected, depth);
    }
  }
  return sequences;
}
