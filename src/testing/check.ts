import { compare, compareCount } from './compare.js';
import type { ModelState } from './model.js';
import type { Assertion, ModelTestConfig } from './modelTestConfig.js';
import { expecting, type Mismatch, MismatchError, textOf } from './modelTestError.js';
import { poll } from './realTime.js';
import type { Stage } from './stage.js';
import { stateOf } from './userModel.js';

/** Compares everything with the model: at once, or with `eventually` until it fits or time is over. */
export async function check<TWorld, TConnection, TOutput>(
  config: ModelTestConfig<TWorld, TConnection, TOutput>,
  stage: Stage<TWorld, TConnection, TOutput>,
  state: ModelState,
  step: string,
): Promise<void> {
  const look = async () => {
    await stage.clock.drain();
    checkErrors(stage.errors);
    try {
      await lookOnce(config, stage, state, step);
      return undefined;
    } catch (error) {
      return error as MismatchError;
    }
  };
  const error =
    config.eventually === undefined ? await look() : await poll(look, config.eventually);
  checkErrors(stage.errors);
  if (error !== undefined) throw error;
}

/** What was thrown where nobody listens: it does not go away by waiting. */
function checkErrors([error]: readonly unknown[]): void {
  if (error === undefined) return;
  const { cause } = error as Error;
  throw new MismatchError({
    expected: 'no listener and no release to throw',
    seen: `${textOf(error)}: ${textOf(cause)}`,
    thrown: { error: cause },
  });
}

async function lookOnce<TWorld, TConnection, TOutput>(
  { states, resources = {} }: ModelTestConfig<TWorld, TConnection, TOutput>,
  stage: Stage<TWorld, TConnection, TOutput>,
  model: ModelState,
  step: string,
): Promise<void> {
  const { world, actor } = stage;
  const state = stateOf(model.place);
  // Nobody suspends a link of which the state `suspended` is null.
  const assertion = states[state] as Assertion<TWorld, TOutput>;
  expectNone(compare(model, actor.getSnapshot()));
  await expecting(`the assertion of \`${state}\` to hold`, () =>
    stage.callback(`states.${state}`, () =>
      assertion(world, { snapshot: actor.getSnapshot(), step }),
    ),
  );
  for (const [name, count] of Object.entries(resources)) {
    const open = await expecting(`\`${name}\` to be counted`, () =>
      stage.callback(`resources.${name}`, () => count(world)),
    );
    expectNone(compareCount(name, model, open));
  }
}

function expectNone(mismatch: Mismatch | undefined): void {
  if (mismatch !== undefined) throw new MismatchError(mismatch);
}
