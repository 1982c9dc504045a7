import { isControlFlow } from '../core/connector.js';
import { ReconnectRequested, StopRequested } from '../core/errors.js';
import { Redacted } from '../core/redacted.js';
import type { Moment } from './context.js';
import { outputOf, rejectionOf } from './outcome.js';

/** `connect` or `run` threw an error that another try would not mend. */
export function isFatal({ event }: Pick<Moment, 'event'>): boolean {
  const rejection = rejectionOf(event);
  return rejection !== undefined && rejection.isFatal && !isAbortReason(rejection.error);
}

/** `run` answered `Break`. */
export function isBreak({ event }: Pick<Moment, 'event'>): boolean {
  const flow = outputOf(event);
  return isControlFlow(flow) && flow.type === 'Break';
}

/** The next try is due at once. */
export function isImmediate({ context: { decision } }: Moment): boolean {
  return decision?.type === 'delay' && decision.delayMs === 0;
}

/** The next try is due after a wait. */
export function isDelayed({ context }: Moment): boolean {
  return context.decision?.type === 'delay';
}

/** `retryDelay` returned a promise. */
export function isUndecided({ context }: Moment): boolean {
  return context.decision?.type === 'pending';
}

/** `retryDelay` answered `Break`. */
export function hasBroken({ context }: Moment): boolean {
  return context.decision?.type === 'break';
}

/** The wait has an end; without one only a `reconnect` command ends it. */
export function isBounded({ context }: Moment): boolean {
  return context.delayMs !== Infinity;
}

/** Every session counts as stable from its first moment. */
export function isStableAtOnce({ context }: Moment): boolean {
  return Redacted.value(context.settings).stableAfterMs === 0;
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
