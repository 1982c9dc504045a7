import { type FailedStep, ModelTestError, nameOfStep } from './modelTestError.js';
import type { ModelTestEvent, UserModel } from './userModel.js';

type Path = readonly ModelTestEvent[];

/**
 * Returns the error of a failed path, with a part of the path that fails in the same way in the same step, and from
 * which no event can be left out, unless `maxReplays` did not suffice to find it.
 */
export async function withShortest(
  failed: FailedStep,
  model: UserModel,
  maxReplays: number,
  replay: (path: Path) => Promise<FailedStep | undefined>,
): Promise<ModelTestError> {
  let replays = 0;
  const mayReplay = () => replays < maxReplays;
  /** Returns the failing part if the failure is the same. */
  const failing = async (part: Path): Promise<Path | undefined> => {
    if (!canHappen(model, part)) return undefined;
    replays += 1;
    const again = await replay(part);
    return again && isSame(again, failed) ? failingPart(again) : undefined;
  };

  let shortest = failingPart(failed);
  let isShorter: boolean;
  do {
    const { length } = shortest;
    // Long sections first: events that belong together can only be left out together.
    for (let size = Math.max(1, length >> 1); size > 0; size -= 1) {
      let from = 0;
      while (from + size <= shortest.length && mayReplay()) {
        const rest = [...shortest.slice(0, from), ...shortest.slice(from + size)];
        const found = await failing(rest);
        if (found === undefined) from += 1;
        else shortest = found;
      }
    }
    isShorter = shortest.length < length;
  } while (isShorter && mayReplay());
  return new ModelTestError(failed, shortest);
}

/** The events up to the one that failed. */
function failingPart({ path, applied }: FailedStep): Path {
  return path.slice(0, applied);
}

function isSame(again: FailedStep, failed: FailedStep): boolean {
  return again.field === failed.field && nameOfStep(again) === nameOfStep(failed);
}

function canHappen(model: UserModel, path: Path): boolean {
  let state = model.initial;
  return path.every((event) => {
    const isPossible = model.eventsOf(state).includes(event);
    state = model.next(state, event);
    return isPossible;
  });
}
