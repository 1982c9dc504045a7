import { GracePeriodError, ConnectTimeoutError } from 'schmoozer';
import { isCommand } from '../../../src/machine/vocabulary.js';
import { isTimer, type ModelEvent, type ModelState } from '../../../src/testing/model.js';
import { COMMAND_AFTER_MS, delayAt, errors, FOREVER_MS, TIMES } from './replay.js';

/** Everything that must be seen of the machine, kept up step by step from the model alone. */
export interface Expectation {
  readonly state: ModelState;
  readonly delayMs: number;
  readonly lastError: unknown;
  readonly emitted: readonly unknown[];
  readonly output: unknown;
  readonly calls: {
    readonly connects: number;
    readonly runs: number;
    readonly retryDelays: number;
  };
  readonly live: number;
  readonly timers: readonly number[];
  readonly nowMs: number;
  readonly downSinceMs: number | undefined;
  /** What the latest call of each method was told. */
  readonly told: { readonly connect: unknown; readonly run: unknown; readonly retryDelay: unknown };
  /** The code of the reason with which the latest call of each method was aborted. */
  readonly aborted: { readonly [method in keyof Expectation['told']]: string | undefined };
}

export const initialExpectation = (state: ModelState): Expectation => ({
  state,
  delayMs: 0,
  lastError: undefined,
  emitted: [],
  output: undefined,
  calls: { connects: 1, runs: 0, retryDelays: 0 },
  live: 0,
  timers: [TIMES.connectTimeoutMs],
  nowMs: 0,
  downSinceMs: 0,
  told: {
    connect: { attempt: 0, epoch: 1, lastError: undefined },
    run: undefined,
    retryDelay: undefined,
  },
  aborted: { connect: undefined, run: undefined, retryDelay: undefined },
});

export function expectNext(was: Expectation, event: ModelEvent, state: ModelState): Expectation {
  const before = was.state;
  const error = errorOf(event);
  const didFail = state.attempt > before.attempt;
  const isStable = event === 'after stableAfter';
  const delayMs = isStable ? 0 : (delayOf(event, state) ?? was.delayMs);
  const lastError =
    didFail || state.status === 'failed' ? error : isStable ? undefined : was.lastError;
  const entered = (place: ModelState['place']) =>
    state.place === place && before.place !== place ? 1 : 0;
  const abortOf = (place: string) =>
    before.place.startsWith(place) ? abortCodeOf(was, event) : undefined;
  const nowMs = was.nowMs + waitedMs(was, event);
  const downSinceMs = isStable ? undefined : didFail ? (was.downSinceMs ?? nowMs) : was.downSinceMs;
  const { told, aborted } = was;
  const connects = entered('connecting.attempting') === 1;
  const runs = entered('running.settling') === 1;
  return {
    state,
    delayMs,
    lastError,
    nowMs,
    downSinceMs,
    told: {
      connect: connects
        ? { attempt: state.attempt, epoch: state.epoch + 1, lastError }
        : told.connect,
      run: runs ? { epoch: state.epoch } : told.run,
      retryDelay: didFail
        ? {
            phase: event.startsWith('run') ? 'run' : 'connect',
            error,
            attempt: state.attempt,
            previousDelayMs: was.delayMs,
            downMs: nowMs - (downSinceMs ?? nowMs),
          }
        : told.retryDelay,
    },
    aborted: {
      connect: connects ? undefined : (aborted.connect ?? abortOf('connecting.attempting')),
      run: runs ? undefined : (aborted.run ?? abortOf('running')),
      retryDelay: didFail ? undefined : (aborted.retryDelay ?? abortOf('waiting.deciding')),
    },
    emitted: [...was.emitted, ...emittedBy(was, event, state)],
    output: outputOf(was, event, state),
    calls: {
      connects: was.calls.connects + entered('connecting.attempting'),
      runs: was.calls.runs + entered('running.settling'),
      retryDelays: was.calls.retryDelays + entered('waiting.deciding'),
    },
    live: state.place.startsWith('running') ? 1 : 0,
    timers:
      state.place === before.place && !didFail
        ? was.timers.map((ms) => ms - waitedMs(was, event))
        : timersIn(state, delayMs),
  };
}

