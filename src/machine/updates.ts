import type { Lease } from '../actors/lease.js';
import type { Break, FailureContext } from '../core/connector.js';
import { ConnectTimeoutError, unmark } from '../core/errors.js';
import { Redacted } from '../core/redacted.js';
import {
  type BreakDecision,
  type Decision,
  decide,
  delay,
  type FailedDecision,
} from '../policy/decide.js';
import { Thrown, unwrap } from '../core/thrown.js';
import type { Judgement } from '../policy/classify.js';
import { type MachineEvent, type Moment, settled, type Update } from './context.js';
import type { ReconnectCommand, ReconnectOutput } from './vocabulary.js';
import { decisionOf, isAbortReason, judgementOf, outputOf } from './guards.js';

/** Clears the fields of an attempt that has ended. */
const overAttempt = { queuedAtMs: undefined, startedAtMs: undefined };

/** A command ended the attempt. */
export function recordAborted(): Update {
  return overAttempt;
}

/** The attempt waits for a permit. */
export function recordQueued({ context }: Moment): Update {
  return { queuedAtMs: Redacted.value(context.settings).now() };
}

/** `connect` is called. */
export function recordStarted({ context }: Moment): Update {
  return { startedAtMs: Redacted.value(context.settings).now() };
}

/** A connection was opened: a new session begins. */
export function recordOpened({ context, event }: Moment): Update {
  return {
    epoch: context.epoch + 1,
    openedAtMs: Redacted.value(context.settings).now(),
    upMs: undefined,
    lease: outputOf(event) as Lease,
    endedBy: undefined,
    requested: undefined,
  };
}

/** The session is no longer online. */
export function recordOffline({ context }: Moment): Update {
  const now = Redacted.value(context.settings).now();
  return {
    upMs: now - (context.openedAtMs as number),
    downSinceMs: context.downSinceMs ?? now,
  };
}

/** The connection was lost. */
export function recordLoss(moment: Moment): Update {
  return { endedBy: 'lost', ...recordOffline(moment) };
}

/** The session ended without a command. */
export function recordSettled(moment: Moment): Update {
  return { endedBy: 'settled', ...recordOffline(moment) };
}

/** The session has become stable: the count of failures starts again. */
export function resetAttempt({ context: { epoch } }: Moment): Update {
  return {
    attempt: 0,
    delayMs: 0,
    countedDelayMs: 0,
    lastError: undefined,
    lastVerdict: undefined,
    stableEpoch: epoch,
    downSinceMs: undefined,
  };
}

export function recordConnectFailure(moment: Moment): Update {
  return recordFailure(moment, 'connect', judgementOf(moment));
}

export function recordConnectTimeout(moment: Moment): Update {
  const { connectTimeoutMs } = Redacted.value(moment.context.settings);
  const error = new ConnectTimeoutError(connectTimeoutMs);
  return recordFailure(moment, 'connect', { error, verdict: 'transient' });
}

/** The session ended: `run` threw, or resolved to `Continue`, which has no error. */
export function recordSessionEnd(moment: Moment): Update {
  return recordFailure(moment, 'run', judgementOf(moment));
}

/** Records one more failure, if it counts, and the decision that follows, unless that is still pending. */
function recordFailure(
  moment: Moment,
  phase: FailureContext['phase'],
  judgement: Judgement | undefined,
): Update {
  const { context } = moment;
  const settings = Redacted.value(context.settings);
  const now = settings.now();
  const hintMs = judgement?.hintMs;
  const spreadMs = judgement?.spreadMs;
  const downSinceMs = context.downSinceMs ?? now;
  if (judgement?.consumesAttempt === false) {
    const decision = delay((hintMs as number) + settings.random() * (spreadMs ?? 0));
    return failure(moment, judgement, downSinceMs, context.attempt, decision, now);
  }
  const attempt = context.attempt + 1;
  const facts: Omit<FailureContext, 'signal'> = {
    phase,
    error: judgement?.error,
    attempt,
    previousDelayMs: context.countedDelayMs,
    hintMs,
    downMs: now - downSinceMs,
  };
  const decision = decide(settings, facts, spreadMs);
  return failure(moment, judgement, downSinceMs, attempt, decision, now);
}

