import type { DelayName } from '../machine/delays.js';
import {
  isCommand,
  type ReconnectCommand,
  type StateName,
  statePaths,
} from '../machine/vocabulary.js';
import {
  eventsOf,
  initialModelState,
  isTimer,
  type ModelEvent,
  type ModelSetup,
  type ModelState,
  nextModelState,
  OUTCOMES,
  type Place,
  type TimerEvent,
} from './model.js';

/** One result of a connector's method; `run.throws` is an error worth another attempt. */
export type ModelTestOutcome = (typeof OUTCOMES)[number];

/** One step of a path: an outcome that the world makes happen, or a timer or a command that comes from `modelTest`. */
export type ModelTestEvent =
  | ModelTestOutcome
  | 'limiter.grants'
  | `after ${Exclude<DelayName, 'gracePeriod' | 'turn'>}`
  | ReconnectCommand['type'];

/** The states in which a link stays: the four top-level states, and `suspended`, which only `resume` ends. */
export type ModelTestState = StateName | 'suspended';

export const STATES: readonly ModelTestState[] = [...new Set(statePaths.map(stateOf))];

/** Tags of states that a link passes through, in which the kit holds it for a check. */
export const PASSING = ['closing', 'stopping'] as const;
/**
 * A tag of states that a link only passes through. In a second walk of each path, `modelTest` holds the link in them,
 * so that they can be checked.
 */
export type ModelTestPassing = (typeof PASSING)[number];

/** The chart for a user's test: a subset of its places, and the possible events in them. */
export interface UserModel {
  readonly initial: ModelState;
  eventsOf(state: ModelState): ModelTestEvent[];
  next(state: ModelState, event: ModelTestEvent): ModelState;
}

/** The properties of a user's world. */
export interface UserSetup {
  /** True if the world can provoke the event; if a state is given, in that state. */
  readonly canHappen: (event: ModelTestEvent, state?: ModelTestState) => boolean;
  readonly isStableAtOnce: boolean;
  readonly hasLimiter: boolean;
}

// Places at which a test of a connector does not stop, and the event that leaves them: the delay is known at once or
// awaited, and an aborted connector settles, or the grace period ends the wait.
const PASSED_THROUGH: { readonly [P in Place]?: ModelEvent } = {
  'connecting.restarting': 'after gracePeriod',
  'connecting.suspending': 'after gracePeriod',
  'connecting.stopping': 'after gracePeriod',
  'running.draining': 'after gracePeriod',
  'running.closing': 'after gracePeriod',
  'running.reconnecting': 'after gracePeriod',
  'running.suspending': 'after gracePeriod',
  'running.stopping': 'after gracePeriod',
  'waiting.deciding': 'retryDelay.ms',
};

/** The timer that ends the wait for an aborted connector; undefined in other places. */
export function graceTimerOf(place: string): TimerEvent | undefined {
  const way = PASSED_THROUGH[place as Place];
  return way !== undefined && isTimer(way) ? way : undefined;
}

// Events that the kit itself causes by letting timers fire.
const TIMERS: readonly ModelTestEvent[] = [
  'after connectTimeout',
  'after stableAfter',
  'after retryDelay',
];

/** The model without impossible events, and without commands where they are ignored. */
export function userModel({ canHappen, isStableAtOnce, hasLimiter }: UserSetup): UserModel {
  // Events that a user cannot provoke, such as a late timer, are not distinguished.
  const setup: ModelSetup = {
    hasLimiter,
    isStableAtOnce,
    releasesLater: false,
    failFast: 'always',
  };
  const queues = canHappen('limiter.grants');
  const provoked: ReadonlySet<ModelEvent> = new Set([...OUTCOMES, ...TIMERS, 'limiter.grants']);
  const wayOut = ({ place, isUnasked, isProbing }: ModelState): ModelEvent | undefined => {
    if (isUnasked) return queues ? 'limiter.queues' : 'limiter.admits';
    return isProbing ? 'probe.ok' : PASSED_THROUGH[place];
  };
  const rest = (state: ModelState): ModelState => {
    const way = wayOut(state);
    // A good session changes nothing for outcomes that a user provokes.
    if (way === undefined) return { ...state, hasBeenStable: false };
    return rest(nextModelState(state, way, setup));
  };
  const isStep = (state: ModelState, event: ModelEvent) =>
    isCommand(event) ? nextModelState(state, event, setup) !== state : provoked.has(event);
  return {
    initial: rest(initialModelState(setup)),
    eventsOf: (state) =>
      (eventsOf(state) as ModelTestEvent[]).filter(
        (event) => isStep(state, event) && canHappen(event, stateOf(state.place)),
      ),
    next: (state, event) => rest(nextModelState(state, event, setup)),
  };
}

/** A place's name for readers: the plain state, if the model has only one place in it. */
export function nameOfPlace(place: string): string {
  const isOnlyOne = place === 'connecting.attempting' || place === 'waiting.delaying';
  return isOnlyOne || place === 'waiting.suspended' ? stateOf(place) : place;
}

/** The state that contains a place. */
export function stateOf(place: string): ModelTestState {
  return place === 'waiting.suspended' ? 'suspended' : (place.split('.')[0] as StateName);
}
