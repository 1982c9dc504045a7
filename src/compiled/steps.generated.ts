// Written by `npm run chart` from src/machine/chart.ts: what the chart does, leaf by leaf, event by event. Do not edit.
// A step decides first, in the order of the chart: guards, updates, and what is to be said and asked. Then it enters
// its leaf, and acts. Engines of statecharts do the same.
import { abortReason, actions, inputs } from '../machine/actions.js';
import type { MachineEvent, Moment } from '../machine/context.js';
import { delays } from '../machine/delays.js';
import { guards } from '../machine/guards.js';
import type { ReconnectEmitted } from '../machine/vocabulary.js';
import { children } from './children.js';
import type { Leaf, StepScope } from './leaf.js';

const {
  hasBroken,
  hasEnded,
  hasUnread,
  isBounded,
  isBreak,
  isDelayed,
  isFatal,
  isFirst,
  isImmediate,
  isLate,
  isMarkedFatal,
  isStableAtOnce,
  isUncalled,
  isUndecided,
} = guards;
const {
  connectTimeout,
  gracePeriod,
  retryDelay,
  stableAfter,
  turn,
} = delays;
const recordAborted = actions.recordAborted.update;
const recordBreak = actions.recordBreak.update;
const recordBrokenWait = actions.recordBrokenWait.update;
const recordConnectFailure = actions.recordConnectFailure.update;
const recordConnectTimeout = actions.recordConnectTimeout.update;
const recordDecision = actions.recordDecision.update;
const recordFatal = actions.recordFatal.update;
const recordGivenUp = actions.recordGivenUp.update;
const recordLateError = actions.recordLateError.update;
const recordLoss = actions.recordLoss.update;
const recordOffline = actions.recordOffline.update;
const recordOpened = actions.recordOpened.update;
const recordQueued = actions.recordQueued.update;
const recordReconnect = actions.recordReconnect.update;
const recordSessionEnd = actions.recordSessionEnd.update;
const recordSettled = actions.recordSettled.update;
const recordSkippedWait = actions.recordSkippedWait.update;
const recordStarted = actions.recordStarted.update;
const recordStop = actions.recordStop.update;
const recordSuspend = actions.recordSuspend.update;
const resetAttempt = actions.resetAttempt.update;
const announceAborted = actions.announceAborted.announcement;
const announceAttemptFailed = actions.announceAttemptFailed.announcement;
const announceClosed = actions.announceClosed.announcement;
const announceClosing = actions.announceClosing.announcement;
const announceEnded = actions.announceEnded.announcement;
const announceOpened = actions.announceOpened.announcement;
const announceQueued = actions.announceQueued.announcement;
const announceResumed = actions.announceResumed.announcement;
const announceRetry = actions.announceRetry.announcement;
const announceStable = actions.announceStable.announcement;
const announceStarted = actions.announceStarted.announcement;
const announceSuspended = actions.announceSuspended.announcement;
const announceTimedOut = actions.announceTimedOut.announcement;

const connectingAttemptingTimer: MachineEvent = { type: 'xstate.after.connectTimeout.reconnect.connecting.attempting' };
const waitingDelayingTimer: MachineEvent = { type: 'xstate.after.retryDelay.reconnect.waiting.delaying' };
const runningSettlingTimer: MachineEvent = { type: 'xstate.after.stableAfter.reconnect.running.settling' };
const connectingStoppingTimer: MachineEvent = { type: 'xstate.after.gracePeriod.reconnect.connecting.stopping' };
const connectingRestartingTimer: MachineEvent = { type: 'xstate.after.gracePeriod.reconnect.connecting.restarting' };
const connectingSuspendingTimer: MachineEvent = { type: 'xstate.after.gracePeriod.reconnect.connecting.suspending' };
const connectingOverdueTimer: MachineEvent = { type: 'xstate.after.turn.reconnect.connecting.overdue' };
const runningDrainingTimer: MachineEvent = { type: 'xstate.after.gracePeriod.reconnect.running.draining' };
const runningClosingTimer: MachineEvent = { type: 'xstate.after.gracePeriod.reconnect.running.closing' };
const runningStoppingTimer: MachineEvent = { type: 'xstate.after.gracePeriod.reconnect.running.stopping' };
const runningReconnectingTimer: MachineEvent = { type: 'xstate.after.gracePeriod.reconnect.running.reconnecting' };
const runningSuspendingTimer: MachineEvent = { type: 'xstate.after.gracePeriod.reconnect.running.suspending' };

/** waiting.choosing, which is left at once. */
function waitingChoosingAfterSilence(link: StepScope, moment: Moment): void {
  if (isFirst(moment)) {
    const connectInput = inputs.connect(moment);
    const connectTimeoutMs = connectTimeout(moment);
    link.enter(connectingAttempting);
    link.stopChild();
    link.startChild(children.connect, connectInput);
    link.setTimer(connectingAttemptingTimer, connectTimeoutMs);
    return;
  }
  if (isImmediate(moment)) {
    const retry = link.prepare(announceRetry, moment);
    const connectInput = inputs.connect(moment);
    const connectTimeoutMs = connectTimeout(moment);
    link.enter(connectingAttempting);
    link.stopChild();
    link.tell(retry);
    link.startChild(children.connect, connectInput);
    link.setTimer(connectingAttemptingTimer, connectTimeoutMs);
    return;
  }
  if (isDelayed(moment)) {
    const retry = link.prepare(announceRetry, moment);
    const retryDelayMs = retryDelay(moment);
    link.enter(waitingDelaying);
    link.stopChild();
    link.tell(retry);
    link.setTimer(waitingDelayingTimer, retryDelayMs);
    return;
  }
  if (isUndecided(moment)) {
    const retryDelayInput = inputs.retryDelay(moment);
    link.enter(waitingDeciding);
    link.stopChild();
    link.startChild(children.retryDelay, retryDelayInput);
    return;
  }
  if (hasBroken(moment)) {
    link.assign(recordBrokenWait, moment);
    const ended = link.prepare(announceEnded, moment);
    link.enter(stopped);
    link.stopChild();
    link.tell(ended);
    return;
  }
  link.assign(recordGivenUp, moment);
  const ended = link.prepare(announceEnded, moment);
  link.enter(stopped);
  link.stopChild();
  link.tell(ended);
}

/** waiting.choosing, which is left at once. */
function waitingChoosingAfterSilence2(link: StepScope, moment: Moment): void {
  if (isFirst(moment)) {
    const connectInput = inputs.connect(moment);
    const connectTimeoutMs = connectTimeout(moment);
    link.enter(connectingAttempting);
    link.clearTimer();
    link.stopChild();
    link.startChild(children.connect, connectInput);
    link.setTimer(connectingAttemptingTimer, connectTimeoutMs);
    return;
  }
  if (isImmediate(moment)) {
    const retry = link.prepare(announceRetry, moment);
    const connectInput = inputs.connect(moment);
    const connectTimeoutMs = connectTimeout(moment);
    link.enter(connectingAttempting);
    link.clearTimer();
    link.stopChild();
    link.tell(retry);
    link.startChild(children.connect, connectInput);
    link.setTimer(connectingAttemptingTimer, connectTimeoutMs);
    return;
  }
  if (isDelayed(moment)) {
    const retry = link.prepare(announceRetry, moment);
    const retryDelayMs = retryDelay(moment);
    link.enter(waitingDelaying);
    link.clearTimer();
    link.stopChild();
    link.tell(retry);
    link.setTimer(waitingDelayingTimer, retryDelayMs);
    return;
  }
  if (isUndecided(moment)) {
    const retryDelayInput = inputs.retryDelay(moment);
    link.enter(waitingDeciding);
    link.clearTimer();
    link.stopChild();
    link.startChild(children.retryDelay, retryDelayInput);
    return;
  }
  if (hasBroken(moment)) {
    link.assign(recordBrokenWait, moment);
    const ended = link.prepare(announceEnded, moment);
    link.enter(stopped);
    link.clearTimer();
    link.stopChild();
    link.tell(ended);
    return;
  }
  link.assign(recordGivenUp, moment);
  const ended = link.prepare(announceEnded, moment);
  link.enter(stopped);
  link.clearTimer();
  link.stopChild();
  link.tell(ended);
}

/** waiting.choosing, which is left at once. */
function waitingChoosingAfterAttemptFailed(link: StepScope, moment: Moment, attemptFailed: ReconnectEmitted | undefined): void {
  if (isFirst(moment)) {
    const connectInput = inputs.connect(moment);
    const connectTimeoutMs = connectTimeout(moment);
    link.enter(connectingAttempting);
    link.clearTimer();
    link.stopChild();
    link.tell(attemptFailed);
    link.startChild(children.connect, connectInput);
    link.setTimer(connectingAttemptingTimer, connectTimeoutMs);
    return;
  }
  if (isImmediate(moment)) {
    const retry = link.prepare(announceRetry, moment);
    const connectInput = inputs.connect(moment);
    const connectTimeoutMs = connectTimeout(moment);
    link.enter(connectingAttempting);
    link.clearTimer();
    link.stopChild();
    link.tell(attemptFailed);
    link.tell(retry);
    link.startChild(children.connect, connectInput);
    link.setTimer(connectingAttemptingTimer, connectTimeoutMs);
    return;
  }
  if (isDelayed(moment)) {
    const retry = link.prepare(announceRetry, moment);
    const retryDelayMs = retryDelay(moment);
    link.enter(waitingDelaying);
    link.clearTimer();
    link.stopChild();
    link.tell(attemptFailed);
    link.tell(retry);
    link.setTimer(waitingDelayingTimer, retryDelayMs);
    return;
  }
  if (isUndecided(moment)) {
    const retryDelayInput = inputs.retryDelay(moment);
    link.enter(waitingDeciding);
    link.clearTimer();
    link.stopChild();
    link.tell(attemptFailed);
    link.startChild(children.retryDelay, retryDelayInput);
    return;
  }
  if (hasBroken(moment)) {
    link.assign(recordBrokenWait, moment);
    const ended = link.prepare(announceEnded, moment);
    link.enter(stopped);
    link.clearTimer();
    link.stopChild();
    link.tell(attemptFailed);
    link.tell(ended);
    return;
  }
  link.assign(recordGivenUp, moment);
  const ended = link.prepare(announceEnded, moment);
  link.enter(stopped);
  link.clearTimer();
  link.stopChild();
  link.tell(attemptFailed);
  link.tell(ended);
}

