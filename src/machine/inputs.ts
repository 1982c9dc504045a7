import type { ConnectInput } from '../actors/connectLogic.js';
import type { Lease } from '../actors/lease.js';
import { Redacted } from '../core/redacted.js';
import type { PendingDecision } from '../policy/decide.js';
import type { Moment } from './context.js';

/** XState shows every child's input to inspectors: what is live in it is hidden. */
export function connectInput({ context }: Pick<Moment, 'context'>): Redacted<ConnectInput> {
  const { settings, attempt, epoch, lastError } = context;
  return new Redacted({
    terms: Redacted.value(settings),
    attempt,
    epoch: epoch + 1,
    lastError,
  });
}

export function runInput({ context }: Pick<Moment, 'context'>): Lease {
  return context.lease as Lease;
}

export function retryDelayInput({ context }: Pick<Moment, 'context'>): PendingDecision {
  return context.decision as PendingDecision;
}
