import type { Moment, ReconnectContext } from '../../../src/machine/context.js';
import type { Judgement } from '../../../src/policy/classify.js';

/** The modules that mutants edit: below the engines, so that each engine runs with the mistake. */
export interface Modules {
  'machine/chart.ts': typeof import('../../../src/machine/chart.js');
  'machine/updates.ts': typeof import('../../../src/machine/updates.js');
  'machine/guards.ts': typeof import('../../../src/machine/guards.js');
  'machine/delays.ts': typeof import('../../../src/machine/delays.js');
  'machine/actions.ts': typeof import('../../../src/machine/actions.js');
  'machine/announce.ts': typeof import('../../../src/machine/announce.js');
  'actors/admission.ts': typeof import('../../../src/actors/admission.js');
  'actors/connectWork.ts': typeof import('../../../src/actors/connectWork.js');
  'actors/runWork.ts': typeof import('../../../src/actors/runWork.js');
  'actors/retryDelayWork.ts': typeof import('../../../src/actors/retryDelayWork.js');
  'actors/task.ts': typeof import('../../../src/actors/task.js');
  'actors/lease.ts': typeof import('../../../src/actors/lease.js');
  'policy/decide.ts': typeof import('../../../src/policy/decide.js');
  'policy/classify.ts': typeof import('../../../src/policy/classify.js');
}

/** Puts another function in the place of a module's, a table's or a prototype's; throws if there is none. */
export function replace<TOwner extends object, TName extends keyof TOwner>(
  owner: TOwner,
  name: TName,
  make: (original: TOwner[TName]) => TOwner[TName],
): void {
  const original = owner[name];
  if (typeof original !== 'function') throw new Error(`there is no function ${String(name)}`);
  owner[name] = make(original);
}

/** The function, which sees a context that is changed first. */
export const given =
  (change: (context: ReconnectContext) => Partial<ReconnectContext>) =>
  <TMoment extends Pick<Moment, 'context'>, TResult>(original: (moment: TMoment) => TResult) =>
  (moment: TMoment): TResult =>
    original({ ...moment, context: { ...moment.context, ...change(moment.context) } });

/** What was thrown is sorted otherwise than it should be, for all who ask but the guards themselves. */
export const givenJudgement =
  (change: (judgement: Judgement) => Partial<Judgement>) =>
  (module: Modules['machine/guards.ts']): void =>
    replace(module, 'judgementOf', (original) => (moment) => {
      const judgement = original(moment);
      return judgement && { ...judgement, ...change(judgement) };
    });

/** The function, whose answer lacks some fields. */
export const omitting =
  (...names: readonly string[]) =>
  <TArguments extends readonly unknown[], TResult extends object>(
    original: (...args: TArguments) => TResult,
  ) =>
  (...args: TArguments): TResult =>
    Object.fromEntries(
      Object.entries(original(...args)).filter(([name]) => !names.includes(name)),
    ) as TResult;

/** A copy of the same class with other values. */
export function altered<T extends object>(value: T, changes: Partial<T>): T {
  const copy = Object.create(Object.getPrototypeOf(value) as object) as T;
  return Object.assign(copy, value, changes);
}

/** Does something while a method of an object does nothing. */
export function muting<T extends object>(owner: T, method: keyof T, action: () => void): void {
  if (typeof owner[method] !== 'function') throw new Error(`there is no ${String(method)}`);
  Object.defineProperty(owner, method, { value: () => {}, configurable: true });
  action();
  delete owner[method];
}