/** waiting.choosing, which is left at once. */
function waitingChoosingAfterTimedOut(link: StepScope, moment: Moment, timedOut: ReconnectEmitted | undefined): void {
  if (isFirst(moment)) {
    const connectInput = inputs.connect(moment);
    const connectTimeoutMs = connectTimeout(moment);
    link.enter(connectingAttempting);
    link.clearTimer();
    link.stopChild();
    link.tell(timedOut);
    link.startChild(children.connect, connectInput);
    link.setTimer(connectingAttemptingTimer, connectTimeoutMs);
    return;
  }
  if (isImmediate(moment)) {
    const retry = link.prepare(announceRetry, moment);
    const connectInput = inputs.connect(moment);
    const connectTimeoutMs = connectTimeout(moment);
    link.enter(connectingAttempting);
    link.clearTimer();
    link.stopChild();
    link.tell(timedOut);
    link.tell(retry);
    link.startChild(children.connect, connectInput);
    link.setTimer(connectingAttemptingTimer, connectTimeoutMs);
    return;
  }
  if (isDelayed(moment)) {
    const retry = link.prepare(announceRetry, moment);
    const retryDelayMs = retryDelay(moment);
    link.enter(waitingDelaying);
    link.clearTimer();
    link.stopChild();
    link.tell(timedOut);
    link.tell(retry);
    link.setTimer(waitingDelayingTimer, retryDelayMs);
    return;
  }
  if (isUndecided(moment)) {
    const retryDelayInput = inputs.retryDelay(moment);
    link.enter(waitingDeciding);
    link.clearTimer();
    link.stopChild();
    link.tell(timedOut);
    link.startChild(children.retryDelay, retryDelayInput);
    return;
  }
  if (hasBroken(moment)) {
    link.assign(recordBrokenWait, moment);
    const ended = link.prepare(announceEnded, moment);
    link.enter(stopped);
    link.clearTimer();
    link.stopChild();
    link.tell(timedOut);
    link.tell(ended);
    return;
  }
  link.assign(recordGivenUp, moment);
  const ended = link.prepare(announceEnded, moment);
  link.enter(stopped);
  link.clearTimer();
  link.stopChild();
  link.tell(timedOut);
  link.tell(ended);
}

/** waiting.choosing, which is left at once. */
function waitingChoosingAfterClosingClosed(link: StepScope, moment: Moment, closing: ReconnectEmitted | undefined, closed: ReconnectEmitted | undefined): void {
  if (isFirst(moment)) {
    const connectInput = inputs.connect(moment);
    const connectTimeoutMs = connectTimeout(moment);
    link.enter(connectingAttempting);
    link.clearTimer();
    link.stopChild();
    link.tell(closing);
    link.tell(closed);
    link.startChild(children.connect, connectInput);
    link.setTimer(connectingAttemptingTimer, connectTimeoutMs);
    return;
  }
  if (isImmediate(moment)) {
    const retry = link.prepare(announceRetry, moment);
    const connectInput = inputs.connect(moment);
    const connectTimeoutMs = connectTimeout(moment);
    link.enter(connectingAttempting);
    link.clearTimer();
    link.stopChild();
    link.tell(closing);
    link.tell(closed);
    link.tell(retry);
    link.startChild(children.connect, connectInput);
    link.setTimer(connectingAttemptingTimer, connectTimeoutMs);
    return;
  }
  if (isDelayed(moment)) {
    const retry = link.prepare(announceRetry, moment);
    const retryDelayMs = retryDelay(moment);
    link.enter(waitingDelaying);
    link.clearTimer();
    link.stopChild();
    link.tell(closing);
    link.tell(closed);
    link.tell(retry);
    link.setTimer(waitingDelayingTimer, retryDelayMs);
    return;
  }
  if (isUndecided(moment)) {
    const retryDelayInput = inputs.retryDelay(moment);
    link.enter(waitingDeciding);
    link.clearTimer();
    link.stopChild();
    link.tell(closing);
    link.tell(closed);
    link.startChild(children.retryDelay, retryDelayInput);
    return;
  }
  if (hasBroken(moment)) {
    link.assign(recordBrokenWait, moment);
    const ended = link.prepare(announceEnded, moment);
    link.enter(stopped);
    link.clearTimer();
    link.stopChild();
    link.tell(closing);
    link.tell(closed);
    link.tell(ended);
    return;
  }
  link.assign(recordGivenUp, moment);
  const ended = link.prepare(announceEnded, moment);
  link.enter(stopped);
  link.clearTimer();
  link.stopChild();
  link.tell(closing);
  link.tell(closed);
  link.tell(ended);
}

/** waiting.choosing, which is left at once. */
function waitingChoosingAfterClosingClosed2(link: StepScope, moment: Moment, closing: ReconnectEmitted | undefined, closed: ReconnectEmitted | undefined): void {
  if (isFirst(moment)) {
    const connectInput = inputs.connect(moment);
    const connectTimeoutMs = connectTimeout(moment);
    link.enter(connectingAttempting);
    link.stopChild();
    link.tell(closing);
    link.tell(closed);
    link.startChild(children.connect, connectInput);
    link.setTimer(connectingAttemptingTimer, connectTimeoutMs);
    return;
  }
  if (isImmediate(moment)) {
    const retry = link.prepare(announceRetry, moment);
    const connectInput = inputs.connect(moment);
    const connectTimeoutMs = connectTimeout(moment);
    link.enter(connectingAttempting);
    link.stopChild();
    link.tell(closing);
    link.tell(closed);
    link.tell(retry);
    link.startChild(children.connect, connectInput);
    link.setTimer(connectingAttemptingTimer, connectTimeoutMs);
    return;
  }
  if (isDelayed(moment)) {
    const retry = link.prepare(announceRetry, moment);
    const retryDelayMs = retryDelay(moment);
    link.enter(waitingDelaying);
    link.stopChild();
    link.tell(closing);
    link.tell(closed);
    link.tell(retry);
    link.setTimer(waitingDelayingTimer, retryDelayMs);
    return;
  }
  if (isUndecided(moment)) {
    const retryDelayInput = inputs.retryDelay(moment);
    link.enter(waitingDeciding);
    link.stopChild();
    link.tell(closing);
    link.tell(closed);
    link.startChild(children.retryDelay, retryDelayInput);
    return;
  }
  if (hasBroken(moment)) {
    link.assign(recordBrokenWait, moment);
    const ended = link.prepare(announceEnded, moment);
    link.enter(stopped);
    link.stopChild();
    link.tell(closing);
    link.tell(closed);
    link.tell(ended);
    return;
  }
  link.assign(recordGivenUp, moment);
  const ended = link.prepare(announceEnded, moment);
  link.enter(stopped);
  link.stopChild();
  link.tell(closing);
  link.tell(closed);
  link.tell(ended);
}

/** waiting.choosing, which is left at once. */
function waitingChoosingAfterClosed(link: StepScope, moment: Moment, closed: ReconnectEmitted | undefined): void {
  if (isFirst(moment)) {
    const connectInput = inputs.connect(moment);
    const connectTimeoutMs = connectTimeout(moment);
    link.enter(connectingAttempting);
    link.clearTimer();
    link.stopChild();
    link.tell(closed);
    link.startChild(children.connect, connectInput);
    link.setTimer(connectingAttemptingTimer, connectTimeoutMs);
    return;
  }
  if (isImmediate(moment)) {
    const retry = link.prepare(announceRetry, moment);
    const connectInput = inputs.connect(moment);
    const connectTimeoutMs = connectTimeout(moment);
    link.enter(connectingAttempting);
    link.clearTimer();
    link.stopChild();
    link.tell(closed);
    link.tell(retry);
    link.startChild(children.connect, connectInput);
    link.setTimer(connectingAttemptingTimer, connectTimeoutMs);
    return;
  }
  if (isDelayed(moment)) {
    const retry = link.prepare(announceRetry, moment);
    const retryDelayMs = retryDelay(moment);
    link.enter(waitingDelaying);
    link.clearTimer();
    link.stopChild();
    link.tell(closed);
    link.tell(retry);
    link.setTimer(waitingDelayingTimer, retryDelayMs);
    return;
  }
  if (isUndecided(moment)) {
    const retryDelayInput = inputs.retryDelay(moment);
    link.enter(waitingDeciding);
    link.clearTimer();
    link.stopChild();
    link.tell(closed);
    link.startChild(children.retryDelay, retryDelayInput);
    return;
  }
  if (hasBroken(moment)) {
    link.assign(recordBrokenWait, moment);
    const ended = link.prepare(announceEnded, moment);
    link.enter(stopped);
    link.clearTimer();
    link.stopChild();
    link.tell(closed);
    link.tell(ended);
    return;
  }
  link.assign(recordGivenUp, moment);
  const ended = link.prepare(announceEnded, moment);
  link.enter(stopped);
  link.clearTimer();
  link.stopChild();
  link.tell(closed);
  link.tell(ended);
}

/** connecting.queued, on `connect.started`. */
function connectingQueuedOnConnectStarted(link: StepScope, moment: Moment): void {
  link.assign(recordStarted, moment);
  const started = link.prepare(announceStarted, moment);
  const connectTimeoutMs = connectTimeout(moment);
  link.enter(connectingAttempting);
  link.tell(started);
  link.setTimer(connectingAttemptingTimer, connectTimeoutMs);
}

/** connecting.queued, on `xstate.error.actor.connect`. */
function connectingQueuedOnConnectError(link: StepScope, moment: Moment): void {
  link.assign(recordConnectFailure, moment);
  waitingChoosingAfterSilence(link, moment);
}

