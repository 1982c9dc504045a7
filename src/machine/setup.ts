import { assign, type DoneActorEvent, emit, type ErrorActorEvent, sendTo, setup } from 'xstate';
import { connectLogic } from '../actors/connectLogic.js';
import type { Lease } from '../actors/lease.js';
import { retryDelayLogic } from '../actors/retryDelayLogic.js';
import { runLogic } from '../actors/runLogic.js';
import type { ControlFlow } from '../core/connector.js';
import type { Decision } from '../policy/decide.js';
import { abortMessage } from './abort.js';
import * as announce from './announce.js';
import type { ReconnectContext, ReconnectInput } from './context.js';
import { connectTimeout, gracePeriod, retryDelay, stableAfter } from './delays.js';
import type { ReconnectCommand, ReconnectEmitted, ReconnectOutput } from './vocabulary.js';
import {
  hasBroken,
  isBreak,
  isDelayed,
  isFatal,
  isBounded,
  isImmediate,
  isStableAtOnce,
  isUndecided,
} from './guards.js';
import * as updates from './updates.js';

/** How the user's methods settle. */
export type ChildEvent =
  | DoneActorEvent<Lease, 'connect'>
  | ErrorActorEvent<unknown, 'connect'>
  | DoneActorEvent<ControlFlow<unknown, unknown>, 'run'>
  | ErrorActorEvent<unknown, 'run'>
  | DoneActorEvent<Decision, 'retryDelay'>;

/** What the chart's names mean: the only place that binds pure functions to XState. */
export const reconnectSetup = setup({
  types: {
    context: {} as ReconnectContext,
    input: {} as ReconnectInput,
    output: {} as ReconnectOutput,
    events: {} as ReconnectCommand | ChildEvent,
    emitted: {} as ReconnectEmitted,
    tags: {} as 'online' | 'offline' | 'stopping',
    children: {} as { connect: 'connect'; run: 'run'; retryDelay: 'retryDelay' },
  },
  actors: { connect: connectLogic, run: runLogic, retryDelay: retryDelayLogic },
  delays: { connectTimeout, gracePeriod, stableAfter, retryDelay },
  guards: {
    isFatal,
    isBreak,
    isStableAtOnce,
    isImmediate,
    isDelayed,
    isUndecided,
    hasBroken,
    isBounded,
  },
  actions: {
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
    // A message: the machine stays until the child has settled.
    abortConnect: sendTo('connect', abortMessage),
    abortRun: sendTo('run', abortMessage),
    // A message would come too late: the state is left, and its exit stops the child.
    abandonConnect: ({ self, ...moment }) =>
      self.getSnapshot().children.connect?.send(abortMessage(moment)),
    abandonRetryDelay: ({ self, ...moment }) =>
      self.getSnapshot().children.retryDelay?.send(abortMessage(moment)),
  },
});
