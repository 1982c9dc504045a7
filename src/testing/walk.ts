import { dispose } from '../core/dispose.js';
import { check } from './check.js';
import type { ModelState } from './model.js';
import { CALLBACK_TIMEOUT_MS, type ModelTestConfig } from './modelTestConfig.js';
import { END, expecting, type FailedStep, type Mismatch, MismatchError } from './modelTestError.js';
import { withDeadline } from './realTime.js';
import { Stage } from './stage.js';
import type { ModelTestEvent, UserModel } from './userModel.js';
import { virtualClock } from './virtualClock.js';

/** Walks a path in a world of its own, ends it by `stop`, and says at which step it failed, if it did. */
export async function walk<TWorld, TConnection, TOutput>(
  config: ModelTestConfig<TWorld, TConnection, TOutput>,
  model: UserModel,
  path: readonly ModelTestEvent[],
  recordTaken?: (state: ModelState, event: ModelTestEvent) => void,
): Promise<FailedStep | undefined> {
  const timeoutMs = config.eventually?.timeoutMs ?? CALLBACK_TIMEOUT_MS;
  const clock = virtualClock();
  let applied = 0;
  let stage: Stage<TWorld, TConnection, TOutput> | undefined;
  let made: { readonly world: TWorld } | undefined;

  const setUp = async () => {
    const world = await withDeadline('world', () => config.world({ clock }), timeoutMs);
    made = { world };
    stage = new Stage(config, world, clock);
    await stage.start();
    return stage;
  };
  const play = async () => {
    const started = await expecting('the world and the actor to start', setUp);
    let state = model.initial;
    await check(config, started, state, 'start');
    for (const event of [...path, END] as const) {
      applied += 1;
      const command = event === END ? 'stop' : event;
      if (model.eventsOf(state).includes(command)) {
        await expecting(`\`${command}\` to happen`, () => started.apply(command));
        const source = state;
        state = model.next(state, command);
        await check(config, started, state, event);
        recordTaken?.(source, command);
      }
    }
    await expecting('nothing left behind to throw', () => started.listenToAftermath());
    await check(config, started, state, END);
  };
  const takeDown = async () => {
    // Ends what a failed path left open; after a path that ended well there is nothing to end.
    stage?.actor.stop();
    await clock.drain();
    if (made === undefined) return;
    const { world } = made;
    const takeDownWorld = () => (config.dispose ? config.dispose(world) : dispose(world));
    await withDeadline('dispose', takeDownWorld, timeoutMs);
  };

  const failure = await mismatchOf(play);
  const lastFailure = await mismatchOf(() => expecting('the world to be taken down', takeDown));
  const mismatch = failure ?? lastFailure;
  return mismatch && { ...mismatch, path, applied };
}

async function mismatchOf(part: () => Promise<void>): Promise<Mismatch | undefined> {
  try {
    await part();
    return undefined;
  } catch (error) {
    /* v8 ignore next -- every part of a walk says by itself what is wrong: only a mistake of the kit gets here */
    if (!(error instanceof MismatchError)) throw error;
    return error.mismatch;
  }
}
