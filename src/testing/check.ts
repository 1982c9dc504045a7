import { compare, compareCount } from './compare.js';
import type { Growth } from './growth.js';
import { keyOf, type ModelState } from './model.js';
import type { Assertion, ModelTestConfig, ModelTestMoment } from './modelTestConfig.js';
import { expecting, type Mismatch, MismatchError, mismatchOf, textOf } from './modelTestError.js';
import { poll } from './realTime.js';
import type { Stage } from './stage.js';
import { PASSING, stateOf } from './userModel.js';

/** Compares everything with the model: at once, or with `eventually` until it matches or times out. */
export function check<TWorld, TConnection, TOutput>(
  config: ModelTestConfig<TWorld, TConnection, TOutput>,
  stage: Stage<TWorld, TConnection, TOutput>,
  model: ModelState,
  step: string,
): Promise<void> {
  return look(config, stage, async () => {
    await checkResources(config, stage);
    expectNone(compare(model, stage.snapshot));
    await checkAssertion(config, stage, stateOf(model.place), step);
  });
}

/** Checks the states that a link passes through: a session that ends, an attempt that is aborted. */
export function checkPassing<TWorld, TConnection, TOutput>(
  config: ModelTestConfig<TWorld, TConnection, TOutput>,
  stage: Stage<TWorld, TConnection, TOutput>,
  step: string,
): Promise<void> {
  return look(config, stage, async () => {
    await checkResources(config, stage);
    // A restarted attempt stays the same attempt.
    const passing = PASSING.find((tag) => stage.snapshot.hasTag(tag)) ?? 'connecting';
    await checkAssertion(config, stage, passing, step);
  });
}

/** Checks the counts that must not grow with each round. */
export async function checkGrowth<TWorld, TConnection, TOutput>(
  { steady = {}, eventually }: ModelTestConfig<TWorld, TConnection, TOutput>,
  stage: Stage<TWorld, TConnection, TOutput>,
  model: ModelState,
  growth: Growth,
): Promise<void> {
  const key = keyOf(model);
  const count = async () => {
    const counts: Record<string, number> = { ...stage.counts };
    for (const [name, counter] of Object.entries(steady)) {
      counts[name] = await countedBy(stage, `steady.${name}`, counter);
    }
    return growth.compare(key, counts);
  };
  const mismatch = await (eventually === undefined ? count() : poll(count, eventually));
  expectNone(mismatch);
  growth.record(key);
}

async function look<TWorld, TConnection, TOutput>(
  { eventually }: ModelTestConfig<TWorld, TConnection, TOutput>,
  stage: Stage<TWorld, TConnection, TOutput>,
  lookOnce: () => Promise<void>,
): Promise<void> {
  let firstAssertion: Mismatch | undefined;
  const lookAgain = async () => {
    await stage.clock.drain();
    checkErrors(stage.errors);
    const mismatch = await mismatchOf(lookOnce);
    if (mismatch?.field.startsWith('states.')) firstAssertion ??= mismatch;
    return mismatch;
  };
  const last = await (eventually === undefined ? lookAgain() : poll(lookAgain, eventually));
  checkErrors(stage.errors);
  if (last === undefined) return;
  // Open resources, and then the first assertion, are closer to the cause than later effects.
  if (firstAssertion === undefined || last.field.startsWith('resources.')) {
    throw new MismatchError(last);
  }
  const isOther = last.expected !== firstAssertion.expected || last.seen !== firstAssertion.seen;
  throw new MismatchError({ ...firstAssertion, ...(isOther && { last }) });
}

/** Checks for uncaught errors: they do not disappear by waiting. */
function checkErrors([error]: readonly unknown[]): void {
  if (error === undefined) return;
  const { cause } = error as Error;
  throw new MismatchError({
    field: 'attach',
    expected: 'no listener and no release to throw',
    seen: `${textOf(error)}: ${textOf(cause)}`,
    thrown: { error: cause },
  });
}

async function checkResources<TWorld, TConnection, TOutput>(
  { resources = {} }: ModelTestConfig<TWorld, TConnection, TOutput>,
  stage: Stage<TWorld, TConnection, TOutput>,
): Promise<void> {
  for (const [name, count] of Object.entries(resources)) {
    const open = await countedBy(stage, `resources.${name}`, count);
    expectNone(compareCount(name, stage.place, open));
  }
}

function countedBy<TWorld, TConnection, TOutput>(
  stage: Stage<TWorld, TConnection, TOutput>,
  field: string,
  count: (world: TWorld) => number | PromiseLike<number>,
): Promise<number> {
  return expecting(field, `\`${field}\` to count`, () =>
    stage.callback(field, () => count(stage.world)),
  );
}

async function checkAssertion<TWorld, TConnection, TOutput>(
  { states }: ModelTestConfig<TWorld, TConnection, TOutput>,
  stage: Stage<TWorld, TConnection, TOutput>,
  state: keyof typeof states,
  step: string,
): Promise<void> {
  const assertion: Assertion<TWorld, TOutput> | null = states[state];
  const moment: ModelTestMoment<TOutput> = {
    snapshot: stage.snapshot,
    step,
    get remainingMs() {
      return stage.remainingMs;
    },
  };
  await expecting(`states.${state}`, `the assertion of \`${state}\` to hold`, () =>
    stage.callback(`states.${state}`, () => assertion?.(stage.world, moment)),
  );
}

function expectNone(mismatch: Mismatch | undefined): void {
  if (mismatch !== undefined) throw new MismatchError(mismatch);
}
