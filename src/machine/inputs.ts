import type { ConnectInput } from '../actors/connectLogic.js';
import type { Lease } from '../actors/lease.js';
import { Hidden } from '../hidden.js';
import type { PendingDecision } from '../policy/decide.js';
import type { Moment } from './context.js';

/** XState shows every child's input to inspectors: what is live in it is hidden. */
export function connectInput({ context }: Pick<Moment, 'context'>): Hidden<ConnectInput> {
  const { link, attempt, epoch, lastError } = context;
  return new Hidden({
    terms: Hidden.reveal(link),
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
