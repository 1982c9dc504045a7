import { checkInteger, resolveOptions } from '../core/check.js';
import { InvalidOptionError } from '../core/errors.js';
import type { ModelState } from './model.js';
import type { ModelTestEvent, UserModel } from './userModel.js';

/** How far to explore. */
export interface ExploreOptions {
  /** Maximum length of a sequence, in steps. Bounds: >= 1. */
  readonly depth: number;
  /** Maximum number of sequences; with more, nothing is run. Default: 10 000. Bounds: >= 1. */
  readonly maxSequences?: number;
  /** Number of random sequences of length `depth` to run instead of all. Default: all. Bounds: >= 1. */
  readonly sequences?: number;
  /** Seed of the random sequences: the same seed creates the same sequences. Default: 1. Bounds: >= 0. */
  readonly seed?: number;
}

/** The result of an exploration. */
export interface Exploration {
  /** The length of the longest sequences that were run, in steps. */
  readonly depth: number;
  /** Number of sequences that were run, each in its own world. */
  readonly sequences: number;
}

/** The ways in which a path is walked; default both. */
export type Ways = 'running' | 'held';

interface Sequence {
  readonly path: readonly ModelTestEvent[];
  readonly state: ModelState;
}

/** Runs every possible sequence of events, the shorter ones first, or random ones. */
export async function exploreModel(
  model: UserModel,
  options: ExploreOptions,
  run: (path: readonly ModelTestEvent[], ways?: Ways) => Promise<void>,
): Promise<Exploration> {
  const settings = resolveOptions(options, { maxSequences: 10_000, seed: 1 }, [
    'depth',
    'sequences',
  ]);
  const { sequences } = options;
  const depth = checkInteger('depth', settings.depth, 1);
  const maxSequences = checkInteger('maxSequences', settings.maxSequences, 1);
  const seed = checkInteger('seed', settings.seed, 0);
  if (sequences === undefined) {
    const all = allSequences(model, depth, maxSequences);
    for (const { path } of all) await run(path);
    return { depth, sequences: all.length };
  }
  const random = randomOf(seed);
  for (let i = checkInteger('sequences', sequences, 1); i > 0; i--) {
    // Alternates, because random sequences are often alike.
    await run(sequenceByChance(model, depth, random), i % 2 === 0 ? 'running' : 'held');
  }
  return { depth, sequences };
}

/** A random sequence that ends the link at its last event or not at all. */
function sequenceByChance(
  model: UserModel,
  depth: number,
  random: () => number,
): readonly ModelTestEvent[] {
  const path: ModelTestEvent[] = [];
  let state = model.initial;
  while (path.length < depth) {
    const events = model.eventsOf(state);
    const lasting = events.filter((event) => model.next(state, event).place !== 'stopped');
    const choices = path.length === depth - 1 || lasting.length === 0 ? events : lasting;
    const event = choices[Math.floor(random() * choices.length)];
    if (event === undefined) break;
    path.push(event);
    state = model.next(state, event);
  }
  return path;
}

/** A source of random numbers >= 0 and < 1: a linear congruential generator, of which the high bits are used. */
function randomOf(seed: number): () => number {
  let state = BigInt(seed);
  return () => {
    // The constants of Knuth's MMIX.
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
    return Number(state >> 32n) / 2 ** 32;
  };
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
