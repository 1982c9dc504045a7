import {
  FatalError,
  ReconnectRequested,
  RetryableError,
  StopRequested,
} from '../../../src/core/errors.js';
import { Redacted } from '../../../src/core/redacted.js';
import { unwrap } from '../../../src/core/thrown.js';
import type { ReconnectOutput } from '../../../src/machine/vocabulary.js';
import {
  type ChartEdit,
  drop,
  exchange,
  retarget,
  silence,
  silenceAt,
  unguard,
} from './chartEdits.js';
import {
  given,
  givenJudgement,
  type Modules,
  muting,
  omitting,
  replace,
  replaceGetter,
} from './moduleEdits.js';

/** A mistake that somebody could make: one edit of what a module of the source exports. */
export interface Mutant {
  readonly name: string;
  /** The module, below src/. */
  readonly file: keyof Modules;
  /**
   * Changes a copy of the module's exports before another module has imported them; throws when it finds nothing
   * to edit.
   */
  readonly edit: (module: object) => void;
}

// The modules that are edited must not be imported here, nor what imports them: types alone.

const inChart = (name: string, edit: ChartEdit): Mutant =>
  inModule('machine/chart.ts', name, ({ chart }) => edit(chart));

function inModule<TFile extends keyof Modules>(
  file: TFile,
  name: string,
  edit: (module: Modules[TFile]) => void,
): Mutant {
  return { name, file, edit: (module) => edit(module as Modules[TFile]) };
}

const chart: readonly Mutant[] = [
  inChart('a fatal connect error is retried', drop('connecting', 'invoke.onError', 'isFatal')),
  inChart(
    'a failed connect ends the loop',
    retarget('connecting', 'invoke.onError', 'otherwise', 'stopped'),
  ),
  inChart(
    'stableAfterMs 0 is not stable at once',
    retarget('connecting', 'invoke.onDone', 'isStableAtOnce', '#reconnect.running'),
  ),
  inChart(
    'a connection is not announced',
    silence('connecting', 'invoke.onDone', 'otherwise', 'announceOpened'),
  ),
  inChart(
    'a timed-out connect is not told why',
    silence('connecting.attempting', 'after.connectTimeout', 'otherwise', 'abandonConnect'),
  ),
  inChart(
    'a timed-out connect is tried again without a wait',
    retarget('connecting.attempting', 'after.connectTimeout', 'otherwise', '#reconnect.connecting'),
  ),
  inChart(
    'stop does not abort connect',
    silence('connecting.attempting', 'on.stop', 'otherwise', 'abortConnect'),
  ),
  inChart(
    'stop does not wait for connect',
    retarget('connecting.attempting', 'on.stop', 'otherwise', '#reconnect.stopped'),
  ),
  inChart(
    'a late error of connect is dropped',
    silence('connecting.stopping', 'on.xstate.error.actor.connect', 'otherwise', 'recordLateError'),
  ),
  inChart('a Break of run is taken for Continue', drop('running', 'invoke.onDone', 'isBreak')),
  inChart('a fatal run error is retried', drop('running', 'invoke.onError', 'isFatal')),
  inChart('the end of a session is not announced', silenceAt('running', 'exit', 'announceClosed')),
  inChart('stop does not abort run', silence('running', 'on.stop', 'otherwise', 'abortRun')),
  inChart('stop does not wait for run', retarget('running', 'on.stop', 'otherwise', 'stopped')),
  inChart(
    'the cause of a dropped session is not recorded',
    silence('running', 'on.reconnect', 'otherwise', 'recordReconnect'),
  ),
  inChart(
    'reconnect does not abort run',
    silence('running', 'on.reconnect', 'otherwise', 'abortRun'),
  ),
  inChart(
    'a stable session does not reset the attempt',
    silenceAt('running.stable', 'entry', 'resetAttempt'),
  ),
  inChart('a session never becomes stable', drop('running.settling', 'after.stableAfter')),
  inChart(
    'a run that ignores reconnect ends the loop',
    retarget('running.reconnecting', 'after.gracePeriod', 'otherwise', '#reconnect.stopped'),
  ),
  inChart('a second reconnect starts the drain anew', drop('running.reconnecting', 'on.reconnect')),
  inChart(
    'a Break while reconnecting is dropped',
    drop('running.reconnecting', 'on.xstate.done.actor.run', 'isBreak'),
  ),
  inChart(
    'a fatal error while reconnecting is dropped',
    drop('running.reconnecting', 'on.xstate.error.actor.run', 'isFatal'),
  ),
  inChart('a second stop starts the drain anew', drop('running.stopping', 'on.stop')),
  inChart('reconnect undoes a stop', drop('running.stopping', 'on.reconnect')),
  inChart(
    'a late error of run is dropped',
    silence('running.stopping', 'on.xstate.error.actor.run', 'otherwise', 'recordLateError'),
  ),
  inChart(
    'a run that ignores stop is waited for without end',
    drop('running.stopping', 'after.gracePeriod'),
  ),
  inChart('a Break of retryDelay is waited out', drop('waiting.choosing', 'always', 'hasBroken')),
  inChart(
    'a policy that gives up is waited out',
    exchange('waiting.choosing', 'always', 'otherwise', {
      target: 'delaying',
      actions: 'announceRetry',
    }),
  ),
  inChart('a delay of 0 needs a timer', drop('waiting.choosing', 'always', 'isImmediate')),
  inChart(
    'a wait is not announced',
    silence('waiting.choosing', 'always', 'isDelayed', 'announceRetry'),
  ),
  inChart(
    'stop does not tell retryDelay',
    silence('waiting.deciding', 'on.stop', 'otherwise', 'abandonRetryDelay'),
  ),
  inChart(
    'reconnect does not tell retryDelay',
    silence('waiting.deciding', 'on.reconnect', 'otherwise', 'abandonRetryDelay'),
  ),
  inChart(
    'a wait without an end ends',
    unguard('waiting.delaying', 'after.retryDelay', 'isBounded'),
  ),
  inChart('reconnect does not skip the wait', drop('waiting.delaying', 'on.reconnect')),
  inChart('stop does not end the wait', drop('waiting.delaying', 'on.stop')),
];

