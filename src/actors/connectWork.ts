import type { ConnectContext } from '../core/connector.js';
import { Redacted } from '../core/redacted.js';
import { LazyContext } from '../core/whenAborted.js';
import { Lease, type LeaseTerms } from './lease.js';
import { call, type Task } from './task.js';

export interface ConnectInput {
  readonly terms: LeaseTerms;
  readonly attempt: number;
  readonly epoch: number;
  readonly lastError: unknown;
}

/**
 * Calls `connect`, one microtask after the state was entered: a stop that was sent meanwhile, by a
 * listener or by the user's own method, still comes in time. The lease is taken in the tick in which
 * the user's promise resolves, and handed over in that same tick; when nobody is there to take it, it
 * is released.
 */
export function connectWork(redacted: Redacted<ConnectInput>, task: ConnectTask): void {
  void soon.then(() => {
    if (task.aborted) task.reject(task.reason);
    else connect(Redacted.value(redacted), task);
  });
}

/** Costs a fifth of `queueMicrotask`, which Node wraps into a resource of its own. */
const soon = Promise.resolve();

type ConnectTask = Task<Redacted<ConnectInput>, Lease>;

/** Calls the user's `connect`, and hands over what it brings. */
export function connect(input: ConnectInput, task: ConnectTask): void {
  const { terms, epoch } = input;
  const { connector } = terms;
  call(() => connector.connect(new TaskConnectContext(input, task))).then(
    (connection: unknown) => {
      const lease = new Lease(connection, terms, epoch);
      if (!task.aborted) {
        task.resolve(lease);
        if (lease.state !== 'offered') return;
      }
      task.releaseLate(lease);
    },
    (error: unknown) => task.reject(error),
  );
}

/** What `connect` is given; a class, because an object with a getter of its own costs a hidden class each. */
class TaskConnectContext extends LazyContext implements ConnectContext {
  readonly attempt: number;
  readonly epoch: number;
  readonly lastError: unknown;

  constructor({ attempt, epoch, lastError }: ConnectInput, task: ConnectTask) {
    super(task);
    this.attempt = attempt;
    this.epoch = epoch;
    this.lastError = lastError;
  }
}
