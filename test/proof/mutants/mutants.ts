import {
  ConnectionLost,
  FatalError,
  ReconnectRequested,
  RetryableError,
  StopRequested,
  SuspendRequested,
} from '../../../src/core/errors.js';
import type { Clock } from '../../../src/core/clock.js';
import { Redacted } from '../../../src/core/redacted.js';
import { unwrap } from '../../../src/core/thrown.js';
import type { ReconnectOutput } from '../../../src/machine/vocabulary.js';
import {
  add,
  type ChartEdit,
  drop,
  exchange,
  retarget,
  forget,
  silence,
  silenceEntry,
  unguard,
} from './chartEdits.js';
import { given, givenJudgement, type Modules, muting, omitting, replace } from './moduleEdits.js';

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

/** How `connect` and `run` settle. */
const connected = 'on.xstate.done.actor.connect';
const notConnected = 'on.xstate.error.actor.connect';
const ran = 'on.xstate.done.actor.run';
const threw = 'on.xstate.error.actor.run';

// Both leaves that are online share what ends them: an edit of `settling` is one of `stable`.
const chart: readonly Mutant[] = [
  inChart(
    'a fatal connect error is retried',
    drop('connecting.attempting', notConnected, 'isFatal'),
  ),
  inChart(
    'a failed connect ends the loop',
    retarget('connecting.attempting', notConnected, 'otherwise', '#reconnect.stopped'),
  ),
  inChart(
    'a failed attempt is not announced',
    silence('connecting.attempting', notConnected, 'otherwise', 'announceAttemptFailed'),
  ),
  inChart(
    'stableAfterMs 0 is not stable at once',
    retarget('connecting.attempting', connected, 'isStableAtOnce', '#reconnect.running'),
  ),
  inChart(
    'a connection is not announced',
    silence('connecting.attempting', connected, 'otherwise', 'announceOpened'),
  ),
  inChart(
    'an attempt is not announced',
    silence('connecting.attempting', 'on.connect.started', 'otherwise', 'announceStarted'),
  ),
  inChart(
    'a timed-out connect gets no reason',
    silence('connecting.attempting', 'after.connectTimeout', 'otherwise', 'abandonConnect'),
  ),
  inChart(
    'a timed-out connect is retried without a wait',
    retarget('connecting.attempting', 'after.connectTimeout', 'otherwise', '#reconnect.connecting'),
  ),
  inChart(
    'a late timeout does not wait for data that has already arrived',
    drop('connecting.attempting', 'after.connectTimeout', 'isLate'),
  ),
  inChart(
    'a connection that opens after a late timeout is ignored',
    forget('connecting.overdue', connected),
  ),
  inChart(
    'a late timeout never ends the attempt',
    forget('connecting.overdue', 'on.connect.turned'),
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
    'a stop before connect is called waits for it',
    drop('connecting.attempting', 'on.stop', 'isUncalled'),
  ),
  inChart(
    'an aborted attempt is not announced',
    silence('connecting.attempting', 'on.stop', 'otherwise', 'announceAborted'),
  ),
  inChart(
    'a late error of connect is dropped',
    silence('connecting.stopping', notConnected, 'otherwise', 'recordLateError'),
  ),
  inChart(
    'reconnect is ignored during an attempt',
    forget('connecting.attempting', 'on.reconnect'),
  ),
  inChart(
    'reconnect does not abort the attempt',
    silence('connecting.attempting', 'on.reconnect', 'otherwise', 'abortConnect'),
  ),
  inChart(
    'a restarted attempt is a failure',
    retarget('connecting.restarting', notConnected, 'otherwise', '#reconnect.waiting'),
  ),
  inChart(
    'a marked error while restarting is dropped',
    drop('connecting.restarting', notConnected, 'isMarkedFatal'),
  ),
  inChart(
    'an aborted attempt is waited for without end',
    forget('connecting.restarting', 'after.gracePeriod'),
  ),
  inChart(
    'suspend is ignored while an attempt is restarted',
    forget('connecting.restarting', 'on.suspend'),
  ),
  inChart(
    'a suspended attempt is made again',
    retarget('connecting.suspending', notConnected, 'otherwise', '#reconnect.connecting'),
  ),
  inChart(
    'resume is ignored while an attempt is being suspended',
    forget('connecting.suspending', 'on.resume'),
  ),
  inChart(
    'a queued attempt is timed',
    exchange('connecting.attempting', 'on.connect.queued', 'otherwise', {
      actions: ['recordQueued', 'announceQueued'],
    }),
  ),
  inChart(
    'an admitted attempt is not timed',
    exchange('connecting.queued', 'on.connect.started', 'otherwise', {
      actions: ['recordStarted', 'announceStarted'],
    }),
  ),
  inChart('stop does not leave the queue', forget('connecting.queued', 'on.stop')),
  inChart('suspend does not leave the queue', forget('connecting.queued', 'on.suspend')),
  inChart(
    'a refusal of the limiter is an attempt',
    drop('connecting.attempting', notConnected, 'isUncalled'),
  ),
  inChart('a Break of run is taken for Continue', drop('running.settling', ran, 'isBreak')),
  inChart('a fatal run error is retried', drop('running.settling', threw, 'isFatal')),
  inChart(
    'the end of a session is not announced',
    silence('running.settling', ran, 'otherwise', 'announceClosed'),
  ),
  inChart(
    'connection.closing is not announced',
    silence('running.settling', ran, 'otherwise', 'announceClosing'),
  ),
  inChart(
    'stop does not abort run',
    silence('running.settling', 'on.stop', 'otherwise', 'abortRun'),
  ),
  inChart(
    'stop does not wait for run',
    retarget('running.settling', 'on.stop', 'otherwise', '#reconnect.stopped'),
  ),
  inChart(
    'the cause of a dropped session is not recorded',
    silence('running.settling', 'on.reconnect', 'otherwise', 'recordReconnect'),
  ),
  inChart(
    'reconnect does not abort run',
    silence('running.settling', 'on.reconnect', 'otherwise', 'abortRun'),
  ),
  inChart(
    'suspend does not abort run',
    silence('running.settling', 'on.suspend', 'otherwise', 'abortRun'),
  ),
  inChart(
    'a stable session does not reset the attempt',
    silenceEntry('running.stable', 'resetAttempt'),
  ),
  inChart('a good session is not announced', silenceEntry('running.stable', 'announceStable')),
  inChart('a session never becomes stable', forget('running.settling', 'after.stableAfter')),
  inChart('a lost connection is online', forget('running.settling', 'on.run.lost')),
  inChart('unread data is not waited for', drop('running.settling', 'on.run.lost', 'hasUnread')),
  inChart(
    'run gets no signal on a loss',
    silence('running.settling', 'on.run.lost', 'otherwise', 'abortRun'),
  ),
  inChart(
    'a loss is not recorded',
    exchange('running.settling', 'on.run.lost', 'otherwise', {
      target: 'closing',
      actions: ['recordOffline', 'announceClosing', 'abortRun'],
    }),
  ),
  inChart('a probe is not sent', forget('running.settling', 'on.probe')),
  inChart(
    'a settled session is online while it is released',
    forget('running.settling', 'on.run.settled'),
  ),
  inChart('a drained connection is waited for', forget('running.draining', 'on.run.drained')),
  inChart('draining never ends', forget('running.draining', 'after.gracePeriod')),
  inChart(
    'run gets no signal when all is read',
    silence('running.draining', 'on.run.drained', 'otherwise', 'abortRun'),
  ),
  inChart(
    'stop does not abort a run that drains',
    silence('running.draining', 'on.stop', 'otherwise', 'abortRun'),
  ),
  inChart(
    'a run that ignores its loss is waited for without end',
    forget('running.closing', 'after.gracePeriod'),
  ),
  inChart('a Break after a loss is dropped', drop('running.closing', ran, 'isBreak')),
  inChart('a fatal error after a loss is retried', drop('running.closing', threw, 'isFatal')),
  inChart('a fatal error of a loss is retried', drop('running.closing', ran, 'isFatal')),
  inChart(
    'reconnect does not skip the wait after a loss',
    forget('running.closing', 'on.reconnect'),
  ),
  inChart('a release has no separate grace period', forget('running.stopping', 'on.run.settled')),
  inChart(
    'a run that ignores reconnect ends the loop',
    retarget('running.reconnecting', 'after.gracePeriod', 'otherwise', '#reconnect.stopped'),
  ),
  inChart(
    'a second reconnect restarts the grace period',
    add('running.reconnecting', 'on.reconnect', { target: 'reconnecting', reenter: true }),
  ),
  inChart('a Break while reconnecting is dropped', drop('running.reconnecting', ran, 'isBreak')),
  inChart(
    'a fatal error while reconnecting is dropped',
    drop('running.reconnecting', threw, 'isFatal'),
  ),
  inChart(
    'a session that was lost before reconnect is no failure',
    drop('running.reconnecting', threw, 'hasEnded'),
  ),
  inChart(
    'a suspended session is followed by another',
    retarget('running.suspending', ran, 'otherwise', '#reconnect.waiting'),
  ),
  inChart('a Break while suspending is dropped', drop('running.suspending', ran, 'isBreak')),
  inChart(
    'a marked error while suspending is dropped',
    drop('running.suspending', threw, 'isMarkedFatal'),
  ),
  inChart(
    'any fatal verdict while suspending ends the loop',
    exchange('running.suspending', threw, 'isMarkedFatal', {
      guard: 'isFatal',
      target: '#reconnect.stopped',
      actions: ['announceClosed', 'recordFatal'],
    }),
  ),
  inChart(
    'resume is ignored while a session is being suspended',
    forget('running.suspending', 'on.resume'),
  ),
  inChart(
    'a second stop restarts the grace period',
    add('running.stopping', 'on.stop', { target: 'stopping', reenter: true }),
  ),
  inChart(
    'reconnect undoes a stop',
    add('running.stopping', 'on.reconnect', { target: 'reconnecting' }),
  ),
  inChart(
    'a late error of run is dropped',
    silence('running.stopping', threw, 'otherwise', 'recordLateError'),
  ),
  inChart(
    'a run that ignores stop is waited for without end',
    forget('running.stopping', 'after.gracePeriod'),
  ),
  inChart('every link begins with an attempt', unguard('waiting.choosing', 'always', 'isFirst')),
  inChart(
    'a Break of retryDelay ends the link as failed',
    drop('waiting.choosing', 'always', 'hasBroken'),
  ),
  inChart(
    'a link waits although the backoff has given up',
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
    'stop does not abort retryDelay',
    silence('waiting.deciding', 'on.stop', 'otherwise', 'abandonRetryDelay'),
  ),
  inChart(
    'reconnect does not abort retryDelay',
    silence('waiting.deciding', 'on.reconnect', 'otherwise', 'abandonRetryDelay'),
  ),
  inChart(
    'suspend does not abort retryDelay',
    silence('waiting.deciding', 'on.suspend', 'otherwise', 'abandonRetryDelay'),
  ),
  inChart(
    'a wait without an end ends',
    unguard('waiting.delaying', 'after.retryDelay', 'isBounded'),
  ),
  inChart('reconnect does not skip the wait', forget('waiting.delaying', 'on.reconnect')),
  inChart('suspend does not end the wait', forget('waiting.delaying', 'on.suspend')),
  inChart('stop does not end the wait', forget('waiting.delaying', 'on.stop')),
  inChart(
    'reconnect ends a suspension',
    add('waiting.suspended', 'on.reconnect', { target: '#reconnect.connecting' }),
  ),
  inChart('resume does not end a suspension', forget('waiting.suspended', 'on.resume')),
  inChart('stop does not end a suspension', forget('waiting.suspended', 'on.stop')),
  inChart('the end of the link is not announced', silenceEntry('stopped', 'announceEnded')),
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
  inReset('stability is forgotten', 'stableEpoch'),
  inUpdates('the loss of an earlier session is taken for the end of this one', (module) =>
    replace(module, 'recordOpened', omitting('endedBy')),
  ),
  inUpdates('the times of an earlier attempt stay', (module) =>
    replace(module, 'recordAborted', () => () => ({})),
  ),
  inUpdates('a lost session is not counted if reconnect skips its wait', (module) =>
    replace(module, 'recordSkippedWait', omitting('attempt')),
  ),
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
    'the down time restarts at each failure',
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
    'an attempt that does not count is counted',
    givenJudgement(() => ({ consumesAttempt: true })),
  ),
  inFailures(
    'the delay after a failure that does not count is passed on as the previous delay',
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
    'the previous delay is not passed on',
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
  const forgetful: typeof module.isFatal = (moment) => {
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
  replace(module, 'isFatal', () => forgetful);
  replace(module.guards, 'isFatal', () => forgetful);
}

const isOwn = (error: unknown): boolean =>
  error instanceof StopRequested ||
  error instanceof ReconnectRequested ||
  error instanceof SuspendRequested ||
  error instanceof ConnectionLost;
const isAbortError = (error: unknown): error is Error =>
  error instanceof Error && error.name === 'AbortError';
const causeOf = (error: unknown): unknown => (error instanceof Error ? error.cause : undefined);

const guards: readonly Mutant[] = [
  inModule('machine/guards.ts', 'a permanent error always ends the loop', (module) =>
    replace(
      module.guards,
      'isFatal',
      (original) => (moment) =>
        original(moment) || module.judgementOf(moment)?.verdict === 'permanent',
    ),
  ),
  inModule('machine/guards.ts', 'what run threw outweighs what broke the connection', (module) =>
    replace(module, 'judgementOf', (original) => (moment) => {
      const isRejection = moment.event.type === 'xstate.error.actor.run';
      const endedBy = isRejection ? undefined : moment.context.endedBy;
      return original({ ...moment, context: { ...moment.context, endedBy } });
    }),
  ),
  inModule('machine/guards.ts', 'the reason of the abort is fatal', (module) =>
    forgetInGuard(module, () => true),
  ),
  forgetting(
    'an AbortError after an abort is classified as a failure',
    (error) => isAbortError(error) && !isOwn(causeOf(error)),
  ),
  forgetting(
    'an error caused by the abort is classified as a failure',
    (error) => isOwn(causeOf(error)) && !isAbortError(error),
  ),
  forgetting('the reason of the abort is classified as a failure', isOwn),
  forgetting(
    'StopRequested is classified as a failure',
    (error) =>
      error instanceof StopRequested ||
      (causeOf(error) instanceof StopRequested && !isAbortError(error)),
  ),
  forgetting(
    'ReconnectRequested is classified as a failure',
    (error) =>
      error instanceof ReconnectRequested ||
      (causeOf(error) instanceof ReconnectRequested && !isAbortError(error)),
  ),
];

const inDelays = (name: string, edit: (delays: Modules['machine/delays.ts']['delays']) => void) =>
  inModule('machine/delays.ts', name, (module) => edit(module.delays));

const delays: readonly Mutant[] = [
  inDelays('connect times out after gracePeriodMs', (table) =>
    replace(table, 'connectTimeout', () => table.gracePeriod),
  ),
  inDelays('the grace period lasts connectTimeoutMs', (table) =>
    replace(table, 'gracePeriod', () => table.connectTimeout),
  ),
  inDelays('a session is stable after gracePeriodMs', (table) =>
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
  inModule('machine/actions.ts', 'reconnect is reported as stop', (module) =>
    replace(module, 'abortReason', (original) => (child, moment) => {
      const reason = original(child, moment);
      return reason instanceof ReconnectRequested ? new StopRequested(reason.reason) : reason;
    }),
  ),
  inModule('machine/actions.ts', 'a timeout is reported as stop', (module) =>
    replace(module, 'abortReason', (original) => (child, moment) => {
      const reason = original(child, moment);
      return isOwn(reason) ? reason : new StopRequested();
    }),
  ),
  inModule('machine/announce.ts', 'a stop is not reported as the cause', (module) =>
    replace(
      module,
      'closed',
      given(({ requested }) => (requested === 'stop' ? { requested: undefined } : {})),
    ),
  ),
  inModule('machine/announce.ts', 'an overdue run is not reported', (module) =>
    replace(module, 'closed', (original) => (moment) => {
      const tell = moment.context.lease?.state === 'taken' ? omitting('error')(original) : original;
      return tell(moment);
    }),
  ),
  inModule('machine/actions.ts', 'connect gets the previous session', ({ inputs }) =>
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
    replace(module.connectWork, 'start', () => module.begin),
  ),
  inModule('actors/admission.ts', 'a permit is not settled', ({ Admission }) =>
    replace(Admission.prototype, 'settle', () => () => {}),
  ),
  inModule('actors/admission.ts', 'every permit is settled as opened', ({ Admission }) =>
    replace(
      Admission.prototype,
      'settle',
      (original) =>
        function (this: typeof Admission.prototype) {
          original.call(this, 'opened');
        },
    ),
  ),
  inModule(
    'actors/lease.ts',
    'a session that ends early is not reported to the limiter',
    ({ Lease }) => replace(Lease.prototype, 'endEarly', () => () => {}),
  ),
  inTask('run is online while its connection is released', (task) =>
    replace(
      task,
      'tell',
      (original) =>
        function (this: typeof task, report) {
          if (report.type !== 'run.settled') original.call(this, report);
        },
    ),
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
    replace(module.runWork, 'start', (original) => (lease, task) => {
      muting(task, 'whenStopped', () => original(lease, task));
    }),
  ),
  inTask('a release leaves its timer behind', (task) =>
    replace(
      task,
      'releaseThen',
      (original) =>
        function (this: typeof task, ...args) {
          const { clock } = this;
          const value: Clock = {
            setTimeout: (callback, ms) => clock.setTimeout(callback, ms),
            // A stop clears it still: that is the next mutant.
            clearTimeout: (timer) => this.isOver && clock.clearTimeout(timer),
          };
          Object.defineProperty(this, 'clock', { value });
          original.apply(this, args);
        },
    ),
  ),
  inTask('a stop leaves the timer of a release behind', (task) =>
    replace(
      task,
      'releaseThen',
      (original) =>
        function (this: typeof task, lease, settle, failure) {
          original.call(this, lease, settle, failure);
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
  inModule('actors/retryDelayWork.ts', 'a stopped actor does not abort retryDelay', (module) =>
    replace(module.retryDelayWork, 'start', (original) => (pending, task) => {
      muting(task, 'whenStopped', () => original(pending, task));
    }),
  ),
];

const inClassify = (name: string, make: (original: Classify) => Classify): Mutant =>
  inModule('policy/classify.ts', name, (module) => replace(module, 'classify', make));
type Classify = Modules['policy/classify.ts']['classify'];

const policy: readonly Mutant[] = [
  inModule('policy/decide.ts', 'retryDelay gets no hint', (module) =>
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
  inClassify('a permanent error is transient', (original) => (error, connector, facts) => {
    const judgement = original(error, connector, facts);
    return judgement.verdict === 'permanent' ? { ...judgement, verdict: 'transient' } : judgement;
  }),
  inClassify('the answer of isRetryable is inverted', (original) => (error, connector, facts) => {
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