/** A command aborts what is going on, but for a `reconnect` while connecting. */
function abortCodeOf({ state }: Expectation, event: ModelEvent): string | undefined {
  if (event === 'stop') return 'ERR_STOP_REQUESTED';
  if (event === 'after connectTimeout') return 'ERR_CONNECT_TIMEOUT';
  const heeds = event === 'reconnect' && !state.place.startsWith('connecting');
  return heeds && state.place !== 'running.stopping' ? 'ERR_RECONNECT_REQUESTED' : undefined;
}

function waitedMs({ timers }: Expectation, event: ModelEvent): number {
  if (isTimer(event)) return timers[0] as number;
  if (event === 'retryDelay.infinity') return FOREVER_MS;
  return isCommand(event) ? COMMAND_AFTER_MS : 0;
}

function errorOf(event: ModelEvent): unknown {
  if (event === 'connect.retryable' || event === 'run.throws') return errors.retryable;
  if (event === 'connect.fatal' || event === 'run.fatal') return errors.fatal;
  if (event === 'retryDelay.throws') return errors.policy;
  if (event === 'after connectTimeout') return new ConnectTimeoutError(TIMES.connectTimeoutMs);
  return undefined;
}

function delayOf(event: ModelEvent, { attempt }: ModelState): number | undefined {
  if (event === 'retryDelay.ms') return delayAt(attempt);
  if (event === 'retryDelay.zero') return 0;
  return event === 'retryDelay.infinity' ? Infinity : undefined;
}

function emittedBy(was: Expectation, event: ModelEvent, state: ModelState): unknown[] {
  const before = was.state;
  if (event === 'connect.ok' && state.place === 'running.settling') {
    return [{ type: 'connection.opened', epoch: state.epoch, attempt: state.attempt }];
  }
  if (before.place.startsWith('running') && !state.place.startsWith('running')) {
    const isOverdue = event === 'after gracePeriod';
    const error = isOverdue ? new GracePeriodError(TIMES.gracePeriodMs) : errorOf(event);
    const closed = {
      type: 'connection.closed',
      epoch: before.epoch,
      cause: causeOf(before, event),
    };
    return [error === undefined ? closed : { ...closed, error }];
  }
  const delayMs = delayOf(event, state);
  if (delayMs === undefined) return [];
  const scheduled = { type: 'retry.scheduled', attempt: state.attempt, delayMs };
  return [
    was.lastError === undefined
      ? scheduled
      : { ...scheduled, error: was.lastError, verdict: 'transient' },
  ];
}

function causeOf({ place }: ModelState, event: ModelEvent): string {
  if (place === 'running.stopping') return 'stop';
  if (event === 'run.break') return 'break';
  if (event === 'run.fatal') return 'fatal';
  if (place === 'running.reconnecting') return 'reconnect';
  return event === 'run.continue' ? 'continue' : 'retryable';
}

function outputOf(was: Expectation, event: ModelEvent, state: ModelState): unknown {
  const wasStopping = was.state.place.endsWith('stopping');
  if (state.place.endsWith('stopping') || (state.status === 'stopped' && !wasStopping)) {
    return { status: 'stopped', reason: 'asked' };
  }
  if (state.status === 'active') return undefined;
  if (state.status === 'completed') return { status: 'completed', value: 'result' };
  if (state.status === 'failed') return { status: 'failed', error: errorOf(event) };
  return state.hasLateError ? { ...(was.output as object), error: errorOf(event) } : was.output;
}

function timersIn({ place }: ModelState, delayMs: number): number[] {
  return timersAt[place](delayMs);
}

const none = () => [];
const drain = () => [TIMES.gracePeriodMs];

const timersAt: { readonly [P in ModelState['place']]: (delayMs: number) => number[] } = {
  'connecting.attempting': () => [TIMES.connectTimeoutMs],
  'connecting.stopping': drain,
  'running.settling': () => [TIMES.stableAfterMs],
  'running.stable': none,
  'running.reconnecting': drain,
  'running.stopping': drain,
  'waiting.deciding': none,
  // The timer of a wait without an end has fired in vain by now.
  'waiting.delaying': (delayMs) => (delayMs === Infinity ? [] : [delayMs]),
  stopped: none,
};