/** connecting.queued, on `stop`. */
function connectingQueuedOnStop(link: StepScope, moment: Moment): void {
  link.assign(recordStop, moment);
  const ended = link.prepare(announceEnded, moment);
  link.enter(stopped);
  link.stopChild();
  link.tell(ended);
}

/** connecting.queued, on `suspend`. */
function connectingQueuedOnSuspend(link: StepScope, moment: Moment): void {
  link.assign(recordAborted, moment);
  const suspended = link.prepare(announceSuspended, moment);
  link.enter(waitingSuspended);
  link.stopChild();
  link.tell(suspended);
}

/** connecting.attempting, on `connect.queued`. */
function connectingAttemptingOnConnectQueued(link: StepScope, moment: Moment): void {
  link.assign(recordQueued, moment);
  const queued = link.prepare(announceQueued, moment);
  link.enter(connectingQueued);
  link.clearTimer();
  link.tell(queued);
}

/** connecting.attempting, on `connect.started`. */
function connectingAttemptingOnConnectStarted(link: StepScope, moment: Moment): void {
  link.assign(recordStarted, moment);
  const started = link.prepare(announceStarted, moment);
  link.tell(started);
}

/** connecting.attempting, on `xstate.done.actor.connect`. */
function connectingAttemptingOnConnectDone(link: StepScope, moment: Moment): void {
  if (isStableAtOnce(moment)) {
    link.assign(recordOpened, moment);
    const opened = link.prepare(announceOpened, moment);
    const runInput = inputs.run(moment);
    link.assign(resetAttempt, moment);
    const stable = link.prepare(announceStable, moment);
    link.enter(runningStable);
    link.clearTimer();
    link.stopChild();
    link.tell(opened);
    link.startChild(children.run, runInput);
    link.tell(stable);
    return;
  }
  link.assign(recordOpened, moment);
  const opened = link.prepare(announceOpened, moment);
  const runInput = inputs.run(moment);
  const stableAfterMs = stableAfter(moment);
  link.enter(runningSettling);
  link.clearTimer();
  link.stopChild();
  link.tell(opened);
  link.startChild(children.run, runInput);
  link.setTimer(runningSettlingTimer, stableAfterMs);
}

/** connecting.attempting, on `xstate.error.actor.connect`. */
function connectingAttemptingOnConnectError(link: StepScope, moment: Moment): void {
  if (isUncalled(moment)) {
    link.assign(recordConnectFailure, moment);
    waitingChoosingAfterSilence2(link, moment);
    return;
  }
  if (isFatal(moment)) {
    const attemptFailed = link.prepare(announceAttemptFailed, moment);
    link.assign(recordFatal, moment);
    const ended = link.prepare(announceEnded, moment);
    link.enter(stopped);
    link.clearTimer();
    link.stopChild();
    link.tell(attemptFailed);
    link.tell(ended);
    return;
  }
  const attemptFailed = link.prepare(announceAttemptFailed, moment);
  link.assign(recordConnectFailure, moment);
  waitingChoosingAfterAttemptFailed(link, moment, attemptFailed);
}

/** connecting.attempting, on `stop`. */
function connectingAttemptingOnStop(link: StepScope, moment: Moment): void {
  if (isUncalled(moment)) {
    link.assign(recordStop, moment);
    const ended = link.prepare(announceEnded, moment);
    link.enter(stopped);
    link.clearTimer();
    link.stopChild();
    link.tell(ended);
    return;
  }
  link.assign(recordStop, moment);
  const aborted = link.prepare(announceAborted, moment);
  const reason = abortReason('connect', moment);
  const gracePeriodMs = gracePeriod(moment);
  link.enter(connectingStopping);
  link.clearTimer();
  link.tell(aborted);
  link.abort(reason);
  link.setTimer(connectingStoppingTimer, gracePeriodMs);
}

/** connecting.attempting, on `reconnect`. */
function connectingAttemptingOnReconnect(link: StepScope, moment: Moment): void {
  if (isUncalled(moment)) return;
  const aborted = link.prepare(announceAborted, moment);
  const reason = abortReason('connect', moment);
  link.assign(recordAborted, moment);
  const gracePeriodMs = gracePeriod(moment);
  link.enter(connectingRestarting);
  link.clearTimer();
  link.tell(aborted);
  link.abort(reason);
  link.setTimer(connectingRestartingTimer, gracePeriodMs);
}

/** connecting.attempting, on `suspend`. */
function connectingAttemptingOnSuspend(link: StepScope, moment: Moment): void {
  if (isUncalled(moment)) {
    const suspended = link.prepare(announceSuspended, moment);
    link.enter(waitingSuspended);
    link.clearTimer();
    link.stopChild();
    link.tell(suspended);
    return;
  }
  const aborted = link.prepare(announceAborted, moment);
  const reason = abortReason('connect', moment);
  link.assign(recordAborted, moment);
  const gracePeriodMs = gracePeriod(moment);
  link.enter(connectingSuspending);
  link.clearTimer();
  link.tell(aborted);
  link.abort(reason);
  link.setTimer(connectingSuspendingTimer, gracePeriodMs);
}

/** connecting.attempting, on `xstate.after.connectTimeout.reconnect.connecting.attempting`. */
function connectingAttemptingOnAfterConnectTimeout(link: StepScope, moment: Moment): void {
  if (isLate(moment)) {
    const turnMs = turn();
    link.enter(connectingOverdue);
    link.clearTimer();
    link.setTimer(connectingOverdueTimer, turnMs);
    return;
  }
  const timedOut = link.prepare(announceTimedOut, moment);
  link.abandon(abortReason('connect', moment));
  link.assign(recordConnectTimeout, moment);
  waitingChoosingAfterTimedOut(link, moment, timedOut);
}

/** connecting.overdue, on `connect.turned`. */
function connectingOverdueOnConnectTurned(link: StepScope, moment: Moment): void {
  const timedOut = link.prepare(announceTimedOut, moment);
  link.abandon(abortReason('connect', moment));
  link.assign(recordConnectTimeout, moment);
  waitingChoosingAfterTimedOut(link, moment, timedOut);
}

/** connecting.overdue, on `xstate.done.actor.connect`. */
function connectingOverdueOnConnectDone(link: StepScope, moment: Moment): void {
  if (isStableAtOnce(moment)) {
    link.assign(recordOpened, moment);
    const opened = link.prepare(announceOpened, moment);
    const runInput = inputs.run(moment);
    link.assign(resetAttempt, moment);
    const stable = link.prepare(announceStable, moment);
    link.enter(runningStable);
    link.clearTimer();
    link.stopChild();
    link.tell(opened);
    link.startChild(children.run, runInput);
    link.tell(stable);
    return;
  }
  link.assign(recordOpened, moment);
  const opened = link.prepare(announceOpened, moment);
  const runInput = inputs.run(moment);
  const stableAfterMs = stableAfter(moment);
  link.enter(runningSettling);
  link.clearTimer();
  link.stopChild();
  link.tell(opened);
  link.startChild(children.run, runInput);
  link.setTimer(runningSettlingTimer, stableAfterMs);
}

/** connecting.overdue, on `xstate.error.actor.connect`. */
function connectingOverdueOnConnectError(link: StepScope, moment: Moment): void {
  if (isFatal(moment)) {
    const attemptFailed = link.prepare(announceAttemptFailed, moment);
    link.assign(recordFatal, moment);
    const ended = link.prepare(announceEnded, moment);
    link.enter(stopped);
    link.clearTimer();
    link.stopChild();
    link.tell(attemptFailed);
    link.tell(ended);
    return;
  }
  const attemptFailed = link.prepare(announceAttemptFailed, moment);
  link.assign(recordConnectFailure, moment);
  waitingChoosingAfterAttemptFailed(link, moment, attemptFailed);
}

/** connecting.overdue, on `stop`. */
function connectingOverdueOnStop(link: StepScope, moment: Moment): void {
  link.assign(recordStop, moment);
  const aborted = link.prepare(announceAborted, moment);
  const reason = abortReason('connect', moment);
  const gracePeriodMs = gracePeriod(moment);
  link.enter(connectingStopping);
  link.clearTimer();
  link.tell(aborted);
  link.abort(reason);
  link.setTimer(connectingStoppingTimer, gracePeriodMs);
}

/** connecting.overdue, on `reconnect`. */
function connectingOverdueOnReconnect(link: StepScope, moment: Moment): void {
  const aborted = link.prepare(announceAborted, moment);
  const reason = abortReason('connect', moment);
  link.assign(recordAborted, moment);
  const gracePeriodMs = gracePeriod(moment);
  link.enter(connectingRestarting);
  link.clearTimer();
  link.tell(aborted);
  link.abort(reason);
  link.setTimer(connectingRestartingTimer, gracePeriodMs);
}

/** connecting.overdue, on `suspend`. */
function connectingOverdueOnSuspend(link: StepScope, moment: Moment): void {
  const aborted = link.prepare(announceAborted, moment);
  const reason = abortReason('connect', moment);
  link.assign(recordAborted, moment);
  const gracePeriodMs = gracePeriod(moment);
  link.enter(connectingSuspending);
  link.clearTimer();
  link.tell(aborted);
  link.abort(reason);
  link.setTimer(connectingSuspendingTimer, gracePeriodMs);
}

/** connecting.overdue, on `xstate.after.turn.reconnect.connecting.overdue`. */
function connectingOverdueOnAfterTurn(link: StepScope): void {
  link.ask();
}

/** connecting.restarting, on `xstate.error.actor.connect`. */
function connectingRestartingOnConnectError(link: StepScope, moment: Moment): void {
  if (isMarkedFatal(moment)) {
    link.assign(recordFatal, moment);
    const ended = link.prepare(announceEnded, moment);
    link.enter(stopped);
    link.clearTimer();
    link.stopChild();
    link.tell(ended);
    return;
  }
  const connectInput = inputs.connect(moment);
  const connectTimeoutMs = connectTimeout(moment);
  link.enter(connectingAttempting);
  link.clearTimer();
  link.stopChild();
  link.startChild(children.connect, connectInput);
  link.setTimer(connectingAttemptingTimer, connectTimeoutMs);
}