type Updates = Modules['machine/updates.ts'];

const inUpdates = (name: string, edit: (module: Updates) => void) =>
  inModule('machine/updates.ts', name, edit);

/** The three updates that record a failure. */
const inFailures = (name: string, make: (original: FailureUpdate) => FailureUpdate) =>
  inUpdates(name, (module) => {
    replace(module, 'recordConnectFailure', make);
    replace(module, 'recordConnectTimeout', make);
    replace(module, 'recordSessionEnd', make);
  });
type FailureUpdate = Updates['recordConnectFailure'];

const inReset = (name: string, ...forgotten: readonly string[]) =>
  inUpdates(name, (module) => replace(module, 'resetAttempt', omitting(...forgotten)));

const updates: readonly Mutant[] = [
  // It starts from one less, so that one more is what it was.
  inFailures(
    'a failure is not counted',
    given(({ attempt }) => ({ attempt: attempt - 1 })),
  ),
  inReset('stability keeps the attempt', 'attempt'),
  inReset('stability keeps the delay', 'delayMs', 'countedDelayMs'),
  inReset('stability keeps the error', 'lastError'),
  inReset('stability keeps the down time', 'downSinceMs'),
  inUpdates('sessions are not numbered', (module) =>
    replace(
      module,
      'recordOpened',
      given(({ epoch }) => ({ epoch: epoch - 1 })),
    ),
  ),
  inFailures('an error is not recorded', omitting('lastError')),
  inFailures(
    'the down time starts anew at each failure',
    given(() => ({ downSinceMs: undefined })),
  ),
  inUpdates('a fatal error is not recorded', (module) => {
    replace(module, 'recordFatal', omitting('lastError'));
    replace(module, 'recordGivenUp', omitting('lastError'));
  }),
  inUpdates('a stop is not recorded as the cause', (module) =>
    replace(module, 'recordStop', omitting('requested')),
  ),
  inUpdates('an earlier command is taken for the cause', (module) =>
    replace(module, 'recordOpened', omitting('requested')),
  ),
  inUpdates('the reason of the abort is taken for an error', (module) =>
    replace(module, 'recordLateError', (original) => (moment) => {
      const output = moment.context.output && Redacted.value(moment.context.output);
      if (output?.status !== 'stopped') return original(moment);
      const error = unwrap(moment.event.error);
      return { output: new Redacted<ReconnectOutput>({ ...output, error }) };
    }),
  ),
  inModule(
    'machine/guards.ts',
    'a try that does not count is counted',
    givenJudgement(() => ({ consumesAttempt: true })),
  ),
  inFailures(
    'a try that does not count is taken for the delay before',
    given(({ delayMs }) => ({ countedDelayMs: delayMs })),
  ),
  inModule(
    'machine/guards.ts',
    'the hint of the delay is ignored',
    givenJudgement(({ consumesAttempt }) =>
      consumesAttempt === false ? {} : { hintMs: undefined },
    ),
  ),
  inFailures(
    'the delay before is not told',
    given(() => ({ countedDelayMs: 0 })),
  ),
];

