import { dispose } from '../core/dispose.js';
import { check, checkGrowth, checkPassing } from './check.js';
import { Growth } from './growth.js';
import type { ModelState } from './model.js';
import { CALLBACK_TIMEOUT_MS, type ModelTestConfig } from './modelTestConfig.js';
import { END, expecting, type FailedStep, MismatchError, mismatchOf } from './modelTestError.js';
import { withDeadline } from './realTime.js';
import { Stage } from './stage.js';
import type { ModelTestEvent, UserModel } from './userModel.js';
import { virtualClock } from './virtualClock.js';

/** How a path is walked. */
export interface WalkOptions {
  /** True to hold the link in the states that it passes through. */
  readonly isHeld: boolean;
  /** Receives each edge that had the expected result. */
  readonly recordTaken?: (state: ModelState, event: ModelTestEvent) => void;
}

/** Walks a path in a new world, ends it by `stop`, and returns the step at which it failed, if it did. */
export async function walk<TWorld, TConnection, TOutput>(
  config: ModelTestConfig<TWorld, TConnection, TOutput>,
  model: UserModel,
  path: readonly ModelTestEvent[],
  { isHeld, recordTaken }: WalkOptions,
): Promise<FailedStep | undefined> {
  const timeoutMs = config.eventually?.timeoutMs ?? CALLBACK_TIMEOUT_MS;
  const clock = virtualClock();
  const growth = new Growth();
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
    const started = await expecting('world', 'the world and the actor to start', setUp);
    let state = model.initial;
    await check(config, started, state, 'start');
    await checkGrowth(config, started, state, growth);
    for (const event of [...path, END] as const) {
      applied += 1;
      const command = event === END ? 'stop' : event;
      if (model.eventsOf(state).includes(command)) {
        await expecting('machine', `\`${command}\` to happen`, () =>
          started.apply(command, isHeld ? () => checkPassing(config, started, event) : undefined),
        );
        const source = state;
        state = model.next(state, command);
        await check(config, started, state, event);
        await checkGrowth(config, started, state, growth);
        recordTaken?.(source, command);
      }
    }
    await expecting('machine', 'nothing left behind to throw', () => started.listenToAftermath());
    await check(config, started, state, END);
    await expecting('create', 'the app to be halted', () => started.stop());
    const left = started.leftTimers;
    if (left === 0) return;
    const expected = 'no timer left on the clock when all has ended';
    throw new MismatchError({ field: 'timers', expected, seen: String(left) });
  };
  const takeDown = async () => {
    // Stops what a failed path left open; after a successful path there is nothing to stop.
    await stage?.stop();
    if (made === undefined) return;
    const { world } = made;
    const takeDownWorld = () => (config.dispose ? config.dispose(world) : dispose(world));
    await withDeadline('dispose', takeDownWorld, timeoutMs);
  };

  const failure = await mismatchOf(play);
  const lastFailure = await mismatchOf(() =>
    expecting('dispose', 'the world to be taken down', takeDown),
  );
  const mismatch = failure ?? lastFailure;
  return mismatch && { ...mismatch, path, applied, isHeld };
}
