import { ConnectTimeoutError, GracePeriodError, unmark } from '../core/errors.js';
import { Redacted } from '../core/redacted.js';
import { unwrap } from '../core/thrown.js';
import type { Judgement } from '../policy/classify.js';
import type { Moment, ReconnectContext } from './context.js';
import { isAbortReason, isBreak, isFatal, isLost, isMarkedFatal, judgementOf } from './guards.js';
import type {
  AbortCause,
  CloseCause,
  ClosingCause,
  ReconnectEmitted,
  ReconnectOutput,
} from './vocabulary.js';

export function started({ context }: Moment): ReconnectEmitted {
  return { type: 'attempt.started', ...attemptOf(context) };
}

export function attemptFailed(moment: Moment): ReconnectEmitted {
  const { error, verdict } = judgementOf(moment) as Judgement;
  return { type: 'attempt.failed', ...attemptOf(moment.context), error, verdict, ...took(moment) };
}

export function timedOut(moment: Moment): ReconnectEmitted {
  const error = new ConnectTimeoutError(Redacted.value(moment.context.settings).connectTimeoutMs);
  const { context } = moment;
  return {
    type: 'attempt.failed',
    ...attemptOf(context),
    error,
    verdict: 'transient',
    ...took(moment),
  };
}

export function aborted({ context, event }: Moment): ReconnectEmitted {
  return { type: 'attempt.aborted', ...attemptOf(context), cause: event.type as AbortCause };
}

function attemptOf({ attempt, epoch }: ReconnectContext) {
  return { attempt, epoch: epoch + 1 };
}

function took({ context: { settings, startedAtMs } }: Moment) {
  return { connectMs: Redacted.value(settings).now() - (startedAtMs as number) };
}

export function queued({ event }: Moment): ReconnectEmitted {
  return { type: 'connection.queued', key: event.key as string };
}

export function opened({ context }: Moment): ReconnectEmitted {
  const { epoch, attempt, downSinceMs } = context;
  const openedAtMs = context.openedAtMs as number;
  const startedAtMs = context.startedAtMs as number;
  const { queuedAtMs = startedAtMs } = context;
  return {
    type: 'connection.opened',
    epoch,
    attempt,
    connectMs: openedAtMs - startedAtMs,
    queuedMs: startedAtMs - queuedAtMs,
    // Undefined only while a session is stable.
    downMs: openedAtMs - (downSinceMs as number),
  };
}

export function stable({ context: { epoch } }: Moment): ReconnectEmitted {
  return { type: 'connection.stable', epoch };
}

export function closing({ context, event }: Moment): ReconnectEmitted {
  const { epoch, lease } = context;
  const cause = closingCauses[event.type] ?? 'settled';
  const failure =
    cause === 'lost'
      ? lease?.end?.failure
      : event.error === undefined
        ? undefined
        : { error: unwrap(event.error) };
  return {
    type: 'connection.closing',
    epoch,
    cause,
    ...(failure && { error: unmark(failure.error) }),
    ...detailOf(context),
    upMs: upMsOf(context),
  };
}

/** Computed here while `upMs` in the context is undefined: the session goes offline in this step. */
function upMsOf({ upMs, openedAtMs, settings }: ReconnectContext): number {
  return upMs ?? Redacted.value(settings).now() - (openedAtMs as number);
}

const closingCauses: Readonly<Record<string, ClosingCause>> = {
  'run.lost': 'lost',
  stop: 'stop',
  reconnect: 'reconnect',
  suspend: 'suspend',
};

export function closed(moment: Moment): ReconnectEmitted {
  const { context } = moment;
  const { epoch, lease, stableEpoch } = context;
  const failure = failureOf(moment);
  const releaseFailure = lease?.state === 'releasing' ? overdue(context) : lease?.failure;
  return {
    type: 'connection.closed',
    epoch,
    cause: closeCause(moment),
    upMs: upMsOf(context),
    isStable: stableEpoch === epoch,
    ...(failure && { error: failure.error }),
    ...detailOf(context),
    ...(releaseFailure && { releaseError: releaseFailure.error }),
  };
}

/** The failure of the session; errors that only confirm a requested end do not count. */
function failureOf(moment: Moment): { readonly error: unknown } | undefined {
  const { lease, requested } = moment.context;
  if (closeCause(moment) === 'break') return undefined;
  if (!isLost(moment) && lease?.state === 'taken') return overdue(moment.context);
  const judgement = judgementOf(moment);
  const isAsked = requested !== undefined && isAbortReason(judgement?.error);
  return isAsked ? undefined : judgement;
}

function overdue({ settings }: ReconnectContext): { readonly error: unknown } {
  return { error: new GracePeriodError(Redacted.value(settings).gracePeriodMs) };
}

function detailOf({ lease }: ReconnectContext): { readonly detail?: unknown } | undefined {
  const detail = lease?.end?.detail;
  return detail === undefined ? undefined : { detail };
}

function closeCause(moment: Moment): CloseCause {
  const { requested } = moment.context;
  if (requested !== 'stop') {
    if (isBreak(moment)) return 'break';
    // While suspending, only a mark ends the loop.
    if (requested === 'suspend' ? isMarkedFatal(moment) : isFatal(moment)) return 'fatal';
  }
  if (isLost(moment)) return 'lost';
  // The answer that `run` gave before it was aborted is the cause, unless nothing counts any more.
  if (requested === 'stop' || (requested !== undefined && moment.context.endedBy === undefined)) {
    return requested;
  }
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

export function suspended(): ReconnectEmitted {
  return { type: 'link.suspended' };
}

export function resumed(): ReconnectEmitted {
  return { type: 'link.resumed' };
}

export function ended({ context: { output } }: Moment): ReconnectEmitted {
  return { type: 'link.ended', output: Redacted.value(output as Redacted<ReconnectOutput>) };
}