/** connecting.restarting, on `suspend`. */
function connectingRestartingOnSuspend(link: StepScope, moment: Moment): void {
  const gracePeriodMs = gracePeriod(moment);
  link.enter(connectingSuspending);
  link.clearTimer();
  link.setTimer(connectingSuspendingTimer, gracePeriodMs);
}

/** connecting.restarting, on `stop`. */
function connectingRestartingOnStop(link: StepScope, moment: Moment): void {
  link.assign(recordStop, moment);
  const gracePeriodMs = gracePeriod(moment);
  link.enter(connectingStopping);
  link.clearTimer();
  link.setTimer(connectingStoppingTimer, gracePeriodMs);
}

/** connecting.restarting, on `xstate.after.gracePeriod.reconnect.connecting.restarting`. */
function connectingRestartingOnAfterGracePeriod(link: StepScope, moment: Moment): void {
  const connectInput = inputs.connect(moment);
  const connectTimeoutMs = connectTimeout(moment);
  link.enter(connectingAttempting);
  link.clearTimer();
  link.stopChild();
  link.startChild(children.connect, connectInput);
  link.setTimer(connectingAttemptingTimer, connectTimeoutMs);
}

/** connecting.suspending, on `xstate.error.actor.connect`. */
function connectingSuspendingOnConnectError(link: StepScope, moment: Moment): void {
  if (isMarkedFatal(moment)) {
    link.assign(recordFatal, moment);
    const ended = link.prepare(announceEnded, moment);
    link.enter(stopped);
    link.clearTimer();
    link.stopChild();
    link.tell(ended);
    return;
  }
  const suspended = link.prepare(announceSuspended, moment);
  link.enter(waitingSuspended);
  link.clearTimer();
  link.stopChild();
  link.tell(suspended);
}

/** connecting.suspending, on `resume`. */
function connectingSuspendingOnResume(link: StepScope, moment: Moment): void {
  const gracePeriodMs = gracePeriod(moment);
  link.enter(connectingRestarting);
  link.clearTimer();
  link.setTimer(connectingRestartingTimer, gracePeriodMs);
}

/** connecting.suspending, on `stop`. */
function connectingSuspendingOnStop(link: StepScope, moment: Moment): void {
  link.assign(recordStop, moment);
  const gracePeriodMs = gracePeriod(moment);
  link.enter(connectingStopping);
  link.clearTimer();
  link.setTimer(connectingStoppingTimer, gracePeriodMs);
}

/** connecting.suspending, on `xstate.after.gracePeriod.reconnect.connecting.suspending`. */
function connectingSuspendingOnAfterGracePeriod(link: StepScope, moment: Moment): void {
  const suspended = link.prepare(announceSuspended, moment);
  link.enter(waitingSuspended);
  link.clearTimer();
  link.stopChild();
  link.tell(suspended);
}

/** connecting.stopping, on `xstate.error.actor.connect`. */
function connectingStoppingOnConnectError(link: StepScope, moment: Moment): void {
  link.assign(recordLateError, moment);
  const ended = link.prepare(announceEnded, moment);
  link.enter(stopped);
  link.clearTimer();
  link.stopChild();
  link.tell(ended);
}

/** connecting.stopping, on `xstate.after.gracePeriod.reconnect.connecting.stopping`. */
function connectingStoppingOnAfterGracePeriod(link: StepScope, moment: Moment): void {
  const ended = link.prepare(announceEnded, moment);
  link.enter(stopped);
  link.clearTimer();
  link.stopChild();
  link.tell(ended);
}

/** running.settling, on `run.lost`. */
function runningSettlingOnRunLost(link: StepScope, moment: Moment): void {
  if (hasUnread(moment)) {
    link.assign(recordLoss, moment);
    const closing = link.prepare(announceClosing, moment);
    const gracePeriodMs = gracePeriod(moment);
    link.enter(runningDraining);
    link.clearTimer();
    link.tell(closing);
    link.setTimer(runningDrainingTimer, gracePeriodMs);
    return;
  }
  link.assign(recordLoss, moment);
  const closing = link.prepare(announceClosing, moment);
  const reason = abortReason('run', moment);
  const gracePeriodMs = gracePeriod(moment);
  link.enter(runningClosing);
  link.clearTimer();
  link.tell(closing);
  link.abort(reason);
  link.setTimer(runningClosingTimer, gracePeriodMs);
}

/** running.settling, on `run.settled`. */
function runningSettlingOnRunSettled(link: StepScope, moment: Moment): void {
  link.assign(recordSettled, moment);
  const closing = link.prepare(announceClosing, moment);
  const gracePeriodMs = gracePeriod(moment);
  link.enter(runningClosing);
  link.clearTimer();
  link.tell(closing);
  link.setTimer(runningClosingTimer, gracePeriodMs);
}

/** running.settling, on `xstate.done.actor.run`. */
function runningSettlingOnRunDone(link: StepScope, moment: Moment): void {
  if (isBreak(moment)) {
    const closing = link.prepare(announceClosing, moment);
    const closed = link.prepare(announceClosed, moment);
    link.assign(recordBreak, moment);
    const ended = link.prepare(announceEnded, moment);
    link.enter(stopped);
    link.clearTimer();
    link.stopChild();
    link.tell(closing);
    link.tell(closed);
    link.tell(ended);
    return;
  }
  const closing = link.prepare(announceClosing, moment);
  const closed = link.prepare(announceClosed, moment);
  link.assign(recordSessionEnd, moment);
  waitingChoosingAfterClosingClosed(link, moment, closing, closed);
}

/** running.settling, on `xstate.error.actor.run`. */
function runningSettlingOnRunError(link: StepScope, moment: Moment): void {
  if (isFatal(moment)) {
    const closing = link.prepare(announceClosing, moment);
    const closed = link.prepare(announceClosed, moment);
    link.assign(recordFatal, moment);
    const ended = link.prepare(announceEnded, moment);
    link.enter(stopped);
    link.clearTimer();
    link.stopChild();
    link.tell(closing);
    link.tell(closed);
    link.tell(ended);
    return;
  }
  const closing = link.prepare(announceClosing, moment);
  const closed = link.prepare(announceClosed, moment);
  link.assign(recordSessionEnd, moment);
  waitingChoosingAfterClosingClosed(link, moment, closing, closed);
}

/** running.settling, on `stop`. */
function runningSettlingOnStop(link: StepScope, moment: Moment): void {
  link.assign(recordStop, moment);
  link.assign(recordOffline, moment);
  const closing = link.prepare(announceClosing, moment);
  const reason = abortReason('run', moment);
  const gracePeriodMs = gracePeriod(moment);
  link.enter(runningStopping);
  link.clearTimer();
  link.tell(closing);
  link.abort(reason);
  link.setTimer(runningStoppingTimer, gracePeriodMs);
}

/** running.settling, on `reconnect`. */
function runningSettlingOnReconnect(link: StepScope, moment: Moment): void {
  link.assign(recordReconnect, moment);
  link.assign(recordOffline, moment);
  const closing = link.prepare(announceClosing, moment);
  const reason = abortReason('run', moment);
  const gracePeriodMs = gracePeriod(moment);
  link.enter(runningReconnecting);
  link.clearTimer();
  link.tell(closing);
  link.abort(reason);
  link.setTimer(runningReconnectingTimer, gracePeriodMs);
}

/** running.settling, on `suspend`. */
function runningSettlingOnSuspend(link: StepScope, moment: Moment): void {
  link.assign(recordSuspend, moment);
  link.assign(recordOffline, moment);
  const closing = link.prepare(announceClosing, moment);
  const reason = abortReason('run', moment);
  const gracePeriodMs = gracePeriod(moment);
  link.enter(runningSuspending);
  link.clearTimer();
  link.tell(closing);
  link.abort(reason);
  link.setTimer(runningSuspendingTimer, gracePeriodMs);
}

/** running.settling, on `probe`. */
function runningSettlingOnProbe(link: StepScope): void {
  link.ask();
}

/** running.settling, on `xstate.after.stableAfter.reconnect.running.settling`. */
function runningSettlingOnAfterStableAfter(link: StepScope, moment: Moment): void {
  link.assign(resetAttempt, moment);
  const stable = link.prepare(announceStable, moment);
  link.enter(runningStable);
  link.clearTimer();
  link.tell(stable);
}

/** running.stable, on `run.lost`. */
function runningStableOnRunLost(link: StepScope, moment: Moment): void {
  if (hasUnread(moment)) {
    link.assign(recordLoss, moment);
    const closing = link.prepare(announceClosing, moment);
    const gracePeriodMs = gracePeriod(moment);
    link.enter(runningDraining);
    link.tell(closing);
    link.setTimer(runningDrainingTimer, gracePeriodMs);
    return;
  }
  link.assign(recordLoss, moment);
  const closing = link.prepare(announceClosing, moment);
  const reason = abortReason('run', moment);
  const gracePeriodMs = gracePeriod(moment);
  link.enter(runningClosing);
  link.tell(closing);
  link.abort(reason);
  link.setTimer(runningClosingTimer, gracePeriodMs);
}

/** running.stable, on `run.settled`. */
function runningStableOnRunSettled(link: StepScope, moment: Moment): void {
  link.assign(recordSettled, moment);
  const closing = link.prepare(announceClosing, moment);
  const gracePeriodMs = gracePeriod(moment);
  link.enter(runningClosing);
  link.tell(closing);
  link.setTimer(runningClosingTimer, gracePeriodMs);
}

/** running.stable, on `xstate.done.actor.run`. */
function runningStableOnRunDone(link: StepScope, moment: Moment): void {
  if (isBreak(moment)) {
    const closing = link.prepare(announceClosing, moment);
    const closed = link.prepare(announceClosed, moment);
    link.assign(recordBreak, moment);
    const ended = link.prepare(announceEnded, moment);
    link.enter(stopped);
    link.stopChild();
    link.tell(closing);
    link.tell(closed);
    link.tell(ended);
    return;
  }
  const closing = link.prepare(announceClosing, moment);
  const closed = link.prepare(announceClosed, moment);
  link.assign(recordSessionEnd, moment);
  waitingChoosingAfterClosingClosed2(link, moment, closing, closed);
}

