import type { DelayName } from '../machine/delays.js';
import type { FailFast } from '../machine/settings.js';
import { commands, type ReconnectCommand, type RestingPath } from '../machine/vocabulary.js';

/**
 * The chart written a second time, without effects: what the machine must do, as a pure function from
 * a state and an event to the next state. It shares names with the machine, but no code, so that a mistake in
 * either shows up as a difference.
 */

/** Where the machine stays between two events. */
export type Place = RestingPath;

/** The results of `connect` and `run`, and the loss of the connection: what the test of a connector must provoke. */
export const OUTCOMES = [
  'connect.ok',
  'connect.retryable',
  'connect.fatal',
  'run.continue',
  'run.break',
  'run.throws',
  'run.fatal',
  'run.lost',
] as const;

/** The possible events. */
export type ModelEvent =
  | (typeof OUTCOMES)[number]
  /** An error that another attempt would probably meet again; an error with a hint; an error that does not count. */
  | `connect.${'permanent' | 'overloaded' | 'postponed'}`
  | 'run.permanent'
  /** The work settles after its abort, by rejecting with the signal's reason. */
  | `${'connect' | 'run'}.yields`
  /** The limiter's answer, immediate or later; when it fails, it throws, or grants something that is not a permit. */
  | `limiter.${'admits' | 'queues' | 'grants' | 'fails'}`
  /** Other losses of a connection than by a transient error. */
  | `lost.${'cleanly' | 'permanent' | 'fatal' | 'unread' | 'unread, fatal'}`
  /** Everything that had arrived on a lost connection has been read. */
  | 'drained'
  /** `closed` settles while the session is already ending. */
  | 'closed late'
  | `probe.${'ok' | 'rejects'}`
  | `release.${'ok' | 'throws'}`
  | `retryDelay.${'ms' | 'zero' | 'infinity' | 'break' | 'throws'}`
  | TimerEvent
  /** The timeout fires so late that the process must have stalled. */
  | 'late connectTimeout'
  | ReconnectCommand['type'];

/** A timer of the chart has fired. */
export type TimerEvent = `after ${DelayName}`;

export function isTimer(event: ModelEvent): event is TimerEvent {
  return event.startsWith('after ');
}

/** The properties of a link that the model distinguishes. */
export interface ModelSetup {
  /** True if attempts need a permit. */
  readonly hasLimiter: boolean;
  /** True if a release takes time; otherwise it finishes at once. */
  readonly releasesLater: boolean;
  /** True if every session counts as stable from its start. */
  readonly isStableAtOnce: boolean;
  readonly failFast: FailFast;
}

/** How a session, or an aborted attempt, has settled. */
type Ending = 'continue' | 'break' | 'throws' | 'permanent' | 'fatal' | 'yields' | 'overdue';

export interface ModelState {
  readonly place: Place;
  /** Number of failures in a row since the last good session. */
  readonly attempt: number;
  /** Number of sessions so far. */
  readonly epoch: number;
  /** True if there has been a good session. */
  readonly hasBeenStable: boolean;
  /** True if the attempt is so new that the limiter has not been asked. */
  readonly isUnasked: boolean;
  /** How the connection was lost; undefined if it was not. */
  readonly loss: 'cleanly' | 'transient' | 'permanent' | 'fatal' | undefined;
  /** True if the session ended before any command. */
  readonly isOver: boolean;
  /** The result of `run`, or of a late connection, during the release. */
  readonly settled: Ending | undefined;
  /** True if `closed` has settled after something else had ended the session. */
  readonly isClosedLate: boolean;
  readonly isProbing: boolean;
  /** True if only commands end the wait. */
  readonly waitsForever: boolean;
  /** How the link ended. */
  readonly status: 'active' | 'completed' | 'failed' | 'stopped';
  /** True if an error other than the abort's reason occurred while stopping. */
  readonly hasLateError: boolean;
}

/** The identity of a state: everything except the number of the session. */
export function keyOf(state: ModelState): string {
  return JSON.stringify({ ...state, epoch: 0 });
}

/** Clears the facts about a session and a wait. */
const noSession = {
  isUnasked: false,
  loss: undefined,
  isOver: false,
  settled: undefined,
  isClosedLate: false,
  isProbing: false,
  waitsForever: false,
} as const;

export function initialModelState(setup: ModelSetup): ModelState {
  return {
    ...noSession,
    place: 'connecting.attempting',
    isUnasked: setup.hasLimiter,
    attempt: 0,
    epoch: 0,
    hasBeenStable: false,
    status: 'active',
    hasLateError: false,
  };
}

type Rule = (state: ModelState, setup: ModelSetup) => ModelState;
type Rules = { readonly [E in ModelEvent]?: Rule };

const go =
  (place: Place): Rule =>
  (state) => ({ ...state, place, isProbing: false });

const end =
  (status: 'completed' | 'failed' | 'stopped', hasLateError = false): Rule =>
  (state) => ({ ...state, ...noSession, place: 'stopped', status, hasLateError });

