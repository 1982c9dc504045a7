import type { ActorLogic, ActorSystem, ActorSystemInfo, Snapshot } from 'xstate';
import { ActorStopped } from '../core/errors.js';
import { Task, type TaskEvent, type TaskReport, type TaskScope, type Work } from './task.js';

/** The task keeps what is live in private fields, out of every serializer's sight. */
export type TaskSnapshot<TInput, TOutput> = Snapshot<TOutput> & {
  task?: ActorTask<TInput, TOutput>;
};

export type TaskLogic<TInput, TOutput> = ActorLogic<
  TaskSnapshot<TInput, TOutput>,
  TaskEvent,
  TInput,
  ActorSystem<ActorSystemInfo>
>;

/** A task whose reports go to the machine that has invoked it. */
class ActorTask<TInput, TOutput> extends Task<TInput, TOutput> {
  readonly #actor: ActorScope;

  constructor(work: Work<TInput, TOutput>, input: TInput, scope: ActorScope) {
    super(work, input, scope);
    this.#actor = scope;
  }

  /** The same work once more: a task that is over stays so, for its work may still go on. */
  renewed(): ActorTask<TInput, TOutput> {
    return new ActorTask(this.work, this.input, this.#actor);
  }

  protected override deliver(news: TaskReport): void {
    const { self, system } = this.#actor;
    // As a callback actor of XState tells its parent: an inspector sees who has sent it.
    // oxlint-disable-next-line no-underscore-dangle -- XState has no other way
    (system as Relaying)._relay(self, self._parent, news);
  }
}

type ActorScope = TaskScope & {
  readonly self: { readonly _parent?: unknown };
  readonly system: object;
};

interface Relaying {
  _relay(source: unknown, target: unknown, event: object): void;
}

/**
 * The adapter to XState: promise logic that hears `abort`: the signal fires with the message's reason, and the actor lives on
 * until the work settles. Stopping the actor fires the signal too, and ends it at once. XState shows
 * the input to inspectors: it must be opaque.
 */
export function taskLogic<TInput, TOutput>(
  work: Work<TInput, TOutput>,
): TaskLogic<TInput, TOutput> {
  return {
    getInitialSnapshot: (scope, input) => ({
      status: 'active',
      output: undefined,
      error: undefined,
      task: new ActorTask(work, input, scope),
    }),
    start: (snapshot) => {
      // React's strict mode has @xstate/react stop an actor and start it again from the same snapshot.
      if (snapshot.task?.isOver === true) snapshot.task = snapshot.task.renewed();
      snapshot.task?.start();
    },
    transition: (snapshot, event: TaskEvent | { type: 'xstate.stop' }) => {
      switch (event.type) {
        case 'resolved':
          return { status: 'done', output: event.output as TOutput, error: undefined };
        case 'rejected':
          return { status: 'error', output: undefined, error: event.error };
        case 'abort':
          snapshot.task?.abort(event.reason);
          return snapshot;
        case 'ask':
          snapshot.task?.ask();
          return snapshot;
        case 'xstate.stop':
          snapshot.task?.stop(new ActorStopped());
          return { status: 'stopped', output: undefined, error: undefined };
      }
    },
    getPersistedSnapshot: ({ status, output, error }) =>
      ({ status, output, error }) as Snapshot<unknown>,
    restoreSnapshot: (snapshot) => snapshot as TaskSnapshot<TInput, TOutput>,
  };
}
