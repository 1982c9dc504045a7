import { checkInteger, resolveOptions } from '../core/check.js';
import { InvalidOptionError } from '../core/errors.js';
import { EdgeCoverage, type ModelTestCoverage } from './coverage.js';
import { exploreModel, type Exploration, type ExploreOptions } from './explore.js';
import { canHappen, checkConfig, type ModelTestConfig } from './modelTestConfig.js';
import { nameOfPath } from './modelTestError.js';
import { modelPaths, type ModelTestPathOptions, pathDefaults } from './paths.js';
import { withShortest } from './shortest.js';
import { type ModelTestEvent, userModel } from './userModel.js';
import { walk } from './walk.js';

/** One walk through the model: one test of the runner. */
export interface ModelTestPath {
  /** The steps, readable: `connect.retryable → after retryDelay → connect.ok`. */
  readonly name: string;
  readonly steps: readonly ModelTestEvent[];
  /**
   * Walks the path in a fresh world, and ends it by `stop`.
   *
   * @throws ModelTestError that names the step, what was expected, what was seen, and the shortest part that fails too
   */
  run(): Promise<void>;
}

/** A connector and its world, ready to be tested against the machine. */
export interface ModelTest {
  /**
   * The paths that together take every edge, or every pair of edges.
   *
   * @throws InvalidOptionError when an option is out of bounds
   */
  paths(options?: ModelTestPathOptions): ModelTestPath[];
  /**
   * Runs every sequence of events up to a length, each in a fresh world, the shortest first.
   *
   * @throws ModelTestError for the first that fails, which is a shortest one
   * @throws InvalidOptionError when an option is out of bounds, or there are too many sequences
   */
  explore(options: ExploreOptions): Promise<Exploration>;
  /** Which edges were taken so far, by paths and explorations. */
  readonly coverage: ModelTestCoverage;
}

/**
 * Tests a user's connector and interface against the machine: the real machine runs on a virtual clock,
 * the world provokes what the model says can happen, and after every step machine, world and
 * resources are compared with the model. Needs no test runner.
 *
 * @throws InvalidOptionError that names the key that is missing, unknown or wrong
 */
export function modelTest<TWorld, TConnection, TOutput>(
  config: ModelTestConfig<TWorld, TConnection, TOutput>,
): ModelTest {
  checkConfig(config);
  const model = userModel({
    canHappen: (event) => canHappen(config, event),
    isStableAtOnce: config.options?.stableAfterMs === 0,
    hasLimiter: config.options?.limiter !== undefined,
  });
  const coverage = new EdgeCoverage(model);
  const run = (steps: readonly ModelTestEvent[]) =>
    walk(config, model, steps, (state, event) => coverage.record(state, event));
  const runOrThrow = async (steps: readonly ModelTestEvent[]) => {
    const failed = await run(steps);
    if (failed) throw await withShortest(failed, model, (part) => walk(config, model, part));
  };

  return {
    paths(options = {}) {
      const { cover, maxAttempt } = resolveOptions(options, pathDefaults, []);
      if (cover !== 'edges' && cover !== 'pairs') {
        throw new InvalidOptionError('cover', "'edges' or 'pairs'", cover);
      }
      checkInteger('maxAttempt', maxAttempt, 1);
      return modelPaths(model, { cover, maxAttempt }).map((steps) => ({
        name: nameOfPath(steps),
        steps,
        run: () => runOrThrow(steps),
      }));
    },
    explore: (options) => exploreModel(model, options, run),
    coverage,
  };
}
