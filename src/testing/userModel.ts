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

/** One way in which a connector's method settles; `run.throws` is an error worth another attempt. */
export type ModelTestOutcome = (typeof OUTCOMES)[number];

/** One step of a path: an outcome that the world provokes, or a timer or command of the kit's own. */
export type ModelTestEvent =
  | ModelTestOutcome
  | 'limiter.grants'
  | `after ${Exclude<DelayName, 'gracePeriod' | 'turn'>}`
  | ReconnectCommand['type'];

/** Where a link rests: the four top-level states, and the wait that only `resume` ends. */
export type ModelTestState = StateName | 'suspended';

export const STATES: readonly ModelTestState[] = [...new Set(statePaths.map(stateOf))];

/** Tags of states that a link passes through, in which the kit holds it to look. */
export const PASSING = ['closing', 'stopping'] as const;
/** A tag of states that a link only passes through: the kit holds it there. */
export type ModelTestPassing = (typeof PASSING)[number];

/** The chart as a user's test sees it: a subset of its places, and what can happen in them. */
export interface UserModel {
  readonly initial: ModelState;
  eventsOf(state: ModelState): ModelTestEvent[];
  next(state: ModelState, event: ModelTestEvent): ModelState;
}

/** What a user's test says of its world. */
export interface UserSetup {
  /** Whether the world provokes it; whether it comes in a state, too, when one is given. */
  readonly canHappen: (event: ModelTestEvent, state?: ModelTestState) => boolean;
  readonly isStableAtOnce: boolean;
  readonly hasLimiter: boolean;
}

// Places a test of a connector does not stop at, and what leads out of them: the delay is known at
// once or awaited, and a connector that is told to end gives in, or the grace period ends the wait.
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

/** The timer that ends the wait for a connector that was told to end; undefined where nothing waits for one. */
export function graceTimerOf(place: string): TimerEvent | undefined {
  const way = PASSED_THROUGH[place as Place];
  return way !== undefined && isTimer(way) ? way : undefined;
}

// What the kit brings about itself by letting timers run out.
const TIMERS: readonly ModelTestEvent[] = [
  'after connectTimeout',
  'after stableAfter',
  'after retryDelay',
];

/** The model, without the events that cannot happen, and without commands where they are ignored. */
export function userModel({ canHappen, isStableAtOnce, hasLimiter }: UserSetup): UserModel {
  // What is neither here nor in what a user provokes, such as a late timer, is not told apart from what is.
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

/** A place's name for a reader: the plain state, where the model has but one place in it. */
export function nameOfPlace(place: string): string {
  const isOnlyOne = place === 'connecting.attempting' || place === 'waiting.delaying';
  return isOnlyOne || place === 'waiting.suspended' ? stateOf(place) : place;
}

/** The state that a place belongs to. */
export function stateOf(place: string): ModelTestState {
  return place === 'waiting.suspended' ? 'suspended' : (place.split('.')[0] as StateName);
}
