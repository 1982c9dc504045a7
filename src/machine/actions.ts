import type { ConnectInput } from '../actors/connectWork.js';
import type { Lease } from '../actors/lease.js';
import {
  ConnectionLost,
  type ErrorCode,
  type SchmoozerError,
  ConnectTimeoutError,
  ReconnectRequested,
  StopRequested,
  SuspendRequested,
} from '../core/errors.js';
import { Redacted } from '../core/redacted.js';
import { unwrap } from '../core/thrown.js';
import type { PendingDecision } from '../policy/decide.js';
import * as announce from './announce.js';
import type { Moment, Update } from './context.js';
import { decisionOf } from './guards.js';
import * as updates from './updates.js';
import type { ChildId, ReconnectCommand, ReconnectEmitted } from './vocabulary.js';

/** The five kinds of action; each engine implements each kind once. */
export type Action =
  /** Changes the context. */
  | { readonly type: 'assign'; readonly update: (moment: Moment) => Update }
  /** Emits an event. */
  | { readonly type: 'emit'; readonly announcement: (moment: Moment) => ReconnectEmitted }
  /** Sends a child an abort message; the machine stays in its state until the child has settled. */
  | { readonly type: 'abort'; readonly child: ChildId }
  /** Aborts a child and leaves at once. A message would arrive too late, because the exit stops the child. */
  | { readonly type: 'abandon'; readonly child: ChildId }
  /** Sends a child a request; it answers with a report. */
  | { readonly type: 'ask'; readonly child: ChildId };

/** The actions of the chart, by name. */
export const actions = {
  recordAborted: assign(updates.recordAborted),
  recordQueued: assign(updates.recordQueued),
  recordStarted: assign(updates.recordStarted),
  recordOpened: assign(updates.recordOpened),
  recordOffline: assign(updates.recordOffline),
  recordLoss: assign(updates.recordLoss),
  recordSettled: assign(updates.recordSettled),
  resetAttempt: assign(updates.resetAttempt),
  recordConnectFailure: assign(updates.recordConnectFailure),
  recordConnectTimeout: assign(updates.recordConnectTimeout),
  recordSessionEnd: assign(updates.recordSessionEnd),
  recordSkippedWait: assign(updates.recordSkippedWait),
  recordReconnect: assign(updates.recordReconnect),
  recordSuspend: assign(updates.recordSuspend),
  recordDecision: assign(updates.recordDecision),
  recordBreak: assign(updates.recordBreak),
  recordFatal: assign(updates.recordFatal),
  recordBrokenWait: assign(updates.recordBrokenWait),
  recordGivenUp: assign(updates.recordGivenUp),
  recordStop: assign(updates.recordStop),
  recordLateError: assign(updates.recordLateError),
  announceQueued: emit(announce.queued),
  announceStarted: emit(announce.started),
  announceAttemptFailed: emit(announce.attemptFailed),
  announceTimedOut: emit(announce.timedOut),
  announceAborted: emit(announce.aborted),
  announceOpened: emit(announce.opened),
  announceStable: emit(announce.stable),
  announceClosing: emit(announce.closing),
  announceClosed: emit(announce.closed),
  announceRetry: emit(announce.retry),
  announceSuspended: emit(announce.suspended),
  announceResumed: emit(announce.resumed),
  announceEnded: emit(announce.ended),
  abortConnect: abort('connect'),
  abortRun: abort('run'),
  abandonConnect: abandon('connect'),
  abandonRetryDelay: abandon('retryDelay'),
  letTurn: ask('connect'),
  probeRun: ask('run'),
};
export type ActionName = keyof typeof actions;

function assign(update: (moment: Moment) => Update) {
  return { type: 'assign', update } as const satisfies Action;
}

function emit(announcement: (moment: Moment) => ReconnectEmitted) {
  return { type: 'emit', announcement } as const satisfies Action;
}

function abort(child: ChildId) {
  return { type: 'abort', child } as const satisfies Action;
}

function abandon(child: ChildId) {
  return { type: 'abandon', child } as const satisfies Action;
}

function ask(child: ChildId) {
  return { type: 'ask', child } as const satisfies Action;
}

/** The reason to abort a child: the command, else the timeout, else the loss of the connection. */
export function abortReason(child: ChildId, { context, event }: Moment): SchmoozerError<ErrorCode> {
  const { type, reason } = event as ReconnectCommand;
  if (type === 'stop') return new StopRequested(reason);
  if (type === 'reconnect') return new ReconnectRequested(reason);
  if (type === 'suspend') return new SuspendRequested(reason);
  if (child === 'run') return new ConnectionLost(context.lease?.end?.failure);
  return new ConnectTimeoutError(Redacted.value(context.settings).connectTimeoutMs);
}

/** The input of each child. XState shows it to inspectors, so live values are redacted. */
export const inputs = {
  connect: ({ context }: Pick<Moment, 'context'>): Redacted<ConnectInput> => {
    const { settings, attempt, epoch, lastError } = context;
    return new Redacted({
      terms: Redacted.value(settings),
      attempt,
      epoch: epoch + 1,
      lastError: unwrap(lastError),
    });
  },
  run: ({ context }: Pick<Moment, 'context'>) => context.lease as Lease,
  retryDelay: ({ context }: Pick<Moment, 'context'>) => decisionOf(context) as PendingDecision,
};
