// Why: docs/decisions/0018-started-again.md
import type { ActorLogic, ActorSystem, ActorSystemInfo, Snapshot } from 'xstate';
import { ActorStopped } from '../core/errors.js';
import { type Clock, clockOf } from '../core/clock.js';
import type { Thrown } from '../core/thrown.js';
import { Task, type TaskReport, type Work } from './task.js';

/** The events of a task's actor: how the user's method settled, and the machine's requests. */
export type TaskEvent =
  | { type: 'resolved'; output: unknown }
  | { type: 'rejected'; error: unknown }
  | { type: 'abort'; reason: unknown }
  | { type: 'ask' };

/** The task keeps live values in private fields, where no serializer finds them. */
export type TaskSnapshot<TInput, TOutput> = Snapshot<TOutput> & {
  task?: ActorTask<TInput, TOutput>;
};

export type TaskLogic<TInput, TOutput> = ActorLogic<
  TaskSnapshot<TInput, TOutput>,
  TaskEvent,
  TInput,
  ActorSystem<ActorSystemInfo>
>;

/** A task whose reports go to the machine that invoked it. */
class ActorTask<TInput, TOutput> extends Task<TInput, TOutput> {
  protected override readonly work: Work<TInput, TOutput>;
  readonly #actor: ActorScope;

  constructor(work: Work<TInput, TOutput>, input: TInput, scope: ActorScope) {
    super(input);
    this.work = work;
    this.#actor = scope;
  }

  override get clock(): Clock {
    return clockOf(this.#actor.self);
  }

  protected override get logger() {
    return this.#actor.logger;
  }

  /** A new task for the same work: the old one stays over, because its work may still be running. */
  renewed(): ActorTask<TInput, TOutput> {
    return new ActorTask(this.work, this.input, this.#actor);
  }

  protected override deliver(news: TaskReport): void {
    const { self, system } = this.#actor;
    // The way a callback actor of XState sends to its parent: an inspector sees the sender.
    // oxlint-disable-next-line no-underscore-dangle -- XState has no other way
    (system as Relaying)._relay(self, self._parent, news);
  }

  protected override hasResolved(output: TOutput): void {
    this.#actor.self.send({ type: 'resolved', output });
  }

  protected override hasRejected(error: Thrown): void {
    this.#actor.self.send({ type: 'rejected', error });
  }
}

interface ActorScope {
  /** The task's actor; it uses the `clock` of its system. */
  readonly self: { send(event: TaskEvent): void; readonly _parent?: unknown };
  readonly system: object;
  readonly logger: (...args: unknown[]) => void;
}

interface Relaying {
  _relay(source: unknown, target: unknown, event: object): void;
}

/**
 * The adapter to XState: promise logic that accepts `abort`. The message's reason aborts the signal, and the actor
 * stays alive until the work settles. Stopping the actor aborts the signal too, and ends the actor at once. XState
 * shows the input to inspectors, so the input must be opaque.
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
      // In React's strict mode, @xstate/react stops an actor and starts it again from the same snapshot.
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
  };
}
