import { ConnectTimeoutError, ReconnectRequested, StopRequested } from '../core/errors.js';
import { Redacted } from '../core/redacted.js';
import type { Moment } from './context.js';
import type { ReconnectCommand } from './vocabulary.js';

/** Why a child is told to end: what was asked for, or else that its time is over. */
export function abortReason({
  context,
  event,
}: Moment): ReconnectRequested | StopRequested | ConnectTimeoutError {
  const { type, reason } = event as ReconnectCommand;
  if (type === 'stop') return new StopRequested(reason);
  if (type === 'reconnect') return new ReconnectRequested(reason);
  return new ConnectTimeoutError(Redacted.value(context.settings).connectTimeoutMs);
}

/** What a child hears: its signal fires with the reason. */
export function abortMessage(moment: Moment) {
  return { type: 'abort' as const, reason: abortReason(moment) };
}
