import type { ConnectInput } from '../actors/connectWork.js';
import type { Lease } from '../actors/lease.js';
import { ConnectTimeoutError, ReconnectRequested, StopRequested } from '../core/errors.js';
import { Redacted } from '../core/redacted.js';
import { unwrap } from '../core/thrown.js';
import type { PendingDecision } from '../policy/decide.js';
import * as announce from './announce.js';
import type { Moment, Update } from './context.js';
import { decisionOf } from './guards.js';
import * as updates from './updates.js';
import type { ChildId, ReconnectCommand, ReconnectEmitted } from './vocabulary.js';

/** The four kinds of action; each engine says once how it does them. */
export type Action =
  /** Changes the context. */
  | { readonly type: 'assign'; readonly update: (moment: Moment) => Update }
  /** Tells listeners. */
  | { readonly type: 'emit'; readonly announcement: (moment: Moment) => ReconnectEmitted }
  /** Asks a child to end, by a message: the machine stays until the child has settled. */
  | { readonly type: 'abort'; readonly child: ChildId }
  /** Asks a child to end and leaves at once: a message would come too late, for the exit stops the child. */
  | { readonly type: 'abandon'; readonly child: ChildId };

/** The actions of the chart, by their names. */
export const actions = {
  recordOpened: assign(updates.recordOpened),
  resetAttempt: assign(updates.resetAttempt),
  recordConnectFailure: assign(updates.recordConnectFailure),
  recordConnectTimeout: assign(updates.recordConnectTimeout),
  recordSessionEnd: assign(updates.recordSessionEnd),
  recordReconnect: assign(updates.recordReconnect),
  recordDecision: assign(updates.recordDecision),
  recordBreak: assign(updates.recordBreak),
  recordFatal: assign(updates.recordFatal),
  recordBrokenWait: assign(updates.recordBrokenWait),
  recordGivenUp: assign(updates.recordGivenUp),
  recordStop: assign(updates.recordStop),
  recordLateError: assign(updates.recordLateError),
  announceOpened: emit(announce.opened),
  announceClosed: emit(announce.closed),
  announceRetry: emit(announce.retry),
  abortConnect: abort('connect'),
  abortRun: abort('run'),
  abandonConnect: abandon('connect'),
  abandonRetryDelay: abandon('retryDelay'),
};
export type ActionName = keyof typeof actions;

function assign(update: (moment: Moment) => Update): Action {
  return { type: 'assign', update };
}

function emit(announcement: (moment: Moment) => ReconnectEmitted): Action {
  return { type: 'emit', announcement };
}

function abort(child: ChildId): Action {
  return { type: 'abort', child };
}

function abandon(child: ChildId): Action {
  return { type: 'abandon', child };
}

/** Why a child is asked to end: the command that came, or else that its time is over. */
export function abortReason({
  context,
  event,
}: Moment): ReconnectRequested | StopRequested | ConnectTimeoutError {
  const { type, reason } = event as ReconnectCommand;
  if (type === 'stop') return new StopRequested(reason);
  if (type === 'reconnect') return new ReconnectRequested(reason);
  return new ConnectTimeoutError(Redacted.value(context.settings).connectTimeoutMs);
}

/** What each child is given. XState shows it to inspectors: what is live in it is redacted. */
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
