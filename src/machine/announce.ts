import type { EventObject } from 'xstate';
import { DrainTimeoutError } from '../errors.js';
import { Hidden } from '../hidden.js';
import type { ReconnectContext } from './context.js';
import type { CloseCause, ReconnectEmitted } from './events.js';
import { isBreak, isFatal } from './guards.js';
import { rejectionOf } from './outcome.js';

export function opened({ epoch, attempt }: ReconnectContext): ReconnectEmitted {
  return { type: 'connection.opened', epoch, attempt };
}

export function closed(context: ReconnectContext, event: EventObject): ReconnectEmitted {
  const { epoch, lease, link } = context;
  const overdue = () => ({ error: new DrainTimeoutError(Hidden.reveal(link).drainTimeoutMs) });
  const failure = lease?.state === 'taken' ? overdue() : rejectionOf(event);
  const releaseFailure = lease?.state === 'releasing' ? overdue() : lease?.failure;
  return {
    type: 'connection.closed',
    epoch,
    cause: closeCause(context, event),
    ...(failure && { error: failure.error }),
    ...(releaseFailure && { releaseError: releaseFailure.error }),
  };
}

function closeCause({ requested }: ReconnectContext, event: EventObject): CloseCause {
  if (requested === 'stop') return 'stop';
  if (isBreak(event)) return 'break';
  if (isFatal(event)) return 'fatal';
  if (requested === 'reconnect') return 'reconnect';
  return rejectionOf(event) === undefined ? 'continue' : 'retryable';
}

export function retry({ attempt, delayMs, lastError }: ReconnectContext): ReconnectEmitted {
  return {
    type: 'retry.scheduled',
    attempt,
    delayMs,
    ...(lastError === undefined ? undefined : { error: lastError }),
  };
}