/** Some errors are no longer known as the abort's own, neither when they come late nor by the guard. */
const forgetting = (name: string, isForgotten: (error: unknown) => boolean) =>
  inModule('machine/guards.ts', name, (module) => {
    replace(
      module,
      'isAbortReason',
      (original) => (error) => !isForgotten(error) && original(error),
    );
    forgetInGuard(module, isForgotten);
  });

function forgetInGuard(
  module: Modules['machine/guards.ts'],
  isForgotten: (error: unknown) => boolean,
): void {
  const forget: typeof module.isFatal = (moment) => {
    const { context, event } = moment;
    const error = unwrap(event.error);
    if (!event.type.startsWith('xstate.error.actor.') || !isForgotten(error)) {
      return original(moment);
    }
    const { connector } = Redacted.value(context.settings);
    const facts = { phase: 'run', attempt: 0, epoch: 0, hasBeenStable: false } as const;
    return connector.isRetryable?.(error, facts) === false;
  };
  const original = module.isFatal;
  replace(module, 'isFatal', () => forget);
  replace(module.guards, 'isFatal', () => forget);
}

const isOwn = (error: unknown): boolean =>
  error instanceof StopRequested || error instanceof ReconnectRequested;
const isAbortError = (error: unknown): error is Error =>
  error instanceof Error && error.name === 'AbortError';
const causeOf = (error: unknown): unknown => (error instanceof Error ? error.cause : undefined);

const guards: readonly Mutant[] = [
  inModule('machine/guards.ts', 'the reason of the abort is fatal', (module) =>
    forgetInGuard(module, () => true),
  ),
  forgetting('an AbortError is an error', (error) => isAbortError(error) && !isOwn(causeOf(error))),
  forgetting(
    'an error caused by the abort is an error',
    (error) => isOwn(causeOf(error)) && !isAbortError(error),
  ),
  forgetting('the reason itself is an error', isOwn),
  forgetting(
    'StopRequested is an error',
    (error) =>
      error instanceof StopRequested ||
      (causeOf(error) instanceof StopRequested && !isAbortError(error)),
  ),
  forgetting(
    'ReconnectRequested is an error',
    (error) =>
      error instanceof ReconnectRequested ||
      (causeOf(error) instanceof ReconnectRequested && !isAbortError(error)),
  ),
];

const inDelays = (name: string, edit: (delays: Modules['machine/delays.ts']['delays']) => void) =>
  inModule('machine/delays.ts', name, (module) => edit(module.delays));

const delays: readonly Mutant[] = [
  inDelays('connect has the time of a drain', (table) =>
    replace(table, 'connectTimeout', () => table.gracePeriod),
  ),
  inDelays('a drain has the time of connect', (table) =>
    replace(table, 'gracePeriod', () => table.connectTimeout),
  ),
  inDelays('stability comes with the drain', (table) =>
    replace(table, 'stableAfter', () => table.gracePeriod),
  ),
  inDelays('a long delay fires at once', (table) =>
    replace(
      table,
      'retryDelay',
      () =>
        ({ context }) =>
          context.delayMs,
    ),
  ),
];

const messages: readonly Mutant[] = [
  inModule('machine/actions.ts', 'reconnect is told as stop', (module) =>
    replace(module, 'abortReason', (original) => (moment) => {
      const reason = original(moment);
      return reason instanceof ReconnectRequested ? new StopRequested(reason.reason) : reason;
    }),
  ),
  inModule('machine/actions.ts', 'a timeout is told as stop', (module) =>
    replace(module, 'abortReason', (original) => (moment) => {
      const reason = original(moment);
      return isOwn(reason) ? reason : new StopRequested();
    }),
  ),
  inModule('machine/announce.ts', 'a stop is not told as the cause', (module) =>
    replace(
      module,
      'closed',
      given(({ requested }) => (requested === 'stop' ? { requested: undefined } : {})),
    ),
  ),
  inModule('machine/announce.ts', 'an overdue run is not told', (module) =>
    replace(module, 'closed', (original) => (moment) => {
      const tell = moment.context.lease?.state === 'taken' ? omitting('error')(original) : original;
      return tell(moment);
    }),
  ),
  inModule('machine/actions.ts', 'connect is told the session before', ({ inputs }) =>
    replace(
      inputs,
      'connect',
      given(({ epoch }) => ({ epoch: epoch - 1 })),
    ),
  ),
];