/** running.stable, on `xstate.error.actor.run`. */
function runningStableOnRunError(link: StepScope, moment: Moment): void {
  if (isFatal(moment)) {
    const closing = link.prepare(announceClosing, moment);
    const closed = link.prepare(announceClosed, moment);
    link.assign(recordFatal, moment);
    const ended = link.prepare(announceEnded, moment);
    link.enter(stopped);
    link.stopChild();
    link.tell(closing);
    link.tell(closed);
    link.tell(ended);
    return;
  }
  const closing = link.prepare(announceClosing, moment);
  const closed = link.prepare(announceClosed, moment);
  link.assign(recordSessionEnd, moment);
  waitingChoosingAfterClosingClosed2(link, moment, closing, closed);
}

/** running.stable, on `stop`. */
function runningStableOnStop(link: StepScope, moment: Moment): void {
  link.assign(recordStop, moment);
  link.assign(recordOffline, moment);
  const closing = link.prepare(announceClosing, moment);
  const reason = abortReason('run', moment);
  const gracePeriodMs = gracePeriod(moment);
  link.enter(runningStopping);
  link.tell(closing);
  link.abort(reason);
  link.setTimer(runningStoppingTimer, gracePeriodMs);
}

/** running.stable, on `reconnect`. */
function runningStableOnReconnect(link: StepScope, moment: Moment): void {
  link.assign(recordReconnect, moment);
  link.assign(recordOffline, moment);
  const closing = link.prepare(announceClosing, moment);
  const reason = abortReason('run', moment);
  const gracePeriodMs = gracePeriod(moment);
  link.enter(runningReconnecting);
  link.tell(closing);
  link.abort(reason);
  link.setTimer(runningReconnectingTimer, gracePeriodMs);
}

/** running.stable, on `suspend`. */
function runningStableOnSuspend(link: StepScope, moment: Moment): void {
  link.assign(recordSuspend, moment);
  link.assign(recordOffline, moment);
  const closing = link.prepare(announceClosing, moment);
  const reason = abortReason('run', moment);
  const gracePeriodMs = gracePeriod(moment);
  link.enter(runningSuspending);
  link.tell(closing);
  link.abort(reason);
  link.setTimer(runningSuspendingTimer, gracePeriodMs);
}

/** running.stable, on `probe`. */
function runningStableOnProbe(link: StepScope): void {
  link.ask();
}

/** running.draining, on `run.drained`. */
function runningDrainingOnRunDrained(link: StepScope, moment: Moment): void {
  const reason = abortReason('run', moment);
  const gracePeriodMs = gracePeriod(moment);
  link.enter(runningClosing);
  link.clearTimer();
  link.abort(reason);
  link.setTimer(runningClosingTimer, gracePeriodMs);
}

/** running.draining, on `run.settled`. */
function runningDrainingOnRunSettled(link: StepScope, moment: Moment): void {
  const gracePeriodMs = gracePeriod(moment);
  link.enter(runningClosing);
  link.clearTimer();
  link.setTimer(runningClosingTimer, gracePeriodMs);
}

/** running.draining, on `xstate.done.actor.run`. */
function runningDrainingOnRunDone(link: StepScope, moment: Moment): void {
  if (isBreak(moment)) {
    const closed = link.prepare(announceClosed, moment);
    link.assign(recordBreak, moment);
    const ended = link.prepare(announceEnded, moment);
    link.enter(stopped);
    link.clearTimer();
    link.stopChild();
    link.tell(closed);
    link.tell(ended);
    return;
  }
  if (isFatal(moment)) {
    const closed = link.prepare(announceClosed, moment);
    link.assign(recordFatal, moment);
    const ended = link.prepare(announceEnded, moment);
    link.enter(stopped);
    link.clearTimer();
    link.stopChild();
    link.tell(closed);
    link.tell(ended);
    return;
  }
  const closed = link.prepare(announceClosed, moment);
  link.assign(recordSessionEnd, moment);
  waitingChoosingAfterClosed(link, moment, closed);
}

/** running.draining, on `xstate.error.actor.run`. */
function runningDrainingOnRunError(link: StepScope, moment: Moment): void {
  if (isFatal(moment)) {
    const closed = link.prepare(announceClosed, moment);
    link.assign(recordFatal, moment);
    const ended = link.prepare(announceEnded, moment);
    link.enter(stopped);
    link.clearTimer();
    link.stopChild();
    link.tell(closed);
    link.tell(ended);
    return;
  }
  const closed = link.prepare(announceClosed, moment);
  link.assign(recordSessionEnd, moment);
  waitingChoosingAfterClosed(link, moment, closed);
}

/** running.draining, on `stop`. */
function runningDrainingOnStop(link: StepScope, moment: Moment): void {
  link.assign(recordStop, moment);
  const reason = abortReason('run', moment);
  const gracePeriodMs = gracePeriod(moment);
  link.enter(runningStopping);
  link.clearTimer();
  link.abort(reason);
  link.setTimer(runningStoppingTimer, gracePeriodMs);
}

/** running.draining, on `reconnect`. */
function runningDrainingOnReconnect(link: StepScope, moment: Moment): void {
  link.assign(recordReconnect, moment);
  const reason = abortReason('run', moment);
  const gracePeriodMs = gracePeriod(moment);
  link.enter(runningReconnecting);
  link.clearTimer();
  link.abort(reason);
  link.setTimer(runningReconnectingTimer, gracePeriodMs);
}

/** running.draining, on `suspend`. */
function runningDrainingOnSuspend(link: StepScope, moment: Moment): void {
  link.assign(recordSuspend, moment);
  const reason = abortReason('run', moment);
  const gracePeriodMs = gracePeriod(moment);
  link.enter(runningSuspending);
  link.clearTimer();
  link.abort(reason);
  link.setTimer(runningSuspendingTimer, gracePeriodMs);
}

/** running.draining, on `xstate.after.gracePeriod.reconnect.running.draining`. */
function runningDrainingOnAfterGracePeriod(link: StepScope, moment: Moment): void {
  const reason = abortReason('run', moment);
  const gracePeriodMs = gracePeriod(moment);
  link.enter(runningClosing);
  link.clearTimer();
  link.abort(reason);
  link.setTimer(runningClosingTimer, gracePeriodMs);
}

/** running.closing, on `run.settled`. */
function runningClosingOnRunSettled(link: StepScope, moment: Moment): void {
  const gracePeriodMs = gracePeriod(moment);
  link.enter(runningClosing);
  link.clearTimer();
  link.setTimer(runningClosingTimer, gracePeriodMs);
}

/** running.closing, on `xstate.done.actor.run`. */
function runningClosingOnRunDone(link: StepScope, moment: Moment): void {
  if (isBreak(moment)) {
    const closed = link.prepare(announceClosed, moment);
    link.assign(recordBreak, moment);
    const ended = link.prepare(announceEnded, moment);
    link.enter(stopped);
    link.clearTimer();
    link.stopChild();
    link.tell(closed);
    link.tell(ended);
    return;
  }
  if (isFatal(moment)) {
    const closed = link.prepare(announceClosed, moment);
    link.assign(recordFatal, moment);
    const ended = link.prepare(announceEnded, moment);
    link.enter(stopped);
    link.clearTimer();
    link.stopChild();
    link.tell(closed);
    link.tell(ended);
    return;
  }
  const closed = link.prepare(announceClosed, moment);
  link.assign(recordSessionEnd, moment);
  waitingChoosingAfterClosed(link, moment, closed);
}

/** running.closing, on `xstate.error.actor.run`. */
function runningClosingOnRunError(link: StepScope, moment: Moment): void {
  if (isFatal(moment)) {
    const closed = link.prepare(announceClosed, moment);
    link.assign(recordFatal, moment);
    const ended = link.prepare(announceEnded, moment);
    link.enter(stopped);
    link.clearTimer();
    link.stopChild();
    link.tell(closed);
    link.tell(ended);
    return;
  }
  const closed = link.prepare(announceClosed, moment);
  link.assign(recordSessionEnd, moment);
  waitingChoosingAfterClosed(link, moment, closed);
}

/** running.closing, on `stop`. */
function runningClosingOnStop(link: StepScope, moment: Moment): void {
  link.assign(recordStop, moment);
  const gracePeriodMs = gracePeriod(moment);
  link.enter(runningStopping);
  link.clearTimer();
  link.setTimer(runningStoppingTimer, gracePeriodMs);
}

/** running.closing, on `reconnect`. */
function runningClosingOnReconnect(link: StepScope, moment: Moment): void {
  link.assign(recordReconnect, moment);
  const gracePeriodMs = gracePeriod(moment);
  link.enter(runningReconnecting);
  link.clearTimer();
  link.setTimer(runningReconnectingTimer, gracePeriodMs);
}

/** running.closing, on `suspend`. */
function runningClosingOnSuspend(link: StepScope, moment: Moment): void {
  link.assign(recordSuspend, moment);
  const gracePeriodMs = gracePeriod(moment);
  link.enter(runningSuspending);
  link.clearTimer();
  link.setTimer(runningSuspendingTimer, gracePeriodMs);
}

/** running.closing, on `xstate.after.gracePeriod.reconnect.running.closing`. */
function runningClosingOnAfterGracePeriod(link: StepScope, moment: Moment): void {
  if (isFatal(moment)) {
    const closed = link.prepare(announceClosed, moment);
    link.assign(recordFatal, moment);
    const ended = link.prepare(announceEnded, moment);
    link.enter(stopped);
    link.clearTimer();
    link.stopChild();
    link.tell(closed);
    link.tell(ended);
    return;
  }
  const closed = link.prepare(announceClosed, moment);
  link.assign(recordSessionEnd, moment);
  waitingChoosingAfterClosed(link, moment, closed);
}