const connect: Rule = (state, { hasLimiter }) => ({
  ...state,
  ...noSession,
  place: 'connecting.attempting',
  isUnasked: hasLimiter,
});

const call: Rule = (state) => ({ ...state, place: 'connecting.attempting', isUnasked: false });

const open: Rule = (state, setup) => {
  const opened: ModelState = { ...state, place: 'running.settling', epoch: state.epoch + 1 };
  return setup.isStableAtOnce ? becomeStable(opened, setup) : opened;
};

const becomeStable: Rule = (state) => ({
  ...state,
  place: 'running.stable',
  attempt: 0,
  hasBeenStable: true,
});

const fail: Rule = (state) => ({
  ...state,
  ...noSession,
  place: 'waiting.deciding',
  attempt: state.attempt + 1,
});

/** Counts the failure, without a wait. */
const skipWait: Rule = (state, setup) => connect({ ...state, attempt: state.attempt + 1 }, setup);

const delay =
  (waitsForever: boolean): Rule =>
  (state) => ({ ...state, ...noSession, place: 'waiting.delaying', waitsForever });

const suspend: Rule = (state) => ({ ...state, ...noSession, place: 'waiting.suspended' });

/** Ends the loop if the verdict is fatal, or permanent where permanent errors fail fast. */
const judge =
  (verdict: ModelState['loss'], otherwise: Rule): Rule =>
  (state, setup) => {
    const { failFast } = setup;
    const failsFast = failFast === 'always' || (failFast === 'startup' && !state.hasBeenStable);
    const isFatal = verdict === 'fatal' || (verdict === 'permanent' && failsFast);
    return isFatal ? end('failed')(state, setup) : otherwise(state, setup);
  };

const isError = (how: Ending) => how === 'throws' || how === 'permanent' || how === 'fatal';

/** An aborted attempt has ended. */
const endAttempt =
  (how: Ending): Rule =>
  (state, setup) => {
    if (state.place === 'connecting.stopping') return end('stopped', isError(how))(state, setup);
    if (how === 'fatal') return end('failed')(state, setup);
    return state.place === 'connecting.suspending' ? suspend(state, setup) : connect(state, setup);
  };

/** A session has ended, and its connection has been released. */
const endSession =
  (how: Ending): Rule =>
  (state, setup) => {
    if (state.place === 'running.stopping') return end('stopped', isError(how))(state, setup);
    if (how === 'break') return end('completed')(state, setup);
    if (state.place === 'running.suspending') {
      return how === 'fatal' ? end('failed')(state, setup) : suspend(state, setup);
    }
    const next = state.place !== 'running.reconnecting' ? fail : state.isOver ? skipWait : connect;
    return judge(how === 'fatal' ? 'fatal' : (brokenBy(state) ?? verdictOf(how)), next)(
      state,
      setup,
    );
  };

/** The error that broke the connection outweighs a later error of `run`, unless that is marked as fatal. */
const brokenBy = ({ loss }: ModelState) => (loss === 'cleanly' ? undefined : loss);

const verdictOf = (how: Ending) => (how === 'permanent' ? how : undefined);

/** The result of `run` or `connect` is final: the release follows. */
const settle =
  (how: Ending, over: (how: Ending) => Rule): Rule =>
  (state, setup) => {
    if (!setup.releasesLater) return over(how)(state, setup);
    const isAsked = !['settling', 'stable', 'draining'].some((leaf) => state.place.endsWith(leaf));
    const place = isAsked ? state.place : 'running.closing';
    return { ...state, place, settled: how, isOver: state.isOver || !isAsked, isProbing: false };
  };

/** The connection is lost. */
const lose =
  (loss: ModelState['loss'], place: Place = 'running.closing'): Rule =>
  (state) => ({ ...state, place, loss, isOver: true, isProbing: false });

const probe: Rule = (state) => ({ ...state, isProbing: true });

const fromAttempt = {
  stop: go('connecting.stopping'),
  reconnect: go('connecting.restarting'),
  suspend: go('connecting.suspending'),
};

const fromSession = {
  stop: go('running.stopping'),
  reconnect: go('running.reconnecting'),
  suspend: go('running.suspending'),
};

/** The effect of each command; commands that are not listed are ignored. */
const asked: { readonly [P in Place]: { readonly [C in ReconnectCommand['type']]?: Rule } } = {
  'connecting.queued': { stop: end('stopped'), suspend },
  'connecting.attempting': fromAttempt,
  'connecting.overdue': fromAttempt,
  'connecting.restarting': {
    stop: go('connecting.stopping'),
    suspend: go('connecting.suspending'),
  },
  'connecting.suspending': {
    stop: go('connecting.stopping'),
    resume: go('connecting.restarting'),
  },
  'connecting.stopping': {},
  'running.settling': { ...fromSession, probe },
  'running.stable': { ...fromSession, probe },
  'running.draining': fromSession,
  'running.closing': fromSession,
  'running.reconnecting': { stop: go('running.stopping'), suspend: go('running.suspending') },
  'running.suspending': { stop: go('running.stopping'), resume: go('running.reconnecting') },
  'running.stopping': {},
  'waiting.deciding': { stop: end('stopped'), reconnect: connect, suspend },
  'waiting.delaying': { stop: end('stopped'), reconnect: connect, suspend },
  'waiting.suspended': { stop: end('stopped'), resume: connect },
  stopped: {},
};

