import type { Lease } from '../actors/lease.js';
import type { Break, FailureContext } from '../core/connector.js';
import { ConnectTimeoutError } from '../core/errors.js';
import { Redacted } from '../core/redacted.js';
import {
  type BreakDecision,
  type Decision,
  decide,
  delay,
  type FailedDecision,
} from '../policy/decide.js';
import { Thrown } from '../core/thrown.js';
import type { Judgement } from '../policy/classify.js';
import type { Moment, ReconnectContext, Update } from './context.js';
import type { ReconnectCommand, ReconnectOutput } from './vocabulary.js';
import { decisionOf, isAbortReason, judgementOf, outputOf } from './guards.js';

/** A connection is there: a new session begins. */
export function recordOpened({ context, event }: Moment): Update {
  return {
    epoch: context.epoch + 1,
    openedAtMs: Redacted.value(context.settings).now(),
    lease: outputOf(event) as Lease,
    requested: undefined,
  };
}

/** The session has lasted: the next failure is the first of a new row. */
export function resetAttempt(): Update {
  return {
    attempt: 0,
    delayMs: 0,
    countedDelayMs: 0,
    lastError: undefined,
    lastVerdict: undefined,
    hasBeenStable: true,
    downSinceMs: undefined,
  };
}

export function recordConnectFailure(moment: Moment): Update {
  return recordFailure(moment.context, 'connect', judgementOf(moment));
}

export function recordConnectTimeout({ context }: Moment): Update {
  const { connectTimeoutMs } = Redacted.value(context.settings);
  const error = new ConnectTimeoutError(connectTimeoutMs);
  return recordFailure(context, 'connect', { error, verdict: 'transient' });
}

/** The session ended: `run` threw, or answered `Continue`, which brings no error. */
export function recordSessionEnd(moment: Moment): Update {
  return recordFailure(moment.context, 'run', judgementOf(moment));
}

/** One more failure, if it counts, and what follows from it, unless that answer is still to come. */
function recordFailure(
  context: ReconnectContext,
  phase: FailureContext['phase'],
  judgement: Judgement | undefined,
): Update {
  const settings = Redacted.value(context.settings);
  const now = settings.now();
  const downSinceMs = context.downSinceMs ?? now;
  const { error, verdict: lastVerdict, hintMs, spreadMs } = judgement ?? {};
  const failure = {
    downSinceMs,
    lastError: judgement && new Thrown(error),
    lastVerdict,
  };
  if (judgement?.consumesAttempt === false) {
    const { countedDelayMs } = context;
    const decision = delay((hintMs as number) + settings.random() * (spreadMs ?? 0));
    return { ...failure, ...settled(decision, now), countedDelayMs };
  }
  const attempt = context.attempt + 1;
  const facts: Omit<FailureContext, 'signal'> = {
    phase,
    error,
    attempt,
    previousDelayMs: context.countedDelayMs,
    hintMs,
    downMs: now - downSinceMs,
  };
  return { ...failure, attempt, ...settled(decide(settings, facts, spreadMs), now) };
}

/** The answer of a `retryDelay` that returned a promise. */
export function recordDecision({ context, event }: Moment): Update {
  const decision = Redacted.value(outputOf(event) as Redacted<Decision>);
  return settled(decision, Redacted.value(context.settings).now());
}

function settled(known: Decision, now: number): Update {
  const decision = new Redacted(known);
  if (known.type !== 'delay') return { decision };
  const { delayMs } = known;
  return { decision, delayMs, countedDelayMs: delayMs, retryAtMs: now + delayMs };
}

/** `run` answered `Break(value)`. */
export function recordBreak({ event }: Moment): Update {
  return completed((outputOf(event) as Break<unknown>).value);
}

/** `connect` or `run` threw a fatal error. */
export function recordFatal(moment: Moment): Update {
  return failed(judgementOf(moment)?.error);
}

/** `retryDelay` answered `Break(value)`. */
export function recordBrokenWait({ context }: Moment): Update {
  return completed((decisionOf(context) as BreakDecision).value);
}

/** `retryDelay` or the backoff threw, or answered with something that is no delay. */
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

/** The session is dropped on request: that is no failure. */
export function recordReconnect(): Update {
  return { requested: 'reconnect' };
}

/** From here on the output is `stopped`, whatever the draining brings. */
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

/** What came up while draining, unless it only says that we asked for the end. */
export function recordLateError(moment: Moment): Update {
  const output = moment.context.output && Redacted.value(moment.context.output);
  const error = judgementOf(moment)?.error;
  if (isAbortReason(error) || output?.status !== 'stopped') return {};
  return { output: new Redacted<ReconnectOutput>({ ...output, error }) };
}
