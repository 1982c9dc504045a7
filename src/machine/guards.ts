import type { EventObject } from 'xstate';
import { isControlFlow } from '../connector.js';
import { ReconnectRequested, StopRequested } from '../errors.js';
import { Hidden } from '../hidden.js';
import type { ReconnectContext } from './context.js';
import { outputOf, rejectionOf } from './outcome.js';

/** `connect` or `run` threw an error that another try would not mend. */
export function isFatal(event: EventObject): boolean {
  const rejection = rejectionOf(event);
  return rejection !== undefined && rejection.isFatal && !isAbortReason(rejection.error);
}

/** `run` answered `Break`. */
export function isBreak(event: EventObject): boolean {
  const flow = outputOf(event);
  return isControlFlow(flow) && flow.type === 'Break';
}

/** `retryDelay` answered `Break`. */
export function hasBroken({ decision }: ReconnectContext): boolean {
  return decision?.type === 'break';
}

/** `retryDelay` or the backoff threw, or answered with something that is no delay. */
export function hasGivenUp({ decision }: ReconnectContext): boolean {
  return decision?.type === 'failed';
}

/** `retryDelay` returned a promise. */
export function isUndecided({ decision }: ReconnectContext): boolean {
  return decision?.type === 'pending';
}

/** The next try is due at once. */
export function isImmediate({ delayMs }: ReconnectContext): boolean {
  return delayMs === 0;
}

/** The wait has an end; without one only a `reconnect` command ends it. */
export function isFinite({ delayMs }: ReconnectContext): boolean {
  return delayMs !== Infinity;
}

/** Every session counts as stable from its first moment. */
export function isStableAtOnce({ link }: ReconnectContext): boolean {
  return Hidden.reveal(link).stableAfterMs === 0;
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