/** running.reconnecting, on `run.settled`. */
function runningReconnectingOnRunSettled(link: StepScope, moment: Moment): void {
  const gracePeriodMs = gracePeriod(moment);
  link.enter(runningReconnecting);
  link.clearTimer();
  link.setTimer(runningReconnectingTimer, gracePeriodMs);
}

/** running.reconnecting, on `xstate.done.actor.run`. */
function runningReconnectingOnRunDone(link: StepScope, moment: Moment): void {
  if (isBreak(moment)) {
    const closed = link.prepare(announceClosed, moment);
    link.assign(recordBreak, moment);
    const ended = link.prepare(announceEnded, moment);
    link.enter(stopped);
    link.clearTimer();
    link.stopChild();
    link.tell(closed);
    link.tell(ended);
    return;
  }
  if (isFatal(moment)) {
    const closed = link.prepare(announceClosed, moment);
    link.assign(recordFatal, moment);
    const ended = link.prepare(announceEnded, moment);
    link.enter(stopped);
    link.clearTimer();
    link.stopChild();
    link.tell(closed);
    link.tell(ended);
    return;
  }
  if (hasEnded(moment)) {
    const closed = link.prepare(announceClosed, moment);
    link.assign(recordSkippedWait, moment);
    const connectInput = inputs.connect(moment);
    const connectTimeoutMs = connectTimeout(moment);
    link.enter(connectingAttempting);
    link.clearTimer();
    link.stopChild();
    link.tell(closed);
    link.startChild(children.connect, connectInput);
    link.setTimer(connectingAttemptingTimer, connectTimeoutMs);
    return;
  }
  const closed = link.prepare(announceClosed, moment);
  const connectInput = inputs.connect(moment);
  const connectTimeoutMs = connectTimeout(moment);
  link.enter(connectingAttempting);
  link.clearTimer();
  link.stopChild();
  link.tell(closed);
  link.startChild(children.connect, connectInput);
  link.setTimer(connectingAttemptingTimer, connectTimeoutMs);
}

/** running.reconnecting, on `xstate.error.actor.run`. */
function runningReconnectingOnRunError(link: StepScope, moment: Moment): void {
  if (isFatal(moment)) {
    const closed = link.prepare(announceClosed, moment);
    link.assign(recordFatal, moment);
    const ended = link.prepare(announceEnded, moment);
    link.enter(stopped);
    link.clearTimer();
    link.stopChild();
    link.tell(closed);
    link.tell(ended);
    return;
  }
  if (hasEnded(moment)) {
    const closed = link.prepare(announceClosed, moment);
    link.assign(recordSkippedWait, moment);
    const connectInput = inputs.connect(moment);
    const connectTimeoutMs = connectTimeout(moment);
    link.enter(connectingAttempting);
    link.clearTimer();
    link.stopChild();
    link.tell(closed);
    link.startChild(children.connect, connectInput);
    link.setTimer(connectingAttemptingTimer, connectTimeoutMs);
    return;
  }
  const closed = link.prepare(announceClosed, moment);
  const connectInput = inputs.connect(moment);
  const connectTimeoutMs = connectTimeout(moment);
  link.enter(connectingAttempting);
  link.clearTimer();
  link.stopChild();
  link.tell(closed);
  link.startChild(children.connect, connectInput);
  link.setTimer(connectingAttemptingTimer, connectTimeoutMs);
}

/** running.reconnecting, on `stop`. */
function runningReconnectingOnStop(link: StepScope, moment: Moment): void {
  link.assign(recordStop, moment);
  const gracePeriodMs = gracePeriod(moment);
  link.enter(runningStopping);
  link.clearTimer();
  link.setTimer(runningStoppingTimer, gracePeriodMs);
}

/** running.reconnecting, on `suspend`. */
function runningReconnectingOnSuspend(link: StepScope, moment: Moment): void {
  link.assign(recordSuspend, moment);
  const gracePeriodMs = gracePeriod(moment);
  link.enter(runningSuspending);
  link.clearTimer();
  link.setTimer(runningSuspendingTimer, gracePeriodMs);
}

/** running.reconnecting, on `xstate.after.gracePeriod.reconnect.running.reconnecting`. */
function runningReconnectingOnAfterGracePeriod(link: StepScope, moment: Moment): void {
  if (isFatal(moment)) {
    const closed = link.prepare(announceClosed, moment);
    link.assign(recordFatal, moment);
    const ended = link.prepare(announceEnded, moment);
    link.enter(stopped);
    link.clearTimer();
    link.stopChild();
    link.tell(closed);
    link.tell(ended);
    return;
  }
  if (hasEnded(moment)) {
    const closed = link.prepare(announceClosed, moment);
    link.assign(recordSkippedWait, moment);
    const connectInput = inputs.connect(moment);
    const connectTimeoutMs = connectTimeout(moment);
    link.enter(connectingAttempting);
    link.clearTimer();
    link.stopChild();
    link.tell(closed);
    link.startChild(children.connect, connectInput);
    link.setTimer(connectingAttemptingTimer, connectTimeoutMs);
    return;
  }
  const closed = link.prepare(announceClosed, moment);
  const connectInput = inputs.connect(moment);
  const connectTimeoutMs = connectTimeout(moment);
  link.enter(connectingAttempting);
  link.clearTimer();
  link.stopChild();
  link.tell(closed);
  link.startChild(children.connect, connectInput);
  link.setTimer(connectingAttemptingTimer, connectTimeoutMs);
}

/** running.suspending, on `run.settled`. */
function runningSuspendingOnRunSettled(link: StepScope, moment: Moment): void {
  const gracePeriodMs = gracePeriod(moment);
  link.enter(runningSuspending);
  link.clearTimer();
  link.setTimer(runningSuspendingTimer, gracePeriodMs);
}

/** running.suspending, on `xstate.done.actor.run`. */
function runningSuspendingOnRunDone(link: StepScope, moment: Moment): void {
  if (isBreak(moment)) {
    const closed = link.prepare(announceClosed, moment);
    link.assign(recordBreak, moment);
    const ended = link.prepare(announceEnded, moment);
    link.enter(stopped);
    link.clearTimer();
    link.stopChild();
    link.tell(closed);
    link.tell(ended);
    return;
  }
  const closed = link.prepare(announceClosed, moment);
  const suspended = link.prepare(announceSuspended, moment);
  link.enter(waitingSuspended);
  link.clearTimer();
  link.stopChild();
  link.tell(closed);
  link.tell(suspended);
}

/** running.suspending, on `xstate.error.actor.run`. */
function runningSuspendingOnRunError(link: StepScope, moment: Moment): void {
  if (isMarkedFatal(moment)) {
    const closed = link.prepare(announceClosed, moment);
    link.assign(recordFatal, moment);
    const ended = link.prepare(announceEnded, moment);
    link.enter(stopped);
    link.clearTimer();
    link.stopChild();
    link.tell(closed);
    link.tell(ended);
    return;
  }
  const closed = link.prepare(announceClosed, moment);
  const suspended = link.prepare(announceSuspended, moment);
  link.enter(waitingSuspended);
  link.clearTimer();
  link.stopChild();
  link.tell(closed);
  link.tell(suspended);
}

/** running.suspending, on `resume`. */
function runningSuspendingOnResume(link: StepScope, moment: Moment): void {
  link.assign(recordReconnect, moment);
  const gracePeriodMs = gracePeriod(moment);
  link.enter(runningReconnecting);
  link.clearTimer();
  link.setTimer(runningReconnectingTimer, gracePeriodMs);
}

/** running.suspending, on `stop`. */
function runningSuspendingOnStop(link: StepScope, moment: Moment): void {
  link.assign(recordStop, moment);
  const gracePeriodMs = gracePeriod(moment);
  link.enter(runningStopping);
  link.clearTimer();
  link.setTimer(runningStoppingTimer, gracePeriodMs);
}

/** running.suspending, on `xstate.after.gracePeriod.reconnect.running.suspending`. */
function runningSuspendingOnAfterGracePeriod(link: StepScope, moment: Moment): void {
  const closed = link.prepare(announceClosed, moment);
  const suspended = link.prepare(announceSuspended, moment);
  link.enter(waitingSuspended);
  link.clearTimer();
  link.stopChild();
  link.tell(closed);
  link.tell(suspended);
}

/** running.stopping, on `run.settled`. */
function runningStoppingOnRunSettled(link: StepScope, moment: Moment): void {
  const gracePeriodMs = gracePeriod(moment);
  link.enter(runningStopping);
  link.clearTimer();
  link.setTimer(runningStoppingTimer, gracePeriodMs);
}

/** running.stopping, on `xstate.done.actor.run`. */
function runningStoppingOnRunDone(link: StepScope, moment: Moment): void {
  const closed = link.prepare(announceClosed, moment);
  const ended = link.prepare(announceEnded, moment);
  link.enter(stopped);
  link.clearTimer();
  link.stopChild();
  link.tell(closed);
  link.tell(ended);
}

/** running.stopping, on `xstate.error.actor.run`. */
function runningStoppingOnRunError(link: StepScope, moment: Moment): void {
  const closed = link.prepare(announceClosed, moment);
  link.assign(recordLateError, moment);
  const ended = link.prepare(announceEnded, moment);
  link.enter(stopped);
  link.clearTimer();
  link.stopChild();
  link.tell(closed);
  link.tell(ended);
}

/** running.stopping, on `xstate.after.gracePeriod.reconnect.running.stopping`. */
function runningStoppingOnAfterGracePeriod(link: StepScope, moment: Moment): void {
  const closed = link.prepare(announceClosed, moment);
  const ended = link.prepare(announceEnded, moment);
  link.enter(stopped);
  link.clearTimer();
  link.stopChild();
  link.tell(closed);
  link.tell(ended);
}

/** waiting.deciding, on `xstate.done.actor.retryDelay`. */
function waitingDecidingOnRetryDelayDone(link: StepScope, moment: Moment): void {
  link.assign(recordDecision, moment);
  waitingChoosingAfterSilence(link, moment);
}

