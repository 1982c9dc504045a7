import { GracePeriodError } from '../core/errors.js';
import { Redacted } from '../core/redacted.js';
import { unwrap } from '../core/thrown.js';
import type { Moment } from './context.js';
import type { CloseCause, ReconnectEmitted } from './vocabulary.js';
import { isBreak, isFatal, judgementOf } from './guards.js';

export function opened({ context: { epoch, attempt } }: Moment): ReconnectEmitted {
  return { type: 'connection.opened', epoch, attempt };
}

export function closed(moment: Moment): ReconnectEmitted {
  const { epoch, lease, settings } = moment.context;
  const overdue = () => ({ error: new GracePeriodError(Redacted.value(settings).gracePeriodMs) });
  const failure = lease?.state === 'taken' ? overdue() : judgementOf(moment);
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
  return judgementOf(moment) === undefined ? 'continue' : 'retryable';
}

export function retry({ context }: Moment): ReconnectEmitted {
  const { attempt, delayMs, lastError, lastVerdict } = context;
  return {
    type: 'retry.scheduled',
    attempt,
    delayMs,
    ...(lastVerdict && { error: unwrap(lastError), verdict: lastVerdict }),
  };
}
