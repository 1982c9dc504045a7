// Why: docs/decisions/0054-a-chart-that-knows-the-world.md
import {
  type AnyConnector,
  type ConnectionEnd,
  type ControlFlow,
  isControlFlow,
  type RunContext,
} from '../core/connector.js';
import {
  ActorStopped,
  InvalidControlFlowError,
  InvalidOptionError,
  isFatalError,
} from '../core/errors.js';
import { isThenable } from '../core/isThenable.js';
import { LazyContext } from '../core/whenAborted.js';
import { call } from './call.js';
import type { Ending, Lease } from './lease.js';
import type { Task, Work } from './task.js';

type RunTask = Task<Lease, ControlFlow<unknown, unknown>>;

/** Calls `run` with the leased connection, watches the connection, and settles when it has been released. */
export const runWork: Work<Lease, ControlFlow<unknown, unknown>> = {
  start(lease, task) {
    // The actor was stopped and started again: the first stop released the connection.
    if (lease.state !== 'offered') {
      task.reject(new ActorStopped());
      return;
    }
    task.whenStopped(releaseUnseen);
    const { connection, connector } = lease.take();
    settleAfter(callRun(connection, connector, lease, task), lease, task);
    // `run` may have stopped the actor.
    if (!task.isOver && connector.closed !== undefined) watch(connection, connector, lease, task);
  },

  asked(lease, task) {
    lease.probe(task, (error) => lose(brokenBy(error), lease, task));
  },
};

/** Does the same as `call`, without creating a function for each session. */
function callRun(
  connection: unknown,
  connector: AnyConnector,
  lease: Lease,
  task: RunTask,
): Promise<unknown> {
  try {
    return Promise.resolve(connector.run(connection, new TaskRunContext(lease.epoch, task)));
  } catch (error) {
    return Promise.reject(error);
  }
}

/** Separate from its caller, so that the closure of an idle session does not hold the connection. */
function settleAfter(running: Promise<unknown>, lease: Lease, task: RunTask): void {
  running.then(
    (flow) => {
      if (!isControlFlow(flow))
        return throwAfterRelease(new InvalidControlFlowError(flow), lease, task);
      if (flow.type === 'Continue') endEarly(lease, task);
      task.releaseThen(lease, () => task.resolve(flow));
    },
    (error: unknown) => throwAfterRelease(error, lease, task),
  );
}

function throwAfterRelease(error: unknown, lease: Lease, task: RunTask): void {
  if (!isFatalError(error)) endEarly(lease, task, error);
  task.releaseThen(lease, () => void task.reject(error), { error });
}

function watch(connection: unknown, connector: AnyConnector, lease: Lease, task: RunTask): void {
  call(() => {
    const closed: unknown = connector.closed?.(connection);
    // Undefined would mean that the connection has already ended.
    if (isThenable(closed)) return closed;
    throw new InvalidOptionError('connector.closed', 'a method that returns a promise', closed);
  })
    .then(readEnd)
    .then(
      (end) => lose(end, lease, task),
      (error: unknown) => lose(brokenBy(error), lease, task),
    );
}

/** Handles the loss of the connection; only the first report of a loss counts. */
function lose(end: Ending, lease: Lease, task: RunTask): void {
  if (end.drained !== undefined) {
    const tellDrained = () => task.tell({ type: 'run.drained' });
    // A rejection of `drained` must be handled even if nothing waits for it, and another library's promise may throw.
    call(() => end.drained).then(tellDrained, tellDrained);
  }
  lease.endWith(end);
  if (lease.state !== 'taken') return;
  endEarly(lease, task, end.failure?.error);
  task.tell({ type: 'run.lost' });
}

/** Reads what `closed` resolved to; plain JavaScript may return anything. */
function readEnd(answer: unknown): Ending {
  const { error, detail, drained } = (answer ?? {}) as ConnectionEnd;
  return {
    failure: error === undefined ? undefined : { error },
    detail,
    drained: isThenable(drained) ? drained : undefined,
  };
}

function brokenBy(error: unknown): Ending {
  return { failure: { error }, detail: undefined, drained: undefined };
}

/** Reports to the limiter a session that ended on its own before it was stable. */
function endEarly(lease: Lease, task: RunTask, error?: unknown): void {
  if (!task.aborted) lease.endEarly(task, error);
}

function releaseUnseen(lease: Lease, task: RunTask): void {
  task.releaseUnseen(lease);
}

class TaskRunContext extends LazyContext implements RunContext {
  readonly epoch: number;

  constructor(epoch: number, task: RunTask) {
    super(task);
    this.epoch = epoch;
  }
}
