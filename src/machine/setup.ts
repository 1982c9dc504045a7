import { assign, type DoneActorEvent, emit, type ErrorActorEvent, sendTo, setup } from 'xstate';
import { connectLogic } from '../actors/connectLogic.js';
import type { Lease } from '../actors/lease.js';
import { retryDelayLogic } from '../actors/retryDelayLogic.js';
import { runLogic } from '../actors/runLogic.js';
import type { ControlFlow } from '../connector.js';
import type { Decision } from '../policy/decide.js';
import { abortMessage } from './abort.js';
import * as announce from './announce.js';
import type { ReconnectContext, ReconnectInput } from './context.js';
import * as delays from './delays.js';
import type { ReconnectCommand, ReconnectEmitted, ReconnectOutput } from './events.js';
import * as guards from './guards.js';
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
  delays: {
    connectTimeout: ({ context }) => delays.connectTimeout(context),
    drainTimeout: ({ context }) => delays.drainTimeout(context),
    stableAfter: ({ context }) => delays.stableAfter(context),
    retryDelay: ({ context }) => delays.retryDelay(context),
  },
  guards: {
    isFatal: ({ event }) => guards.isFatal(event),
    isBreak: ({ event }) => guards.isBreak(event),
    isStableAtOnce: ({ context }) => guards.isStableAtOnce(context),
    hasBroken: ({ context }) => guards.hasBroken(context),
    hasGivenUp: ({ context }) => guards.hasGivenUp(context),
    isUndecided: ({ context }) => guards.isUndecided(context),
    isImmediate: ({ context }) => guards.isImmediate(context),
    isFinite: ({ context }) => guards.isFinite(context),
  },
  actions: {
    recordOpened: assign(({ context, event }) => updates.recordOpened(context, event)),
    resetAttempt: assign(() => updates.resetAttempt()),
    recordConnectFailure: assign(({ context, event }) =>
      updates.recordConnectFailure(context, event),
    ),
    recordConnectTimeout: assign(({ context, event }) =>
      updates.recordConnectTimeout(context, event),
    ),
    recordSessionEnd: assign(({ context, event }) => updates.recordSessionEnd(context, event)),
    recordReconnect: assign(() => updates.recordReconnect()),
    recordDecision: assign(({ event }) => updates.recordDecision(event)),
    recordBreak: assign(({ event }) => updates.recordBreak(event)),
    recordFatal: assign(({ event }) => updates.recordFatal(event)),
    recordBrokenWait: assign(({ context }) => updates.recordBrokenWait(context)),
    recordGivenUp: assign(({ context }) => updates.recordGivenUp(context)),
    recordStop: assign(({ event }) => updates.recordStop(event)),
    recordLateError: assign(({ context, event }) => updates.recordLateError(context, event)),
    announceOpened: emit(({ context }) => announce.opened(context)),
    announceClosed: emit(({ context, event }) => announce.closed(context, event)),
    announceRetry: emit(({ context }) => announce.retry(context)),
    // A message: the machine stays until the child has settled.
    abortConnect: sendTo('connect', ({ context, event }) => abortMessage(context, event)),
    abortRun: sendTo('run', ({ context, event }) => abortMessage(context, event)),
    // A message would come too late: the state is left, and its exit stops the child.
    abandonConnect: ({ context, event, self }) =>
      self.getSnapshot().children.connect?.send(abortMessage(context, event)),
    abandonRetryDelay: ({ context, event, self }) =>
      self.getSnapshot().children.retryDelay?.send(abortMessage(context, event)),
  },
});
