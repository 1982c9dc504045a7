import { differenceOf, lineOf } from './assertion.js';
import type { ModelTestEvent } from './userModel.js';

/** What was wrong at one step. */
export interface Mismatch {
  /** Which part of the configuration found it; `machine` when that is the comparison with the model. */
  readonly field: string;
  readonly expected: string;
  readonly seen: string;
  /** What was thrown, boxed; absent when nothing was. */
  readonly thrown?: { readonly error: unknown };
  /** With `eventually`: what was wrong in the end, if that was something else. */
  readonly last?: Mismatch;
}

/** Carries a mismatch out of the middle of a step. */
export class MismatchError extends Error {
  constructor(readonly mismatch: Mismatch) {
    super(mismatch.expected);
  }
}

/** Does a part of a step; what it throws is a mismatch. */
export async function expecting<T>(
  field: string,
  expected: string,
  part: () => T | PromiseLike<T>,
): Promise<T> {
  try {
    return await part();
  } catch (error) {
    if (error instanceof MismatchError) throw error;
    throw new MismatchError({ field, expected, seen: textOf(error), thrown: { error } });
  }
}

/** What is wrong with a part; undefined when nothing is. */
export async function mismatchOf(part: () => Promise<void>): Promise<Mismatch | undefined> {
  try {
    await part();
    return undefined;
  } catch (error) {
    /* v8 ignore next -- every part of a walk says by itself what is wrong: only a mistake of the kit gets here */
    if (!(error instanceof MismatchError)) throw error;
    return error.mismatch;
  }
}

/** Where in a path something was wrong. */
export interface FailedStep extends Mismatch {
  readonly path: readonly ModelTestEvent[];
  /** How many steps had been applied, the failing one included; more than the path has: the end. */
  readonly applied: number;
  /** Whether the link was held in what it passes through. */
  readonly isHeld: boolean;
}

/** The final check of every path: whatever state it ended in, `stop` ends it. */
export const END = 'stop (at the end)';

/** A path on which connector, world or user interface did not do what the model says. */
export class ModelTestError extends Error {
  /** Stable, unlike the message. */
  readonly code = 'ERR_MODEL_TEST';
  /** The events of the path that failed. */
  readonly path: readonly ModelTestEvent[];
  /** The event after which it failed; `start` before the first, or the stop at the end of every path. */
  readonly step: string;
  /** What should have been. */
  readonly expected: string;
  /** What was. */
  readonly seen: string;
  /** What found it: a key of the configuration, such as `states.running` or `resources.sockets`, or `machine`. */
  readonly field: string;
  /** Where your code threw, as `file:line:column`; undefined when it did not, or the error has no such line. */
  readonly line: string | undefined;
  /** The shortest sequence of events that was found to fail in the same step. */
  readonly shortest: readonly ModelTestEvent[];

  constructor(failed: FailedStep, shortest: readonly ModelTestEvent[]) {
    const { path, applied, field, expected, seen, thrown, last } = failed;
    const line = thrown && lineOf(thrown.error);
    const difference = thrown && differenceOf(thrown.error);
    const step = nameOfStep(failed);
    super(
      [
        `path "${nameOfPath(path)}" failed at step ${applied}, "${step}"`,
        `  expected: ${expected}`,
        `  seen: ${seen}`,
        ...(difference === undefined ? [] : [`  differs in: ${difference}`]),
        ...(line === undefined ? [] : [`  thrown at: ${line}`]),
        ...(last === undefined
          ? []
          : [`  in the end, expected: ${last.expected}; seen: ${last.seen}`]),
        `  shortest failing sequence: ${[...shortest, ...(step === END ? [END] : [])].join(' → ') || step}`,
      ].join('\n'),
      thrown && { cause: thrown.error },
    );
    this.name = 'ModelTestError';
    this.path = path;
    this.step = step;
    this.expected = expected;
    this.seen = seen;
    this.field = field;
    this.line = line;
    this.shortest = shortest;
  }
}

/** The events of a path, readable; `start` for the empty one. */
export function nameOfPath(path: readonly ModelTestEvent[]): string {
  return path.join(' → ') || 'start';
}

/** The event that failed; `start` before the first, or the stop at the end. */
export function nameOfStep({ path, applied }: FailedStep): string {
  if (applied === 0) return 'start';
  return path[applied - 1] ?? END;
}

/** A thrown value in a line: its name and message. */
export function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
