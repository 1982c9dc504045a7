import { differenceOf, lineOf } from './assertion.js';
import type { ModelTestEvent } from './userModel.js';

/** The difference at one step. */
export interface Mismatch {
  /** The part of the configuration that found it; `machine` for the comparison with the model. */
  readonly field: string;
  readonly expected: string;
  readonly seen: string;
  /** The thrown value, boxed; absent if nothing was thrown. */
  readonly thrown?: { readonly error: unknown };
  /** With `eventually`: the last difference, if it was another one. */
  readonly last?: Mismatch;
}

/** Carries a mismatch out of the middle of a step. */
export class MismatchError extends Error {
  constructor(readonly mismatch: Mismatch) {
    super(mismatch.expected);
  }
}

/** Executes a part of a step; what it throws becomes a mismatch. */
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

/** Returns the mismatch of a part; undefined if there is none. */
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

/** The position and cause of a failure in a path. */
export interface FailedStep extends Mismatch {
  readonly path: readonly ModelTestEvent[];
  /** Number of applied steps, including the failing one; a number greater than the path's length means the end. */
  readonly applied: number;
  /** True if the link was held in the states that it passes through. */
  readonly isHeld: boolean;
}

/** The last step of every path: `stop` ends it, whatever its state. */
export const END = 'stop (at the end)';

/** A path on which the connector, the world or the user interface differed from the model. */
export class ModelTestError extends Error {
  /** Stable, unlike the message. */
  readonly code = 'ERR_MODEL_TEST';
  /** The events of the path that failed. */
  readonly path: readonly ModelTestEvent[];
  /**
   * The event after which the path failed: `start` if that was before the first event, `stop (at the end)` if it was
   * the stop that ends every path.
   */
  readonly step: string;
  /** The expected result. */
  readonly expected: string;
  /** The actual result. */
  readonly seen: string;
  /**
   * The part that found the failure: a key of the configuration, such as `states.running` or `resources.sockets`, or
   * `machine`.
   */
  readonly field: string;
  /**
   * The position in your code that threw, as `file:line:column`; undefined if your code did not throw, or the error has
   * no such line.
   */
  readonly line: string | undefined;
  /** The shortest sequence of events found that fails in the same step. */
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

/** The events of a path in readable form; `start` for the empty path. */
export function nameOfPath(path: readonly ModelTestEvent[]): string {
  return path.join(' → ') || 'start';
}

/** The event that failed; `start` before the first, or the stop at the end. */
export function nameOfStep({ path, applied }: FailedStep): string {
  if (applied === 0) return 'start';
  return path[applied - 1] ?? END;
}

/** A thrown value in one line: its name and message. */
export function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
