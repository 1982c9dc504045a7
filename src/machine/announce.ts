import { GracePeriodError } from '../core/errors.js';
import { Redacted } from '../core/redacted.js';
import type { Moment } from './context.js';
import type { CloseCause, ReconnectEmitted } from './vocabulary.js';
import { isBreak, isFatal, rejectionOf } from './guards.js';

export function opened({ context: { epoch, attempt } }: Moment): ReconnectEmitted {
  return { type: 'connection.opened', epoch, attempt };
}

export function closed(moment: Moment): ReconnectEmitted {
  const { event } = moment;
  const { epoch, lease, settings } = moment.context;
  const overdue = () => ({ error: new GracePeriodError(Redacted.value(settings).gracePeriodMs) });
  const failure = lease?.state === 'taken' ? overdue() : rejectionOf(event);
  const releaseFailure = lease?.state === 'releasing' ? overdue() : lease?.failure;
  return {
    type: 'connection.closed',
    epoch,
    cause: closeCause(moment),
    ...(failure && { error: failure.error }),
    ...(releaseFailure && { releaseError: releaseFailure.error }),
  };
}

function closeCause(moment: Moment): CloseCause {
  const { requested } = moment.context;
  if (requested === 'stop') return 'stop';
  if (isBreak(moment)) return 'break';
  if (isFatal(moment)) return 'fatal';
  if (requested === 'reconnect') return 'reconnect';
  return rejectionOf(moment.event) === undefined ? 'continue' : 'retryable';
}

export function retry({ context: { attempt, delayMs, lastError } }: Moment): ReconnectEmitted {
  return {
    type: 'retry.scheduled',
    attempt,
    delayMs,
    ...(lastError === undefined ? undefined : { error: lastError }),
  };
}