/** waiting.deciding, on `stop`. */
function waitingDecidingOnStop(link: StepScope, moment: Moment): void {
  link.assign(recordStop, moment);
  link.abandon(abortReason('retryDelay', moment));
  const ended = link.prepare(announceEnded, moment);
  link.enter(stopped);
  link.stopChild();
  link.tell(ended);
}

/** waiting.deciding, on `reconnect`. */
function waitingDecidingOnReconnect(link: StepScope, moment: Moment): void {
  link.abandon(abortReason('retryDelay', moment));
  const connectInput = inputs.connect(moment);
  const connectTimeoutMs = connectTimeout(moment);
  link.enter(connectingAttempting);
  link.stopChild();
  link.startChild(children.connect, connectInput);
  link.setTimer(connectingAttemptingTimer, connectTimeoutMs);
}

/** waiting.deciding, on `suspend`. */
function waitingDecidingOnSuspend(link: StepScope, moment: Moment): void {
  link.abandon(abortReason('retryDelay', moment));
  const suspended = link.prepare(announceSuspended, moment);
  link.enter(waitingSuspended);
  link.stopChild();
  link.tell(suspended);
}

/** waiting.delaying, on `stop`. */
function waitingDelayingOnStop(link: StepScope, moment: Moment): void {
  link.assign(recordStop, moment);
  const ended = link.prepare(announceEnded, moment);
  link.enter(stopped);
  link.clearTimer();
  link.tell(ended);
}

/** waiting.delaying, on `reconnect`. */
function waitingDelayingOnReconnect(link: StepScope, moment: Moment): void {
  const connectInput = inputs.connect(moment);
  const connectTimeoutMs = connectTimeout(moment);
  link.enter(connectingAttempting);
  link.clearTimer();
  link.startChild(children.connect, connectInput);
  link.setTimer(connectingAttemptingTimer, connectTimeoutMs);
}

/** waiting.delaying, on `suspend`. */
function waitingDelayingOnSuspend(link: StepScope, moment: Moment): void {
  const suspended = link.prepare(announceSuspended, moment);
  link.enter(waitingSuspended);
  link.clearTimer();
  link.tell(suspended);
}

/** waiting.delaying, on `xstate.after.retryDelay.reconnect.waiting.delaying`. */
function waitingDelayingOnAfterRetryDelay(link: StepScope, moment: Moment): void {
  if (isBounded(moment)) {
    const connectInput = inputs.connect(moment);
    const connectTimeoutMs = connectTimeout(moment);
    link.enter(connectingAttempting);
    link.clearTimer();
    link.startChild(children.connect, connectInput);
    link.setTimer(connectingAttemptingTimer, connectTimeoutMs);
    return;
  }
}

/** waiting.suspended, on `resume`. */
function waitingSuspendedOnResume(link: StepScope, moment: Moment): void {
  const resumed = link.prepare(announceResumed, moment);
  const connectInput = inputs.connect(moment);
  const connectTimeoutMs = connectTimeout(moment);
  link.enter(connectingAttempting);
  link.tell(resumed);
  link.startChild(children.connect, connectInput);
  link.setTimer(connectingAttemptingTimer, connectTimeoutMs);
}

/** waiting.suspended, on `stop`. */
function waitingSuspendedOnStop(link: StepScope, moment: Moment): void {
  link.assign(recordStop, moment);
  const ended = link.prepare(announceEnded, moment);
  link.enter(stopped);
  link.tell(ended);
}

/** Decides how a link begins; answers with what is to be done when it starts. */
export function begin(link: StepScope, moment: Moment): () => void {
  if (isFirst(moment)) {
    const connectInput = inputs.connect(moment);
    const connectTimeoutMs = connectTimeout(moment);
    link.enter(connectingAttempting);
    return () => {
      link.startChild(children.connect, connectInput);
      link.setTimer(connectingAttemptingTimer, connectTimeoutMs);
    };
  }
  if (isImmediate(moment)) {
    const retry = announceRetry(moment);
    const connectInput = inputs.connect(moment);
    const connectTimeoutMs = connectTimeout(moment);
    link.enter(connectingAttempting);
    return () => {
      link.startChild(children.connect, connectInput);
      link.tell(retry);
      link.setTimer(connectingAttemptingTimer, connectTimeoutMs);
    };
  }
  if (isDelayed(moment)) {
    const retry = announceRetry(moment);
    const retryDelayMs = retryDelay(moment);
    link.enter(waitingDelaying);
    return () => {
      link.tell(retry);
      link.setTimer(waitingDelayingTimer, retryDelayMs);
    };
  }
  if (isUndecided(moment)) {
    const retryDelayInput = inputs.retryDelay(moment);
    link.enter(waitingDeciding);
    return () => {
      link.startChild(children.retryDelay, retryDelayInput);
    };
  }
  if (hasBroken(moment)) {
    link.assign(recordBrokenWait, moment);
    const ended = announceEnded(moment);
    link.enter(stopped);
    return () => {
      link.tell(ended);
    };
  }
  link.assign(recordGivenUp, moment);
  const ended = announceEnded(moment);
  link.enter(stopped);
  return () => {
    link.tell(ended);
  };
}

/** What is to be done where a link that was stopped goes on from a snapshot: its child and its timer begin once more. */
export function again(link: StepScope, moment: Moment, leaf: Leaf): () => void {
  switch (leaf.path) {
    case 'connecting.queued': {
      const connectInput = inputs.connect(moment);
      link.enter(connectingQueued);
      return () => {
        link.startChild(children.connect, connectInput);
      };
    }
    case 'connecting.attempting': {
      const connectInput = inputs.connect(moment);
      const connectTimeoutMs = connectTimeout(moment);
      link.enter(connectingAttempting);
      return () => {
        link.startChild(children.connect, connectInput);
        link.setTimer(connectingAttemptingTimer, connectTimeoutMs);
      };
    }
    case 'connecting.overdue': {
      const connectInput = inputs.connect(moment);
      const turnMs = turn();
      link.enter(connectingOverdue);
      return () => {
        link.startChild(children.connect, connectInput);
        link.setTimer(connectingOverdueTimer, turnMs);
      };
    }
    case 'connecting.restarting': {
      const connectInput = inputs.connect(moment);
      const gracePeriodMs = gracePeriod(moment);
      link.enter(connectingRestarting);
      return () => {
        link.startChild(children.connect, connectInput);
        link.setTimer(connectingRestartingTimer, gracePeriodMs);
      };
    }
    case 'connecting.suspending': {
      const connectInput = inputs.connect(moment);
      const gracePeriodMs = gracePeriod(moment);
      link.enter(connectingSuspending);
      return () => {
        link.startChild(children.connect, connectInput);
        link.setTimer(connectingSuspendingTimer, gracePeriodMs);
      };
    }
    case 'connecting.stopping': {
      const connectInput = inputs.connect(moment);
      const gracePeriodMs = gracePeriod(moment);
      link.enter(connectingStopping);
      return () => {
        link.startChild(children.connect, connectInput);
        link.setTimer(connectingStoppingTimer, gracePeriodMs);
      };
    }
    case 'running.settling': {
      const runInput = inputs.run(moment);
      const stableAfterMs = stableAfter(moment);
      link.enter(runningSettling);
      return () => {
        link.startChild(children.run, runInput);
        link.setTimer(runningSettlingTimer, stableAfterMs);
      };
    }
    case 'running.stable': {
      const runInput = inputs.run(moment);
      link.enter(runningStable);
      return () => {
        link.startChild(children.run, runInput);
      };
    }
    case 'running.draining': {
      const runInput = inputs.run(moment);
      const gracePeriodMs = gracePeriod(moment);
      link.enter(runningDraining);
      return () => {
        link.startChild(children.run, runInput);
        link.setTimer(runningDrainingTimer, gracePeriodMs);
      };
    }
    case 'running.closing': {
      const runInput = inputs.run(moment);
      const gracePeriodMs = gracePeriod(moment);
      link.enter(runningClosing);
      return () => {
        link.startChild(children.run, runInput);
        link.setTimer(runningClosingTimer, gracePeriodMs);
      };
    }
    case 'running.reconnecting': {
      const runInput = inputs.run(moment);
      const gracePeriodMs = gracePeriod(moment);
      link.enter(runningReconnecting);
      return () => {
        link.startChild(children.run, runInput);
        link.setTimer(runningReconnectingTimer, gracePeriodMs);
      };
    }
    case 'running.suspending': {
      const runInput = inputs.run(moment);
      const gracePeriodMs = gracePeriod(moment);
      link.enter(runningSuspending);
      return () => {
        link.startChild(children.run, runInput);
        link.setTimer(runningSuspendingTimer, gracePeriodMs);
      };
    }
    case 'running.stopping': {
      const runInput = inputs.run(moment);
      const gracePeriodMs = gracePeriod(moment);
      link.enter(runningStopping);
      return () => {
        link.startChild(children.run, runInput);
        link.setTimer(runningStoppingTimer, gracePeriodMs);
      };
    }
    case 'waiting.deciding': {
      const retryDelayInput = inputs.retryDelay(moment);
      link.enter(waitingDeciding);
      return () => {
        link.startChild(children.retryDelay, retryDelayInput);
      };
    }
    case 'waiting.delaying': {
      const retryDelayMs = retryDelay(moment);
      link.enter(waitingDelaying);
      return () => {
        link.setTimer(waitingDelayingTimer, retryDelayMs);
      };
    }
    default:
      link.enter(leaf);
      return () => {};
  }
}

const connectingQueued: Leaf = {
  path: 'connecting.queued',
  value: { connecting: 'queued' },
  tags: new Set(['connecting', 'queued', 'offline']),
  isFinal: false,
  steps: new Map([
    ['connect.started', connectingQueuedOnConnectStarted],
    ['xstate.error.actor.connect', connectingQueuedOnConnectError],
    ['stop', connectingQueuedOnStop],
    ['suspend', connectingQueuedOnSuspend],
  ]),
  conditions: new Map(),
};

