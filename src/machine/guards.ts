import { isControlFlow } from '../core/connector.js';
import { ReconnectRequested, StopRequested } from '../core/errors.js';
import { Redacted } from '../core/redacted.js';
import { unwrap } from '../core/thrown.js';
import { classify, type Judgement } from '../policy/classify.js';
import type { Decision } from '../policy/decide.js';
import type { MachineEvent, Moment, ReconnectContext } from './context.js';

/** The guards of the chart, by their names. */
export const guards = {
  isFatal,
  isBreak,
  isStableAtOnce,
  isImmediate,
  isDelayed,
  isUndecided,
  hasBroken,
  isBounded,
};
export type GuardName = keyof typeof guards;

/** `connect` or `run` threw an error that ends the loop: a fatal one, or a permanent one where that fails fast. */
export function isFatal(moment: Moment): boolean {
  const verdict = judgementOf(moment)?.verdict;
  return verdict === 'fatal' || (verdict === 'permanent' && failsFast(moment));
}

function failsFast({ context: { settings, hasBeenStable } }: Moment): boolean {
  const { failFast } = Redacted.value(settings);
  return failFast === 'always' || (failFast === 'startup' && !hasBeenStable);
}

/** `run` answered `Break`. */
export function isBreak({ event }: Pick<Moment, 'event'>): boolean {
  const flow = outputOf(event);
  return isControlFlow(flow) && flow.type === 'Break';
}

/** Every session counts as stable from its first moment. */
function isStableAtOnce({ context }: Moment): boolean {
  return Redacted.value(context.settings).stableAfterMs === 0;
}

/** The next attempt is due at once. */
function isImmediate({ context }: Moment): boolean {
  const decision = decisionOf(context);
  return decision?.type === 'delay' && decision.delayMs === 0;
}

/** The next attempt is due after a wait. */
function isDelayed({ context }: Moment): boolean {
  return decisionOf(context)?.type === 'delay';
}

/** `retryDelay` returned a promise. */
function isUndecided({ context }: Moment): boolean {
  return decisionOf(context)?.type === 'pending';
}

/** `retryDelay` answered `Break`. */
function hasBroken({ context }: Moment): boolean {
  return decisionOf(context)?.type === 'break';
}

export function decisionOf({ decision }: ReconnectContext): Decision | undefined {
  return decision && Redacted.value(decision);
}

/** The wait has an end; without one only a `reconnect` command ends it. */
function isBounded({ context }: Moment): boolean {
  return context.delayMs !== Infinity;
}

const judgements = new WeakMap<MachineEvent, Judgement>();

/**
 * How the error of a child's `xstate.error.actor` event is sorted; undefined for every other event. Each is sorted
 * once: guards, updates and announcements ask in turn, and `isRetryable` is the user's.
 */
export function judgementOf({ context, event }: Moment): Judgement | undefined {
  if (!event.type.startsWith('xstate.error.actor.')) return undefined;
  const known = judgements.get(event);
  if (known !== undefined) return known;
  const judgement = judge(context, event);
  judgements.set(event, judgement);
  return judgement;
}

function judge(context: ReconnectContext, { type, error: thrown }: MachineEvent): Judgement {
  const error = unwrap(thrown);
  if (isAbortReason(error)) return { error, verdict: 'transient' };
  const { attempt, epoch, hasBeenStable } = context;
  const phase = type.endsWith('.connect') ? 'connect' : 'run';
  const { connector } = Redacted.value(context.settings);
  return classify(error, connector, { phase, attempt, epoch, hasBeenStable });
}

/** What a child's `xstate.done.actor` event brings. */
export function outputOf(event: MachineEvent): unknown {
  return event.output;
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