const attempting: Rules = {
  'connect.ok': open,
  'connect.retryable': fail,
  'connect.overloaded': fail,
  'connect.postponed': delay(false),
  'connect.permanent': judge('permanent', fail),
  'connect.fatal': end('failed'),
};

/** A connection that arrives late is released. */
const givingUp: Rules = {
  'connect.ok': settle('yields', endAttempt),
  'connect.retryable': endAttempt('throws'),
  'connect.permanent': endAttempt('permanent'),
  'connect.fatal': endAttempt('fatal'),
  'connect.yields': endAttempt('yields'),
  'after gracePeriod': endAttempt('overdue'),
};

const serving: Rules = {
  'run.continue': settle('continue', endSession),
  'run.break': settle('break', endSession),
  'run.throws': settle('throws', endSession),
  'run.permanent': settle('permanent', endSession),
  'run.fatal': settle('fatal', endSession),
};

const online: Rules = {
  ...serving,
  'run.lost': lose('transient'),
  'lost.cleanly': lose('cleanly'),
  'lost.permanent': lose('permanent'),
  'lost.fatal': lose('fatal'),
  'lost.unread': lose('cleanly', 'running.draining'),
  'lost.unread, fatal': lose('fatal', 'running.draining'),
  'probe.ok': (state) => ({ ...state, isProbing: false }),
  'probe.rejects': lose('transient'),
};

const ending: Rules = {
  ...serving,
  'run.yields': settle('yields', endSession),
  'closed late': (state) => ({ ...state, isClosedLate: true }),
  'after gracePeriod': endSession('overdue'),
};

/** The effect of events other than commands. */
const rules: { readonly [P in Place]: Rules } = {
  'connecting.queued': { 'limiter.grants': call, 'limiter.fails': fail },
  'connecting.attempting': {
    ...attempting,
    'after connectTimeout': fail,
    'late connectTimeout': go('connecting.overdue'),
  },
  'connecting.overdue': { ...attempting, 'after turn': fail },
  'connecting.restarting': givingUp,
  'connecting.suspending': givingUp,
  'connecting.stopping': givingUp,
  'running.settling': { ...online, 'after stableAfter': becomeStable },
  'running.stable': online,
  'running.draining': {
    ...serving,
    drained: go('running.closing'),
    'after gracePeriod': go('running.closing'),
  },
  'running.closing': ending,
  'running.reconnecting': ending,
  'running.suspending': ending,
  'running.stopping': ending,
  'waiting.deciding': {
    'retryDelay.ms': delay(false),
    'retryDelay.zero': connect,
    'retryDelay.infinity': delay(true),
    'retryDelay.break': end('completed'),
    'retryDelay.throws': end('failed'),
  },
  'waiting.delaying': { 'after retryDelay': connect },
  'waiting.suspended': {},
  stopped: {},
};

/** The limiter is asked before `connect` is called. */
const unasked: Rules = {
  'limiter.admits': call,
  'limiter.queues': (state) => ({ ...state, place: 'connecting.queued', isUnasked: false }),
  'limiter.fails': fail,
};

/** The work has settled, and its release is awaited. */
function releasing(place: Place, settled: Ending): Rules {
  const isAttempt = place.startsWith('connecting');
  const over = isAttempt ? endAttempt(settled) : endSession(settled);
  return {
    'release.ok': over,
    // A session's release error comes beside its result; for a late connection it is the only result.
    'release.throws': isAttempt ? endAttempt('throws') : over,
    'after gracePeriod': over,
    ...(!isAttempt && { 'closed late': ending['closed late'] as Rule }),
  };
}

function rulesIn({ place, isUnasked, settled }: ModelState): Rules {
  // An attempt whose `connect` was not called ends at once.
  if (isUnasked) return { ...unasked, ...asked['connecting.queued'] };
  return { ...(settled === undefined ? rules[place] : releasing(place, settled)), ...asked[place] };
}

function canHappen(state: ModelState, event: ModelEvent): boolean {
  if (event === 'after retryDelay') return !state.waitsForever;
  if (event === 'probe.ok' || event === 'probe.rejects') return state.isProbing;
  return event !== 'closed late' || (state.loss === undefined && !state.isClosedLate);
}

/** The events that are possible in a state; commands always are. */
export function eventsOf(state: ModelState): ModelEvent[] {
  if (state.place === 'stopped') return [];
  const events = Object.keys(rulesIn(state)) as ModelEvent[];
  return [...new Set([...events, ...commands])].filter((event) => canHappen(state, event));
}

/** Returns the next state; the same object if the event changes nothing. */
export function nextModelState(
  state: ModelState,
  event: ModelEvent,
  setup: ModelSetup,
): ModelState {
  return rulesIn(state)[event]?.(state, setup) ?? state;
}
