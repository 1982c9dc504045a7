import { isControlFlow } from '../core/connector.js';
import { ReconnectRequested, StopRequested } from '../core/errors.js';
import { Redacted } from '../core/redacted.js';
import { Rejection } from '../policy/classify.js';
import type { MachineEvent, Moment } from './context.js';

/** The guards of the chart, by their names. */
export const guards = {
  isFatal,
  isBreak,
  isStableAtOnce,
  isImmediate,
  isDelayed,
  isUndecided,
  hasBroken,
  isBounded,
};
export type GuardName = keyof typeof guards;

/** `connect` or `run` threw an error that another attempt would not mend. */
export function isFatal({ event }: Pick<Moment, 'event'>): boolean {
  const rejection = rejectionOf(event);
  return rejection !== undefined && rejection.isFatal && !isAbortReason(rejection.error);
}

/** `run` answered `Break`. */
export function isBreak({ event }: Pick<Moment, 'event'>): boolean {
  const flow = outputOf(event);
  return isControlFlow(flow) && flow.type === 'Break';
}

/** Every session counts as stable from its first moment. */
function isStableAtOnce({ context }: Moment): boolean {
  return Redacted.value(context.settings).stableAfterMs === 0;
}

/** The next attempt is due at once. */
function isImmediate({ context: { decision } }: Moment): boolean {
  return decision?.type === 'delay' && decision.delayMs === 0;
}

/** The next attempt is due after a wait. */
function isDelayed({ context }: Moment): boolean {
  return context.decision?.type === 'delay';
}

/** `retryDelay` returned a promise. */
function isUndecided({ context }: Moment): boolean {
  return context.decision?.type === 'pending';
}

/** `retryDelay` answered `Break`. */
function hasBroken({ context }: Moment): boolean {
  return context.decision?.type === 'break';
}

/** The wait has an end; without one only a `reconnect` command ends it. */
function isBounded({ context }: Moment): boolean {
  return context.delayMs !== Infinity;
}

/** What a child's `xstate.error.actor` event brings; undefined for every other event. */
export function rejectionOf(event: MachineEvent): Rejection | undefined {
  return event.error instanceof Rejection ? event.error : undefined;
}

/** What a child's `xstate.done.actor` event brings. */
export function outputOf(event: MachineEvent): unknown {
  return event.output;
}

/** The error only says that work was aborted as we had asked. */
export function isAbortReason(error: unknown): boolean {
  if (isOwnReason(error)) return true;
  // What most APIs throw when their signal fires: an AbortError, alone or around our reason.
  return error instanceof Error && (error.name === 'AbortError' || isOwnReason(error.cause));
}

function isOwnReason(error: unknown): boolean {
  return error instanceof StopRequested || error instanceof ReconnectRequested;
}
