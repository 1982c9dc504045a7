import { checkAtLeast, checkNames, checkObject, clampTimer } from '../../core/check.js';
import type { Clock } from '../../core/clock.js';
import { InvalidOptionError } from '../../core/errors.js';
import type { Member } from './member.js';

/** How a group stops. */
export interface GroupStopOptions {
  /**
   * The order of the stops. `'together'`: all at once. `'reverse'`: one after another, the last added first. A list of
   * names, or of lists of names, is stopped step by step; links that it does not name are the last step. Default:
   * `'together'`.
   */
  readonly order?: StopOrder;
  /**
   * Maximum duration of the whole stop in milliseconds; links that have not ended by then are cut off. Default: 10 000.
   * Bounds: >= 0; with `Infinity` only the `gracePeriodMs` of each link is a limit.
   */
  readonly deadlineMs?: number;
  /** The `reason` of each link's `StopRequested`. Default: undefined. */
  readonly reason?: unknown;
}

/**
 * The order in which the links of a group are stopped. `'together'`: all at once. `'reverse'`: one after another, the
 * last added first. A list: name after name; the names of an inner list at once.
 */
export type StopOrder = 'together' | 'reverse' | readonly (string | readonly string[])[];

/** The only list of defaults. */
export const stopDefaults: { readonly order: StopOrder; readonly deadlineMs: number } = {
  order: 'together',
  deadlineMs: 10_000,
};

/** @throws InvalidOptionError when an option is unknown or out of bounds */
export function resolveStop(options: GroupStopOptions) {
  checkObject('options', options);
  checkNames(options, [...Object.keys(stopDefaults), 'reason']);
  const { reason } = options;
  const order = checkOrder(options.order ?? stopDefaults.order);
  return {
    order,
    deadlineMs: checkAtLeast('deadlineMs', options.deadlineMs ?? stopDefaults.deadlineMs, 0),
    reason,
  };
}

function checkOrder(order: StopOrder): StopOrder {
  const isName = (name: unknown) => typeof name === 'string';
  const isStep = (step: unknown) => isName(step) || (Array.isArray(step) && step.every(isName));
  if (order === 'together' || order === 'reverse') return order;
  if (Array.isArray(order) && order.every(isStep)) return order;
  const expected = "'together', 'reverse', or a list of names and of lists of names";
  throw new InvalidOptionError('order', expected, order);
}

/** The members step by step; an unknown name is ignored, and a repeated name counts once, at its first place. */
export function stepsOf(members: ReadonlyMap<string, Member>, order: StopOrder): Member[][] {
  const all = [...members.values()];
  if (order === 'together') return [all];
  if (order === 'reverse') return all.toReversed().map((member) => [member]);
  const rest = new Map(members);
  const steps = order.map((step) =>
    [step].flat().flatMap((name) => {
      const member = rest.get(name);
      rest.delete(name);
      return member ?? [];
    }),
  );
  return [...steps, [...rest.values()]];
}

/** The stop of many links, step by step, with one deadline for all. */
export class Shutdown {
  readonly #steps: readonly (readonly Member[])[];
  readonly #clock: Clock;
  readonly #reason: unknown;
  readonly #done: (late: string[]) => void;
  #step = 0;
  /** The members of the current step that have not ended. */
  readonly #left = new Set<Member>();
  #isAdvancing = false;
  isOver = false;
  #timer: unknown = undefined;

  constructor(
    steps: readonly (readonly Member[])[],
    clock: Clock,
    reason: unknown,
    done: (late: string[]) => void,
  ) {
    this.#steps = steps;
    this.#clock = clock;
    this.#reason = reason;
    this.#done = done;
  }

  begin(deadlineMs: number): void {
    if (deadlineMs !== Infinity) {
      this.#timer = this.#clock.setTimeout(() => this.cut(), clampTimer(deadlineMs));
    }
    this.#advance();
  }

  ended(member: Member): void {
    this.#left.delete(member);
    this.#advance();
  }

  /** Ends the remaining links at once. */
  cut(): void {
    this.#isAdvancing = true;
    const late = this.#steps.flat().filter(({ link }) => link !== undefined);
    for (const { link } of late) link?.stop();
    this.#end(late.map(({ name }) => name));
  }

  /** A loop, because a step may end synchronously: recursion would be too deep for thousands of steps. */
  #advance(): void {
    if (this.#isAdvancing) return;
    this.#isAdvancing = true;
    while (this.#left.size === 0) {
      const step = this.#steps[this.#step++];
      if (step === undefined) {
        this.#end([]);
        return;
      }
      for (const member of step) if (member.link !== undefined) this.#left.add(member);
      for (const member of step) member.stop(this.#reason);
    }
    this.#isAdvancing = false;
  }

  #end(late: string[]): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.isOver = true;
    this.#done(late);
  }
}
