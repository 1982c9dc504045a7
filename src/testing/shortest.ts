import type { ModelState } from './model.js';
import { type FailedStep, ModelTestError } from './modelTestError.js';
import type { ModelTestEvent, UserModel } from './userModel.js';

/** Replays cost time, with real I/O up to the timeout each: a shorter sequence is worth no more than this. */
const MAX_REPLAYS = 32;

/** The error of a failed path, with the shortest part of it that fails in the same step. */
export async function withShortest(
  failed: FailedStep,
  model: UserModel,
  replay: (path: readonly ModelTestEvent[]) => Promise<FailedStep | undefined>,
): Promise<ModelTestError> {
  const events = failed.path.slice(0, failed.applied);
  const isAtEnd = failed.applied > failed.path.length;
  let replays = 0;
  for (const part of shorterPaths(model, events, isAtEnd)) {
    if (replays === MAX_REPLAYS) break;
    replays += 1;
    const again = await replay(part);
    if (again && again.applied === part.length + (isAtEnd ? 1 : 0)) {
      return new ModelTestError(failed, part);
    }
  }
  return new ModelTestError(failed);
}

interface Part {
  readonly path: readonly ModelTestEvent[];
  readonly state: ModelState;
  /** How many events of the whole were used or left out. */
  readonly used: number;
}

/**
 * The paths that leave out some of the events, shortest first. The last event stays, for it is the
 * one that failed, unless that was the stop at the end.
 */
export function* shorterPaths(
  model: UserModel,
  events: readonly ModelTestEvent[],
  isAtEnd: boolean,
): Generator<readonly ModelTestEvent[]> {
  const last = isAtEnd ? undefined : events.at(-1);
  const rest = last === undefined ? events : events.slice(0, -1);
  const parts: Part[] = [{ path: [], state: model.initial, used: 0 }];
  for (const { path, state, used } of parts) {
    if (path.length === rest.length) return;
    const possible = model.eventsOf(state);
    if (last === undefined) yield path;
    else if (possible.includes(last)) yield [...path, last];
    for (const event of possible) {
      // The first of several equal events leaves the most to choose from.
      const index = rest.indexOf(event, used);
      if (index === -1) continue;
      parts.push({ path: [...path, event], state: model.next(state, event), used: index + 1 });
    }
  }
}
