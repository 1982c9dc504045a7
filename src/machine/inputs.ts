import type { ConnectInput } from '../actors/connectLogic.js';
import type { Lease } from '../actors/lease.js';
import type { RunInput } from '../actors/runLogic.js';
import { Hidden } from '../hidden.js';
import type { PendingDecision } from '../policy/decide.js';
import type { Moment } from './context.js';

/** What a child needs; hidden, because XState shows every child's input to inspectors. */
export function connectInput({ context }: Pick<Moment, 'context'>): Hidden<ConnectInput> {
  const { link, attempt, epoch, lastError } = context;
  return new Hidden({
    connector: Hidden.reveal(link).connector,
    attempt,
    epoch: epoch + 1,
    lastError,
  });
}

export function runInput({ context }: Pick<Moment, 'context'>): Hidden<RunInput> {
  const { link, lease, epoch } = context;
  const { connector, drainTimeoutMs } = Hidden.reveal(link);
  return new Hidden({ connector, drainTimeoutMs, lease: lease as Lease, epoch });
}

export function retryDelayInput({ context }: Pick<Moment, 'context'>): Hidden<PendingDecision> {
  return new Hidden(context.decision as PendingDecision);
}
