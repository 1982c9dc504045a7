// Why: docs/decisions/0099-the-kit-proves-whole-apps.md
import { checkInteger, resolveOptions } from '../core/check.js';
import { InvalidOptionError } from '../core/errors.js';
import { EdgeCoverage, type ModelTestCoverage } from './coverage.js';
import { exploreModel, type Exploration, type ExploreOptions, type Ways } from './explore.js';
import { canHappen, checkConfig, type ModelTestConfig } from './modelTestConfig.js';
import { type FailedStep, nameOfPath } from './modelTestError.js';
import { modelPaths, type ModelTestPathOptions, pathDefaults } from './paths.js';
import { withShortest } from './shortest.js';
import { type ModelTestEvent, userModel } from './userModel.js';
import { walk } from './walk.js';

// Replays take time, each up to the timeout with real I/O: a shorter sequence is not worth more than this.
const PATH_REPLAYS = 32;
const EXPLORE_REPLAYS = 256;

/** One path through the model: one test of the runner. */
export interface ModelTestPath {
  /** The steps in readable form: `connect.retryable → after retryDelay → connect.ok`. */
  readonly name: string;
  /** The steps, in order. */
  readonly steps: readonly ModelTestEvent[];
  /**
   * Walks the path in a new world, and ends it by `stop`. It then walks it again in another world, in which the link is
   * held in each state it passes through, unless both `closing` and `stopping` are null.
   *
   * @throws ModelTestError with the step, the expected and the actual result, and the shortest part that fails too
   */
  run(): Promise<void>;
}

/** The model test of a connector and its world. */
export interface ModelTest {
  /**
   * Returns paths that together take every edge (an event in a state), or every pair of edges.
   *
   * @throws InvalidOptionError when an option is out of bounds
   */
  paths(options?: ModelTestPathOptions): ModelTestPath[];
  /**
   * Runs every sequence of at most `depth` events, the shortest first, each in a new world. With the option `sequences`
   * it runs that number of random sequences instead.
   *
   * @throws ModelTestError for the first failure; its `shortest` is a sequence from which no event can be left out
   * @throws InvalidOptionError when an option is out of bounds, or there are too many sequences
   */
  explore(options: ExploreOptions): Promise<Exploration>;
  /** The edges that paths and explorations have taken so far. */
  readonly coverage: ModelTestCoverage;
}

/**
 * Tests a user's connector and interface against the machine. The real machine runs on a virtual clock. The model is a
 * copy of the chart that knows which events are possible in each state. Your *world*, such as a fake server and a page,
 * makes these events happen; after every step the machine, the world and its open resources are compared with the
 * model. It needs no test runner.
 *
 * @throws InvalidOptionError that names the key that is missing, unknown or wrong
 */
export function modelTest<TWorld, TConnection, TOutput>(
  config: ModelTestConfig<TWorld, TConnection, TOutput>,
): ModelTest {
  checkConfig(config);
  const model = userModel({
    canHappen: (event, state) => canHappen(config, event, state),
    isStableAtOnce: config.options?.stableAfterMs === 0,
    hasLimiter: config.options?.limiter !== undefined,
  });
  const coverage = new EdgeCoverage(model);
  const { closing, stopping } = config.states;
  const canHold = closing !== null || stopping !== null;
  // A held link shows more states than one that runs, so each path is walked both ways.
  const run = async (steps: readonly ModelTestEvent[], ways?: Ways) => {
    const turns = canHold ? [false, true] : [false];
    for (const isHeld of ways && canHold ? [ways === 'held'] : turns) {
      const failed = await walk(config, model, steps, {
        isHeld,
        recordTaken: (state, event) => coverage.record(state, event),
      });
      if (failed) return failed;
    }
    return undefined;
  };
  const shrunk = (failed: FailedStep, maxReplays: number) => {
    const { isHeld } = failed;
    return withShortest(failed, model, maxReplays, (part) => walk(config, model, part, { isHeld }));
  };
  const runOrThrow = async (steps: readonly ModelTestEvent[], maxReplays: number, ways?: Ways) => {
    const failed = await run(steps, ways);
    if (failed) throw await shrunk(failed, maxReplays);
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
        run: () => runOrThrow(steps, PATH_REPLAYS),
      }));
    },
    explore: (options) =>
      exploreModel(model, options, (steps, ways) => runOrThrow(steps, EXPLORE_REPLAYS, ways)),
    coverage,
  };
}
