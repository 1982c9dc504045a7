import type { DelayName } from '../machine/delays.js';
import type { ReconnectCommand, RestingPath } from '../machine/vocabulary.js';

/**
 * The chart written a second time, without effects: what the machine must do, as a pure function from
 * a state and an event to the next state. It shares names with the machine, but no code, so that a mistake in
 * either shows up as a difference.
 */

/** Where the machine rests between two events. */
export type Place = RestingPath;

/** How `connect` and `run` settle: what a test of a connector has to provoke. */
export const OUTCOMES = [
  'connect.ok',
  'connect.retryable',
  'connect.fatal',
  'run.continue',
  'run.break',
  'run.throws',
  'run.fatal',
] as const;

/** What can happen: how the connector's methods settle, that a timer is over, that a command comes. */
export type ModelEvent =
  | (typeof OUTCOMES)[number]
  | 'retryDelay.ms'
  | 'retryDelay.zero'
  | 'retryDelay.infinity'
  | 'retryDelay.break'
  | 'retryDelay.throws'
  | TimerEvent
  | ReconnectCommand['type'];

/** A timer of the chart is over. */
export type TimerEvent = `after ${DelayName}`;

export function isTimer(event: ModelEvent): event is TimerEvent {
  return event.startsWith('after ');
}

export interface ModelState {
  readonly place: Place;
  /** Failed tries in a row since the last stable session. */
  readonly attempt: number;
  /** Sessions so far. */
  readonly epoch: number;
  /** Whether the wait has an end; only `reconnect` and `stop` end one that has none. */
  readonly waitsForever: boolean;
  /** How the loop ended. */
  readonly status: 'active' | 'completed' | 'failed' | 'stopped';
  /** Whether an error other than the abort's reason came up while stopping. */
  readonly hasLateError: boolean;
}

export const initialModelState: ModelState = {
  place: 'connecting.attempting',
  attempt: 0,
  epoch: 0,
  waitsForever: false,
  status: 'active',
  hasLateError: false,
};

type Rule = (state: ModelState) => ModelState;
type Rules = { readonly [P in Place]: { readonly [E in ModelEvent]?: Rule } };

const go =
  (place: Place): Rule =>
  (state) => ({ ...state, place });
const end =
  (status: 'completed' | 'failed' | 'stopped'): Rule =>
  (state) => ({ ...state, place: 'stopped', status });
const endWithError: Rule = (state) => ({ ...end('stopped')(state), hasLateError: true });
const stay: Rule = (state) => state;
const open: Rule = (state) => ({ ...state, place: 'running.settling', epoch: state.epoch + 1 });
const fail: Rule = (state) => ({ ...state, place: 'waiting.deciding', attempt: state.attempt + 1 });
const delay =
  (waitsForever: boolean): Rule =>
  (state) => ({ ...state, place: 'waiting.delaying', waitsForever });

const session = {
  'run.continue': fail,
  'run.break': end('completed'),
  'run.throws': fail,
  'run.fatal': end('failed'),
  stop: go('running.stopping'),
  reconnect: go('running.reconnecting'),
};

const rules: Rules = {
  'connecting.attempting': {
    'connect.ok': open,
    'connect.retryable': fail,
    'connect.fatal': end('failed'),
    'after connectTimeout': fail,
    stop: go('connecting.stopping'),
    reconnect: stay,
  },
  'connecting.stopping': {
    'connect.ok': end('stopped'),
    'connect.retryable': endWithError,
    'connect.fatal': endWithError,
    'after gracePeriod': end('stopped'),
    stop: stay,
    reconnect: stay,
  },
  'running.settling': {
    ...session,
    'after stableAfter': (state) => ({ ...state, place: 'running.stable', attempt: 0 }),
  },
  'running.stable': session,
  'running.reconnecting': {
    'run.continue': go('connecting.attempting'),
    'run.break': end('completed'),
    'run.throws': go('connecting.attempting'),
    'run.fatal': end('failed'),
    'after gracePeriod': go('connecting.attempting'),
    stop: go('running.stopping'),
    reconnect: stay,
  },
  'running.stopping': {
    'run.continue': end('stopped'),
    'run.break': end('stopped'),
    'run.throws': endWithError,
    'run.fatal': endWithError,
    'after gracePeriod': end('stopped'),
    stop: stay,
    reconnect: stay,
  },
  'waiting.deciding': {
    'retryDelay.ms': delay(false),
    'retryDelay.zero': go('connecting.attempting'),
    'retryDelay.infinity': delay(true),
    'retryDelay.break': end('completed'),
    'retryDelay.throws': end('failed'),
    stop: end('stopped'),
    reconnect: go('connecting.attempting'),
  },
  'waiting.delaying': {
    'after retryDelay': go('connecting.attempting'),
    stop: end('stopped'),
    reconnect: go('connecting.attempting'),
  },
  stopped: {},
};

/** The events that can happen in a state. */
export function eventsOf(state: ModelState): ModelEvent[] {
  const events = Object.keys(rules[state.place]) as ModelEvent[];
  return state.waitsForever && state.place === 'waiting.delaying'
    ? events.filter((event) => event !== 'after retryDelay')
    : events;
}

/** The state that follows; the same one where the event changes nothing. */
export function nextModelState(state: ModelState, event: ModelEvent): ModelState {
  return rules[state.place][event]?.(state) ?? state;
}