/** Lists every field, because each failure is recorded here: a spread costs more than all the rest. */
function failure(
  { context, event }: Moment,
  judgement: Judgement | undefined,
  downSinceMs: number,
  attempt: number,
  decision: Decision,
  now: number,
): Update {
  const isKnown = decision.type === 'delay';
  const delayMs = isKnown ? decision.delayMs : context.delayMs;
  const isCounted = isKnown && judgement?.consumesAttempt !== false;
  return {
    queuedAtMs: undefined,
    startedAtMs: undefined,
    lastError: judgement && thrownOf(event, judgement),
    lastVerdict: judgement?.verdict,
    downSinceMs,
    attempt,
    decision: new Redacted(decision),
    delayMs,
    countedDelayMs: isCounted ? delayMs : context.countedDelayMs,
    retryAtMs: isKnown ? now + delayMs : context.retryAtMs,
  };
}

function last({ event }: Moment, judgement: Judgement | undefined): Update {
  return {
    lastError: judgement && thrownOf(event, judgement),
    lastVerdict: judgement?.verdict,
  };
}

/** Most errors arrive as a Thrown: the readable facts of an error are collected once. */
function thrownOf({ error }: MachineEvent, judgement: Judgement): Thrown {
  const isTheSame = error instanceof Thrown && Thrown.error(error) === judgement.error;
  return isTheSame ? error : new Thrown(judgement.error);
}

/** A session that ended before reconnect was requested is a failure whose wait is skipped: no policy is asked. */
export function recordSkippedWait(moment: Moment): Update {
  const judgement = judgementOf(moment);
  const { attempt } = moment.context;
  return {
    ...overAttempt,
    attempt: judgement?.consumesAttempt === false ? attempt : attempt + 1,
    ...last(moment, judgement),
  };
}

/** Records the result of a `retryDelay` that returned a promise. */
export function recordDecision({ context, event }: Moment): Update {
  const decision = Redacted.value(outputOf(event) as Redacted<Decision>);
  return settled(decision, Redacted.value(context.settings).now());
}

/** `run` resolved to `Break(value)`. */
export function recordBreak({ event }: Moment): Update {
  return completed((outputOf(event) as Break<unknown>).value);
}

/** `connect` or `run` threw a fatal error. */
export function recordFatal(moment: Moment): Update {
  return failed(judgementOf(moment)?.error);
}

/** `retryDelay` resolved to `Break(value)`. */
export function recordBrokenWait({ context }: Moment): Update {
  return completed((decisionOf(context) as BreakDecision).value);
}

/** `retryDelay` or the backoff threw, or returned something that is not a delay. */
export function recordGivenUp({ context }: Moment): Update {
  return failed((decisionOf(context) as FailedDecision).error);
}

function completed(value: unknown): Update {
  return { output: new Redacted<ReconnectOutput>({ status: 'completed', value }) };
}

function failed(error: unknown): Update {
  return {
    output: new Redacted<ReconnectOutput>({ status: 'failed', error }),
    lastError: new Thrown(error),
  };
}

/** The session is dropped on request, which is not a failure. */
export function recordReconnect(): Update {
  return { ...overAttempt, requested: 'reconnect' };
}

/** The session is dropped, and no other begins until `resume`. */
export function recordSuspend(): Update {
  return { ...overAttempt, requested: 'suspend' };
}

/** From here on the output is `stopped`, whatever happens while draining. */
export function recordStop({ event }: Moment): Update {
  const { reason } = event as ReconnectCommand;
  return {
    requested: 'stop',
    output: new Redacted<ReconnectOutput>({
      status: 'stopped',
      ...(reason === undefined ? undefined : { reason }),
    }),
  };
}

/** Records an error that was thrown after `stop`, unless it only confirms the abort. */
export function recordLateError(moment: Moment): Update {
  const output = moment.context.output && Redacted.value(moment.context.output);
  const error = unmark(unwrap(moment.event.error));
  if (isAbortReason(error) || output?.status !== 'stopped') return {};
  return { output: new Redacted<ReconnectOutput>({ ...output, error }) };
}
