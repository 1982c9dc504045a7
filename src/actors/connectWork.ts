// Why: docs/decisions/0006-connect-a-microtask-later.md
// Why: docs/decisions/0073-a-key-for-each-attempt.md
import type { ConnectContext } from '../core/connector.js';
import { ConnectTimeoutError } from '../core/errors.js';
import { askLimiterKey, type ConnectLimiter, type LimiterKey } from '../core/limiter.js';
import { nextTurn } from '../core/nextTurn.js';
import { Redacted } from '../core/redacted.js';
import type { Thrown } from '../core/thrown.js';
import { LazyContext } from '../core/whenAborted.js';
import { knownJudgement } from '../policy/classify.js';
import { Admission } from './admission.js';
import { Lease, type LeaseTerms } from './lease.js';
import type { Task, Work } from './task.js';

export interface ConnectInput {
  readonly terms: ConnectTerms;
  readonly attempt: number;
  readonly epoch: number;
  /** Undefined once the attempt has ended. */
  lastError: unknown;
}

/** The inputs shared by all attempts of a link. */
interface ConnectTerms extends LeaseTerms {
  readonly limiter: ConnectLimiter | undefined;
  readonly limiterKey: LimiterKey;
  readonly priority: number;
}

type ConnectTask = Task<Redacted<ConnectInput>, Lease>;

/**
 * Calls `connect` one microtask after the state was entered, so that a `stop` sent meanwhile by a listener or by the
 * user's own method still prevents the call. A limiter is asked at that moment; its permit may come later.
 */
export const connectWork: Work<Redacted<ConnectInput>, Lease> = {
  start(redacted, task) {
    void soon.then(() => {
      if (!task.isOver) begin(redacted, task);
    });
  },

  /** A timer fired late: reports when the event loop has delivered everything that had arrived. */
  asked(_, task) {
    nextTurn(() => task.tell({ type: 'connect.turned' }));
  },
};

/** A promise callback costs a fifth of `queueMicrotask`, which Node wraps into a resource of its own. */
const soon = Promise.resolve();

/** Asks for a permit, if there is a limiter, and calls `connect`. */
export function begin(redacted: Redacted<ConnectInput>, task: ConnectTask): void {
  const input = Redacted.value(redacted);
  const { limiter } = input.terms;
  if (limiter === undefined) connect(input, task, undefined);
  else ask(limiter, input, task);
}

function ask(limiter: ConnectLimiter, input: ConnectInput, task: ConnectTask): void {
  const { limiterKey, priority, connector } = input.terms;
  let key: string;
  try {
    key = askLimiterKey(limiterKey, connector);
  } catch (error) {
    return failUncalled(error, task);
  }
  // The user's function may have stopped the link.
  if (task.isOver) return;
  const admission = new Admission({
    admitted: (admitted) => connect(input, task, admitted),
    queued: () => task.tell({ type: 'connect.queued', key: limiter.waitsFor ?? key }),
    refused: (error) => task.reject(error),
    report: (error) => task.report(error),
  });
  task.whenStopped(() => {
    const isFailure = task.reason instanceof ConnectTimeoutError;
    admission.settle(isFailure ? 'failed' : 'ignored');
  });
  admission.request(limiter, { key, priority, attempt: input.attempt });
}

/**
 * An attempt that cannot be made, for example because `connect` would refuse the address, counts as a failed attempt.
 */
function failUncalled(error: unknown, task: ConnectTask): void {
  task.tell({ type: 'connect.started' });
  // A listener may have sent a command.
  task.reject(task.aborted ? task.reason : error);
}

/**
 * Calls the user's `connect` and passes on its connection. The lease is created and passed on in the same tick in which
 * the user's promise resolves; if nothing can take it any more, the connection is released.
 */
function connect(input: ConnectInput, task: ConnectTask, admission: Admission | undefined): void {
  task.tell({ type: 'connect.started' });
  // A listener may have sent a command.
  if (task.aborted) {
    admission?.settle('ignored');
    task.reject(task.reason);
    return;
  }
  const context = new TaskConnectContext(input, task);
  handOver(callConnect(input, context), context, input, task, admission);
}

/** Does the same as `call`, without creating a function for each attempt. */
function callConnect({ terms }: ConnectInput, context: ConnectContext): Promise<unknown> {
  try {
    return Promise.resolve(terms.connector.connect(context));
  } catch (error) {
    return Promise.reject(error);
  }
}

function handOver(
  connecting: Promise<unknown>,
  context: TaskConnectContext,
  input: ConnectInput,
  task: ConnectTask,
  admission: Admission | undefined,
): void {
  const { terms, epoch } = input;
  connecting.then(
    (connection) => {
      forgetError(context, input);
      const lease = new Lease(connection, terms, epoch);
      if (!task.aborted) {
        if (admission !== undefined) lease.keep(admission.open());
        task.resolve(lease);
        if (lease.state !== 'offered') return;
      }
      admission?.settle('ignored');
      task.releaseLate(lease);
    },
    (error: unknown) => {
      forgetError(context, input);
      const thrown = task.reject(error);
      settleFailed(admission, thrown);
    },
  );
}

/**
 * Clears `lastError`. An error keeps alive what its stack captured, such as a function that holds the attempt: each
 * attempt would keep the previous one, and none would ever be freed.
 */
function forgetError(context: TaskConnectContext, input: ConnectInput): void {
  context.lastError = undefined;
  input.lastError = undefined;
}

/** Reports to the limiter what the failure says about the server: nothing, if only this client is the cause. */
function settleFailed(admission: Admission | undefined, thrown: Thrown): void {
  const { verdict, consumesAttempt, hintMs, permit } = knownJudgement(thrown) ?? {};
  if (permit !== undefined) admission?.settle(...permit);
  else if (verdict !== 'transient' || consumesAttempt === false) admission?.settle('ignored');
  else if (hintMs === undefined) admission?.settle('failed');
  else admission?.settle('overloaded', hintMs);
}

/**
 * The context that `connect` receives. It is a class because each object literal with a getter costs a hidden class.
 */
class TaskConnectContext extends LazyContext implements ConnectContext {
  readonly attempt: number;
  readonly epoch: number;
  lastError: unknown;

  constructor({ attempt, epoch, lastError }: ConnectInput, task: ConnectTask) {
    super(task);
    this.attempt = attempt;
    this.epoch = epoch;
    this.lastError = lastError;
  }
}
