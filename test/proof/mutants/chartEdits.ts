import type { ActionName } from '../../../src/machine/actions.js';
import type { DelayName } from '../../../src/machine/delays.js';
import type { GuardName } from '../../../src/machine/guards.js';
import type {
  ChildId,
  ReconnectCommand,
  Report,
  StateName,
  StatePath,
} from '../../../src/machine/vocabulary.js';

/** An edit of the chart, before an engine reads it; throws when it finds nothing to edit. */
export type ChartEdit = (chart: object) => void;

/** A state of the chart: a top-level one or a leaf. */
type Place = StateName | StatePath;

/** What leads out of a state. */
type Trigger =
  | 'always'
  | `after.${DelayName}`
  | `on.${ReconnectCommand['type'] | Report | `xstate.${'done' | 'error'}.actor.${ChildId}`}`;

/** One branch of a trigger: the one with this guard, or the one without. */
type Branch = GuardName | 'otherwise';

interface State {
  readonly states?: { readonly [name: string]: State };
  entry?: ActionName | readonly ActionName[];
}

interface Transition {
  target?: string;
  reenter?: true;
  guard?: GuardName;
  actions?: ActionName | readonly ActionName[];
}

/** Takes a branch out; the last one takes the trigger with it. */
export const drop =
  (place: Place, trigger: Trigger, branch: Branch = 'otherwise'): ChartEdit =>
  (chart) => {
    const { others, write } = find(chart, place, trigger, branch);
    write(others);
  };

/** Sends a branch to another state, written as the chart writes targets. */
export const retarget =
  (place: Place, trigger: Trigger, branch: Branch, target: string): ChartEdit =>
  (chart) =>
    change(chart, place, trigger, branch, (transition) => {
      if (transition.target === target) throw new Error(`${place} ${trigger} leads there already`);
      return { ...transition, target };
    });

/** Takes the guard from a branch. */
export const unguard =
  (place: Place, trigger: Trigger, guard: GuardName): ChartEdit =>
  (chart) =>
    change(chart, place, trigger, guard, (transition) => {
      const { guard: _, ...rest } = transition;
      return rest;
    });

/** Takes one action out of a branch. */
export const silence =
  (place: Place, trigger: Trigger, branch: Branch, action: ActionName): ChartEdit =>
  (chart) =>
    change(chart, place, trigger, branch, ({ actions = [], ...rest }) => {
      const all = asArray(actions);
      if (!all.includes(action)) throw new Error(`${place} ${trigger} does no ${action}`);
      return { ...rest, actions: all.filter((name) => name !== action) };
    });

/** Takes an action from the entry of a state. */
export const silenceEntry =
  (place: Place, action: ActionName): ChartEdit =>
  (chart) => {
    const state = stateOf(chart, place);
    const all = asArray(state.entry ?? []);
    if (!all.includes(action)) throw new Error(`${place} does no ${action} at its entry`);
    state.entry = all.filter((name) => name !== action);
  };

/** Takes a trigger out, with all its branches. */
export const forget =
  (place: Place, trigger: Trigger): ChartEdit =>
  (chart) => {
    const [owner, key] = ownerOf(stateOf(chart, place), trigger);
    if (owner?.[key] === undefined) throw new Error(`${place} has no ${trigger}`);
    delete owner[key];
  };

/** Adds a trigger that a state does not have. */
export const add =
  (place: Place, trigger: Trigger, transition: Transition): ChartEdit =>
  (chart) => {
    const [owner, key] = ownerOf(stateOf(chart, place), trigger);
    if (owner === undefined || owner[key] !== undefined) {
      throw new Error(`${place} cannot have another ${trigger}`);
    }
    owner[key] = transition;
  };

/** Puts another transition in the place of a branch. */
export const exchange =
  (place: Place, trigger: Trigger, branch: Branch, transition: Transition): ChartEdit =>
  (chart) =>
    change(chart, place, trigger, branch, () => transition);

function change(
  chart: object,
  place: Place,
  trigger: Trigger,
  branch: Branch,
  edit: (transition: Transition) => Transition,
): void {
  const { transitions, found, write } = find(chart, place, trigger, branch);
  write(transitions.map((transition) => (transition === found ? edit(found) : transition)));
}

interface Found {
  readonly transitions: readonly Transition[];
  readonly found: Transition;
  readonly others: readonly Transition[];
  readonly write: (transitions: readonly Transition[]) => void;
}

function find(chart: object, place: Place, trigger: Trigger, branch: Branch): Found {
  const [owner, key] = ownerOf(stateOf(chart, place), trigger);
  const written = owner?.[key];
  if (owner === undefined || written === undefined) {
    throw new Error(`${place} has no ${trigger}`);
  }
  const transitions = asArray(written).map((transition) =>
    typeof transition === 'string' ? { target: transition } : (transition as Transition),
  );
  const guard = branch === 'otherwise' ? undefined : branch;
  const found = transitions.find((transition) => transition.guard === guard);
  if (found === undefined) throw new Error(`${place} ${trigger} has no branch ${branch}`);
  return {
    transitions,
    found,
    others: transitions.filter((transition) => transition !== found),
    write: (next) => {
      if (next.length > 0) owner[key] = next;
      else delete owner[key];
    },
  };
}

function stateOf(chart: object, place: Place): State {
  let state: State | undefined = chart as State;
  for (const name of place.split('.')) state = state?.states?.[name];
  if (state === undefined) throw new Error(`the chart has no state ${place}`);
  return state;
}

/** The object and the key that hold the transitions; what follows the first dot is one key, dots and all. */
function ownerOf(
  state: object,
  trigger: Trigger,
): [{ [key: string]: unknown } | undefined, string] {
  const dot = trigger.indexOf('.');
  const fields = state as { [key: string]: unknown };
  if (dot < 0) return [fields, trigger];
  return [
    fields[trigger.slice(0, dot)] as { [key: string]: unknown } | undefined,
    trigger.slice(dot + 1),
  ];
}

function asArray<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T];
}
