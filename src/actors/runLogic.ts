import { clampTimer } from '../bounds.js';
import { type AnyConnector, type ControlFlow, isControlFlow, type Session } from '../connector.js';
import { ActorStopped, InvalidControlFlowError } from '../errors.js';
import { classify, Rejection } from '../policy/retryable.js';
import { abortable } from './abortable.js';
import { call } from './call.js';
import type { Lease } from './lease.js';
import type { Task } from './task.js';

export interface RunInput {
  readonly connector: AnyConnector;
  readonly lease: Lease;
  readonly epoch: number;
  readonly drainTimeoutMs: number;
}

type RunTask = Task<RunInput, ControlFlow<unknown, unknown>>;

/** Calls `run` with the leased connection, and settles when the connection is released. */
export const runLogic = abortable<RunInput, ControlFlow<unknown, unknown>>((input, task) => {
  const { connector, lease } = input;
  // Stopped and started again: the connection went with the stop.
  if (lease.state !== 'offered') return task.reject(new Rejection(new ActorStopped(), false));
  task.whenStopped(() => task.releaseUnseen(lease));
  const connection = lease.take();
  call(() => connector.run(connection, new RunSession(input.epoch, task))).then(
    (flow: unknown) =>
      release(input, task, () =>
        isControlFlow(flow)
          ? task.resolve(flow)
          : task.reject(new Rejection(new InvalidControlFlowError(flow), true)),
      ),
    (error: unknown) => release(input, task, () => task.reject(classify(error, connector))),
  );
});

class RunSession implements Session {
  readonly epoch: number;
  readonly #task: RunTask;

  constructor(epoch: number, task: RunTask) {
    this.epoch = epoch;
    this.#task = task;
  }

  get signal(): AbortSignal {
    return this.#task.signal;
  }
}

/** Waits for the release, but no longer than the drain allows. */
function release({ lease, drainTimeoutMs }: RunInput, task: RunTask, settle: () => void): void {
  const closing = lease.release();
  if (closing === undefined || task.isOver) return settle();
  const { clock } = task;
  const timer = clock.setTimeout(() => {
    settle();
    task.releaseUnseen(lease);
  }, clampTimer(drainTimeoutMs));
  task.whenStopped(() => {
    clock.clearTimeout(timer);
    task.releaseUnseen(lease);
  });
  void closing.then(() => {
    clock.clearTimeout(timer);
    settle();
  });
}