const inTask = (
  name: string,
  edit: (task: Modules['actors/task.ts']['Task']['prototype']) => void,
) => inModule('actors/task.ts', name, ({ Task }) => edit(Task.prototype));

const actors: readonly Mutant[] = [
  inModule('actors/connectWork.ts', 'connect is called before a stop can come', (module) =>
    replace(module, 'connectWork', () => (redacted, task) => {
      module.connect(Redacted.value(redacted), task);
    }),
  ),
  inModule('actors/connectWork.ts', 'connect is called after a stop has come', (module) =>
    replace(module, 'connectWork', () => (redacted, task) => {
      void Promise.resolve().then(() => module.connect(Redacted.value(redacted), task));
    }),
  ),
  inTask('a late connection is not released', (task) =>
    replace(task, 'releaseLate', () => () => {}),
  ),
  inTask('a connection that comes while stopping is run', (task) =>
    replace(
      task,
      'releaseLate',
      (original) =>
        function (this: typeof task, lease) {
          this.resolve(lease);
          if (lease.state === 'offered') original.call(this, lease);
        },
    ),
  ),
  inTask('a connection is not released after run', (task) =>
    replace(task, 'releaseThen', () => (_lease, settle) => settle()),
  ),
  inModule('actors/runWork.ts', 'a stopped run keeps its connection', (module) =>
    replace(module, 'runWork', (original) => (lease, task) => {
      muting(task, 'whenStopped', () => original(lease, task));
    }),
  ),
  inTask('a release leaves its timer behind', (task) =>
    replaceGetter(
      task,
      'clock',
      (original) =>
        function (this: typeof task) {
          const clock = original.call(this);
          return {
            setTimeout: (callback, ms) => clock.setTimeout(callback, ms),
            // A stop clears it still: that is the next mutant.
            clearTimeout: (timer) => this.isOver && clock.clearTimeout(timer),
          };
        },
    ),
  ),
  inTask('a stop leaves the timer of a release behind', (task) =>
    replace(
      task,
      'releaseThen',
      (original) =>
        function (this: typeof task, lease, settle) {
          original.call(this, lease, settle);
          this.whenStopped(() => this.releaseUnseen(lease));
        },
    ),
  ),
  inTask('a stopped actor does not abort its work', (task) =>
    replace(
      task,
      'stop',
      (original) =>
        function (this: typeof task, reason) {
          muting(this, 'abort', () => original.call(this, reason));
        },
    ),
  ),
  inModule('actors/lease.ts', 'a connection is released twice', ({ Lease }) =>
    replace(
      Lease.prototype,
      'release',
      (original) =>
        function (this: typeof Lease.prototype) {
          if (this.state === 'releasing' || this.state === 'released') this.take();
          return original.call(this);
        },
    ),
  ),
  inModule('actors/retryDelayWork.ts', 'the question of retryDelay is not withdrawn', (module) =>
    replace(module, 'retryDelayWork', (original) => (pending, task) => {
      muting(task, 'whenStopped', () => original(pending, task));
    }),
  ),
];

const inClassify = (name: string, make: (original: Classify) => Classify): Mutant =>
  inModule('policy/classify.ts', name, (module) => replace(module, 'classify', make));
type Classify = Modules['policy/classify.ts']['classify'];

const policy: readonly Mutant[] = [
  inModule('policy/decide.ts', 'retryDelay is not told the hint', (module) =>
    replace(
      module,
      'decide',
      (original) => (by, facts, spreadMs) =>
        original(by, { ...facts, hintMs: undefined }, spreadMs),
    ),
  ),
  inClassify('fatal() is taken for retryable', (original) => (error, connector, facts) => {
    const judgement = original(error, connector, facts);
    return error instanceof FatalError ? { ...judgement, verdict: 'transient' } : judgement;
  }),
  inClassify('retryable() is not unwrapped', (original) => (error, connector, facts) => {
    const judgement = original(error, connector, facts);
    return error instanceof RetryableError ? { ...judgement, error } : judgement;
  }),
  inClassify('isRetryable is turned round', (original) => (error, connector, facts) => {
    if (connector.isRetryable === undefined) return original(error, connector, facts);
    const isRetryable = (asked: unknown) => connector.isRetryable?.(asked, facts) === false;
    return original(error, { ...connector, isRetryable }, facts);
  }),
];

/** Each an edit of the chart, of a table's entry, of a class's method or of a named function. */
export const mutants: readonly Mutant[] = [
  ...chart,
  ...updates,
  ...guards,
  ...delays,
  ...messages,
  ...actors,
  ...policy,
];
