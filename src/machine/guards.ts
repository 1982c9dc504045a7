import { isControlFlow } from '../core/connector.js';
import {
  ConnectionLost,
  InvalidControlFlowError,
  isFatalError,
  ReconnectRequested,
  StopRequested,
  SuspendRequested,
} from '../core/errors.js';
import { clampTimer } from '../core/check.js';
import type { FailureContext } from '../core/connector.js';
import { Redacted } from '../core/redacted.js';
import { Thrown, unwrap } from '../core/thrown.js';
import { classify, judgeOnce, type Judgement } from '../policy/classify.js';
import type { Decision } from '../policy/decide.js';
import type { MachineEvent, Moment, ReconnectContext } from './context.js';

/** The guards of the chart, by name. */
export const guards = {
  isUncalled,
  isLate,
  isFatal,
  isMarkedFatal,
  isBreak,
  hasEnded,
  hasUnread,
  isStableAtOnce,
  isFirst,
  isImmediate,
  isDelayed,
  isUndecided,
  hasBroken,
  isBounded,
};
export type GuardName = keyof typeof guards;

/** `connect` has not been called: the attempt is a microtask old, or waits for a permit. */
function isUncalled({ context }: Moment): boolean {
  return context.startedAtMs === undefined;
}

/** How late a timer may be in a process that is only busy, in milliseconds. */
const LATE_MS = 50;

/** The connect timeout fires so late that the process must have stalled. */
function isLate({ context }: Moment): boolean {
  const { now, connectTimeoutMs } = Redacted.value(context.settings);
  return now() - (context.startedAtMs as number) >= clampTimer(connectTimeoutMs) + LATE_MS;
}

/** The failure ends the loop: it is fatal, or permanent where permanent errors fail fast. */
export function isFatal(moment: Moment): boolean {
  const verdict = judgementOf(moment)?.verdict;
  return verdict === 'fatal' || (verdict === 'permanent' && failsFast(moment));
}

function failsFast({ context: { settings, stableEpoch } }: Moment): boolean {
  const { failFast } = Redacted.value(settings);
  return failFast === 'always' || (failFast === 'startup' && stableEpoch === 0);
}

/** The user has marked the error as fatal. Other errors after a requested end may be caused by that request. */
export function isMarkedFatal({ event }: Pick<Moment, 'event'>): boolean {
  const error = unwrap(event.error);
  return isFatalError(error) || error instanceof InvalidControlFlowError;
}

/** `run` resolved to `Break`. */
export function isBreak({ event }: Pick<Moment, 'event'>): boolean {
  const flow = outputOf(event);
  return isControlFlow(flow) && flow.type === 'Break';
}

/** The connection was lost before anything else ended the session. */
export function isLost({ context }: Pick<Moment, 'context'>): boolean {
  return context.endedBy === 'lost';
}

/** The session ended before any command. */
function hasEnded({ context }: Moment): boolean {
  return context.endedBy !== undefined;
}

/** Data that arrived on the lost connection is still unread. */
function hasUnread({ context }: Moment): boolean {
  return context.lease?.end?.drained !== undefined;
}

/** Every session counts as stable from its start. */
function isStableAtOnce({ context }: Moment): boolean {
  return Redacted.value(context.settings).stableAfterMs === 0;
}

/** Nothing has happened yet. */
function isFirst({ context }: Moment): boolean {
  return context.decision === undefined;
}

/** The next attempt is due at once. */
function isImmediate({ context }: Moment): boolean {
  const decision = decisionOf(context);
  return decision?.type === 'delay' && decision.delayMs === 0;
}

/** The next attempt is due after a wait. */
function isDelayed({ context }: Moment): boolean {
  return decisionOf(context)?.type === 'delay';
}

/** `retryDelay` returned a promise. */
function isUndecided({ context }: Moment): boolean {
  return decisionOf(context)?.type === 'pending';
}

/** `retryDelay` resolved to `Break`. */
function hasBroken({ context }: Moment): boolean {
  return decisionOf(context)?.type === 'break';
}

export function decisionOf({ decision }: ReconnectContext): Decision | undefined {
  return decision && Redacted.value(decision);
}

/** The wait has an end; otherwise only a `reconnect` command ends it. */
function isBounded({ context }: Moment): boolean {
  return context.delayMs !== Infinity;
}

/**
 * The failure in an event with its verdict; undefined if the event is not a failure. Each failure is classified only
 * once, because guards, updates and announcements all ask, and `isRetryable` is the user's function. After a loss the
 * first of these wins: an error that `run` marked as fatal, the error that broke the connection, any other error of
 * `run`.
 */
export function judgementOf(moment: Moment): Judgement | undefined {
  const { event, context } = moment;
  if (event.type === 'xstate.error.actor.connect') {
    return judge(context, 'connect', event, event.error);
  }
  const hasRejected = event.type === 'xstate.error.actor.run';
  if (!isLost(moment) || isMarkedFatal(moment)) {
    return hasRejected ? judge(context, 'run', event, event.error) : undefined;
  }
  const broken = context.lease?.end?.failure;
  if (broken !== undefined) return judge(context, 'run', broken, broken.error);
  if (event.type === 'xstate.done.actor.run') return undefined;
  // `run` has not settled in time.
  if (!hasRejected) return judge(context, 'run', event, new ConnectionLost());
  return isAbortReason(unwrap(event.error)) ? undefined : judge(context, 'run', event, event.error);
}

/** @param key identifies the failure: the error as its child wrapped it, or else the event */
function judge(
  context: ReconnectContext,
  phase: FailureContext['phase'],
  key: object,
  error: unknown,
): Judgement {
  return judgeOnce(error instanceof Thrown ? error : key, () =>
    sort(context, phase, unwrap(error)),
  );
}

function sort(
  { attempt, epoch, stableEpoch, settings }: ReconnectContext,
  phase: FailureContext['phase'],
  error: unknown,
): Judgement {
  if (isAbortReason(error)) return { error, verdict: 'transient' };
  const facts = { phase, attempt, epoch, hasBeenStable: stableEpoch > 0 };
  return classify(error, Redacted.value(settings).connector, facts);
}

/** The output in a child's `xstate.done.actor` event. */
export function outputOf(event: MachineEvent): unknown {
  return event.output;
}

/** True if the error only confirms an abort by the machine. */
export function isAbortReason(error: unknown): boolean {
  if (isOwnReason(error)) return true;
  // Most APIs throw this when their signal is aborted: an AbortError, alone or with the machine's reason as `cause`.
  return error instanceof Error && (error.name === 'AbortError' || isOwnReason(error.cause));
}

function isOwnReason(error: unknown): boolean {
  return (
    error instanceof StopRequested ||
    error instanceof ReconnectRequested ||
    error instanceof SuspendRequested ||
    error instanceof ConnectionLost
  );
}
