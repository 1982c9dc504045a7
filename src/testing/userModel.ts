import type { DelayName } from '../machine/delays.js';
import {
  commands,
  type ReconnectCommand,
  type StateName,
  statePaths,
} from '../machine/vocabulary.js';
import {
  eventsOf,
  initialModelState,
  isTimer,
  type ModelEvent,
  type ModelState,
  nextModelState,
  OUTCOMES,
  type Place,
  type TimerEvent,
} from './model.js';

/** One way in which a connector's method settles; `run.throws` is an error worth another try. */
export type ModelTestOutcome = (typeof OUTCOMES)[number];

/** One step of a path: an outcome that the world provokes, or a timer or command of the kit's own. */
export type ModelTestEvent =
  | ModelTestOutcome
  | `after ${Exclude<DelayName, 'gracePeriod'>}`
  | ReconnectCommand['type'];

/** The four top-level states, in which assertions are made. */
export const STATES: readonly StateName[] = [...new Set(statePaths.map(stateOf))];

/** One of the four top-level states of the machine. */
export type ModelTestState = StateName;

/** The chart as a user's test sees it: a subset of its places, and what can happen in them. */
export interface UserModel {
  readonly initial: ModelState;
  eventsOf(state: ModelState): ModelTestEvent[];
  next(state: ModelState, event: ModelTestEvent): ModelState;
}

// Places a test of a connector does not stop at, and what leads out of them: the delay is known at
// once or awaited, and a connector that is told to end gives in, or the grace period ends the wait.
const PASSED_THROUGH: { readonly [P in Place]?: ModelEvent } = {
  'connecting.stopping': 'after gracePeriod',
  'running.reconnecting': 'after gracePeriod',
  'running.stopping': 'after gracePeriod',
  'waiting.deciding': 'retryDelay.ms',
};

/** The timer that ends the wait for a connector that was told to end; undefined where nothing waits for one. */
export function drainTimerOf(place: string): TimerEvent | undefined {
  const way = PASSED_THROUGH[place as Place];
  return way !== undefined && isTimer(way) ? way : undefined;
}

// What the kit brings about itself: timers that it lets run out, and commands.
const OWN_EVENTS: readonly ModelTestEvent[] = [
  'after connectTimeout',
  'after stableAfter',
  'after retryDelay',
  ...commands,
];

/** The model, without the events that cannot happen. */
export function userModel(options: {
  readonly canHappen: (event: ModelTestEvent) => boolean;
  readonly isStableAtOnce: boolean;
}): UserModel {
  const known = new Set<ModelEvent>([...OUTCOMES, ...OWN_EVENTS].filter(options.canHappen));
  const passedThrough = options.isStableAtOnce
    ? { ...PASSED_THROUGH, 'running.settling': 'after stableAfter' as const }
    : PASSED_THROUGH;
  return {
    initial: initialModelState,
    eventsOf: (state) => eventsOf(state).filter((event) => known.has(event)) as ModelTestEvent[],
    next(state, event) {
      const next = nextModelState(state, event);
      const way = passedThrough[next.place];
      return way === undefined ? next : nextModelState(next, way);
    },
  };
}

/** A place's name for a reader: the plain state, where the model has but one place in it. */
export function nameOfPlace(place: string): string {
  return place === 'connecting.attempting' || place === 'waiting.delaying' ? stateOf(place) : place;
}

/** The top-level state a place belongs to. */
export function stateOf(place: string): ModelTestState {
  return place.split('.')[0] as ModelTestState;
}
