import { type ControlFlow, isControlFlow, type RunContext } from '../core/connector.js';
import { ActorStopped, InvalidControlFlowError } from '../core/errors.js';
import { LazyContext } from '../core/whenAborted.js';
import type { Lease } from './lease.js';
import { call, type Task } from './task.js';

type RunTask = Task<Lease, ControlFlow<unknown, unknown>>;

/** Calls `run` with the leased connection, and settles when the connection is released. */
export function runWork(lease: Lease, task: RunTask): void {
  // Stopped and started again: the connection went with the stop.
  if (lease.state !== 'offered') return task.reject(new ActorStopped());
  task.whenStopped(releaseUnseen);
  const { connection, connector } = lease.take();
  call(() => connector.run(connection, new TaskRunContext(lease.epoch, task))).then(
    (flow: unknown) =>
      task.releaseThen(lease, () =>
        isControlFlow(flow) ? task.resolve(flow) : task.reject(new InvalidControlFlowError(flow)),
      ),
    (error: unknown) => task.releaseThen(lease, () => task.reject(error)),
  );
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
