import type { EventObject } from 'xstate';
import { ConnectTimeoutError, ReconnectRequested, StopRequested } from '../errors.js';
import { Hidden } from '../hidden.js';
import type { ReconnectContext } from './context.js';

/** Why a child is told to end: what was asked for, or else that its time is over. */
export function abortReason(
  context: ReconnectContext,
  event: EventObject & { reason?: unknown },
): ReconnectRequested | StopRequested | ConnectTimeoutError {
  if (event.type === 'stop') return new StopRequested(event.reason);
  if (event.type === 'reconnect') return new ReconnectRequested(event.reason);
  return new ConnectTimeoutError(Hidden.reveal(context.link).connectTimeoutMs);
}

/** What a child hears: its signal fires with the reason. */
export function abortMessage(context: ReconnectContext, event: EventObject) {
  return { type: 'abort' as const, reason: abortReason(context, event) };
}