const connectingAttempting: Leaf = {
  path: 'connecting.attempting',
  value: { connecting: 'attempting' },
  tags: new Set(['connecting', 'offline']),
  isFinal: false,
  steps: new Map([
    ['connect.queued', connectingAttemptingOnConnectQueued],
    ['connect.started', connectingAttemptingOnConnectStarted],
    ['xstate.done.actor.connect', connectingAttemptingOnConnectDone],
    ['xstate.error.actor.connect', connectingAttemptingOnConnectError],
    ['stop', connectingAttemptingOnStop],
    ['reconnect', connectingAttemptingOnReconnect],
    ['suspend', connectingAttemptingOnSuspend],
    ['xstate.after.connectTimeout.reconnect.connecting.attempting', connectingAttemptingOnAfterConnectTimeout],
  ]),
  conditions: new Map([
    ['reconnect', (moment: Moment) => !isUncalled(moment)],
  ]),
};

const connectingOverdue: Leaf = {
  path: 'connecting.overdue',
  value: { connecting: 'overdue' },
  tags: new Set(['connecting', 'offline']),
  isFinal: false,
  steps: new Map([
    ['connect.turned', connectingOverdueOnConnectTurned],
    ['xstate.done.actor.connect', connectingOverdueOnConnectDone],
    ['xstate.error.actor.connect', connectingOverdueOnConnectError],
    ['stop', connectingOverdueOnStop],
    ['reconnect', connectingOverdueOnReconnect],
    ['suspend', connectingOverdueOnSuspend],
    ['xstate.after.turn.reconnect.connecting.overdue', connectingOverdueOnAfterTurn],
  ]),
  conditions: new Map(),
};

const connectingRestarting: Leaf = {
  path: 'connecting.restarting',
  value: { connecting: 'restarting' },
  tags: new Set(['connecting', 'offline']),
  isFinal: false,
  steps: new Map([
    ['xstate.error.actor.connect', connectingRestartingOnConnectError],
    ['suspend', connectingRestartingOnSuspend],
    ['stop', connectingRestartingOnStop],
    ['xstate.after.gracePeriod.reconnect.connecting.restarting', connectingRestartingOnAfterGracePeriod],
  ]),
  conditions: new Map(),
};

const connectingSuspending: Leaf = {
  path: 'connecting.suspending',
  value: { connecting: 'suspending' },
  tags: new Set(['closing', 'offline']),
  isFinal: false,
  steps: new Map([
    ['xstate.error.actor.connect', connectingSuspendingOnConnectError],
    ['resume', connectingSuspendingOnResume],
    ['stop', connectingSuspendingOnStop],
    ['xstate.after.gracePeriod.reconnect.connecting.suspending', connectingSuspendingOnAfterGracePeriod],
  ]),
  conditions: new Map(),
};

const connectingStopping: Leaf = {
  path: 'connecting.stopping',
  value: { connecting: 'stopping' },
  tags: new Set(['stopping', 'offline']),
  isFinal: false,
  steps: new Map([
    ['xstate.error.actor.connect', connectingStoppingOnConnectError],
    ['xstate.after.gracePeriod.reconnect.connecting.stopping', connectingStoppingOnAfterGracePeriod],
  ]),
  conditions: new Map(),
};

const runningSettling: Leaf = {
  path: 'running.settling',
  value: { running: 'settling' },
  tags: new Set(['online']),
  isFinal: false,
  steps: new Map([
    ['run.lost', runningSettlingOnRunLost],
    ['run.settled', runningSettlingOnRunSettled],
    ['xstate.done.actor.run', runningSettlingOnRunDone],
    ['xstate.error.actor.run', runningSettlingOnRunError],
    ['stop', runningSettlingOnStop],
    ['reconnect', runningSettlingOnReconnect],
    ['suspend', runningSettlingOnSuspend],
    ['probe', runningSettlingOnProbe],
    ['xstate.after.stableAfter.reconnect.running.settling', runningSettlingOnAfterStableAfter],
  ]),
  conditions: new Map(),
};

const runningStable: Leaf = {
  path: 'running.stable',
  value: { running: 'stable' },
  tags: new Set(['online']),
  isFinal: false,
  steps: new Map([
    ['run.lost', runningStableOnRunLost],
    ['run.settled', runningStableOnRunSettled],
    ['xstate.done.actor.run', runningStableOnRunDone],
    ['xstate.error.actor.run', runningStableOnRunError],
    ['stop', runningStableOnStop],
    ['reconnect', runningStableOnReconnect],
    ['suspend', runningStableOnSuspend],
    ['probe', runningStableOnProbe],
  ]),
  conditions: new Map(),
};

const runningDraining: Leaf = {
  path: 'running.draining',
  value: { running: 'draining' },
  tags: new Set(['closing', 'offline']),
  isFinal: false,
  steps: new Map([
    ['run.drained', runningDrainingOnRunDrained],
    ['run.settled', runningDrainingOnRunSettled],
    ['xstate.done.actor.run', runningDrainingOnRunDone],
    ['xstate.error.actor.run', runningDrainingOnRunError],
    ['stop', runningDrainingOnStop],
    ['reconnect', runningDrainingOnReconnect],
    ['suspend', runningDrainingOnSuspend],
    ['xstate.after.gracePeriod.reconnect.running.draining', runningDrainingOnAfterGracePeriod],
  ]),
  conditions: new Map(),
};

const runningClosing: Leaf = {
  path: 'running.closing',
  value: { running: 'closing' },
  tags: new Set(['closing', 'offline']),
  isFinal: false,
  steps: new Map([
    ['run.settled', runningClosingOnRunSettled],
    ['xstate.done.actor.run', runningClosingOnRunDone],
    ['xstate.error.actor.run', runningClosingOnRunError],
    ['stop', runningClosingOnStop],
    ['reconnect', runningClosingOnReconnect],
    ['suspend', runningClosingOnSuspend],
    ['xstate.after.gracePeriod.reconnect.running.closing', runningClosingOnAfterGracePeriod],
  ]),
  conditions: new Map(),
};

const runningReconnecting: Leaf = {
  path: 'running.reconnecting',
  value: { running: 'reconnecting' },
  tags: new Set(['closing', 'offline']),
  isFinal: false,
  steps: new Map([
    ['run.settled', runningReconnectingOnRunSettled],
    ['xstate.done.actor.run', runningReconnectingOnRunDone],
    ['xstate.error.actor.run', runningReconnectingOnRunError],
    ['stop', runningReconnectingOnStop],
    ['suspend', runningReconnectingOnSuspend],
    ['xstate.after.gracePeriod.reconnect.running.reconnecting', runningReconnectingOnAfterGracePeriod],
  ]),
  conditions: new Map(),
};

const runningSuspending: Leaf = {
  path: 'running.suspending',
  value: { running: 'suspending' },
  tags: new Set(['closing', 'offline']),
  isFinal: false,
  steps: new Map([
    ['run.settled', runningSuspendingOnRunSettled],
    ['xstate.done.actor.run', runningSuspendingOnRunDone],
    ['xstate.error.actor.run', runningSuspendingOnRunError],
    ['resume', runningSuspendingOnResume],
    ['stop', runningSuspendingOnStop],
    ['xstate.after.gracePeriod.reconnect.running.suspending', runningSuspendingOnAfterGracePeriod],
  ]),
  conditions: new Map(),
};

const runningStopping: Leaf = {
  path: 'running.stopping',
  value: { running: 'stopping' },
  tags: new Set(['stopping', 'offline']),
  isFinal: false,
  steps: new Map([
    ['run.settled', runningStoppingOnRunSettled],
    ['xstate.done.actor.run', runningStoppingOnRunDone],
    ['xstate.error.actor.run', runningStoppingOnRunError],
    ['xstate.after.gracePeriod.reconnect.running.stopping', runningStoppingOnAfterGracePeriod],
  ]),
  conditions: new Map(),
};

const waitingChoosing: Leaf = {
  path: 'waiting.choosing',
  value: { waiting: 'choosing' },
  tags: new Set(['waiting', 'offline']),
  isFinal: false,
  steps: new Map(),
  conditions: new Map(),
};

const waitingDeciding: Leaf = {
  path: 'waiting.deciding',
  value: { waiting: 'deciding' },
  tags: new Set(['waiting', 'offline']),
  isFinal: false,
  steps: new Map([
    ['xstate.done.actor.retryDelay', waitingDecidingOnRetryDelayDone],
    ['stop', waitingDecidingOnStop],
    ['reconnect', waitingDecidingOnReconnect],
    ['suspend', waitingDecidingOnSuspend],
  ]),
  conditions: new Map(),
};

const waitingDelaying: Leaf = {
  path: 'waiting.delaying',
  value: { waiting: 'delaying' },
  tags: new Set(['waiting', 'offline']),
  isFinal: false,
  steps: new Map([
    ['stop', waitingDelayingOnStop],
    ['reconnect', waitingDelayingOnReconnect],
    ['suspend', waitingDelayingOnSuspend],
    ['xstate.after.retryDelay.reconnect.waiting.delaying', waitingDelayingOnAfterRetryDelay],
  ]),
  conditions: new Map([
    ['xstate.after.retryDelay.reconnect.waiting.delaying', (moment: Moment) => isBounded(moment)],
  ]),
};

const waitingSuspended: Leaf = {
  path: 'waiting.suspended',
  value: { waiting: 'suspended' },
  tags: new Set(['suspended', 'offline']),
  isFinal: false,
  steps: new Map([
    ['resume', waitingSuspendedOnResume],
    ['stop', waitingSuspendedOnStop],
  ]),
  conditions: new Map(),
};

const stopped: Leaf = {
  path: 'stopped',
  value: 'stopped',
  tags: new Set(['offline']),
  isFinal: true,
  steps: new Map(),
  conditions: new Map(),
};

export const leaves: readonly Leaf[] = [
  connectingQueued,
  connectingAttempting,
  connectingOverdue,
  connectingRestarting,
  connectingSuspending,
  connectingStopping,
  runningSettling,
  runningStable,
  runningDraining,
  runningClosing,
  runningReconnecting,
  runningSuspending,
  runningStopping,
  waitingChoosing,
  waitingDeciding,
  waitingDelaying,
  waitingSuspended,
  stopped,
];
