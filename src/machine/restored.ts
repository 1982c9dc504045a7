import { Break } from '../core/connector.js';
import { Redacted } from '../core/redacted.js';
import {
  type BreakDecision,
  type FailedDecision,
  PendingDecision,
  PolicyFailure,
} from '../policy/decide.js';
import type { ReconnectContext, Update } from './context.js';
import { decisionOf } from './guards.js';
import type { ReconnectCommand } from './vocabulary.js';

/**
 * Returns the command that was still in effect when the snapshot was stored: the link was suspended, suspending or
 * stopping.
 */
export function heldCommand(kept: object): ReconnectCommand | undefined {
  const [type] = /stop|suspend/.exec(JSON.stringify((kept as { value?: unknown }).value)) ?? [];
  return type === undefined ? undefined : { type: type as 'stop' | 'suspend' };
}

/**
 * Changes the initial context of a link that may be restored, so that an end that is known at once comes slightly
 * later. XState does not start a restored child that has ended, and its parent would not be notified.
 */
export function postponeEnd(context: ReconnectContext): Update {
  const decision = decisionOf(context);
  if (decision === undefined || decision.type === 'delay') return {};
  const { value, error } = decision as Partial<BreakDecision & FailedDecision>;
  const answer = decision.type === 'break' ? Promise.resolve(Break(value)) : Promise.reject(error);
  return { decision: new Redacted(new PendingDecision(answer, new PolicyFailure({} as never))) };
}
