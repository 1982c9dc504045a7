import { Task, type TaskReport } from '../actors/task.js';
import type { Clock } from '../core/clock.js';
import type { Thrown } from '../core/thrown.js';
import type { MachineEvent } from '../machine/context.js';
import type { Child } from './children.js';

/** The link that owns the task. */
export interface TaskHost {
  readonly clock: Clock;
  readonly logger: (...args: unknown[]) => void;
  hear(event: MachineEvent): void;
}

/** A task whose link is its machine. */
export class LinkTask<TInput, TOutput> extends Task<TInput, TOutput> {
  readonly #child: Child<TInput, TOutput>;
  readonly #link: TaskHost;

  constructor(child: Child<TInput, TOutput>, input: TInput, link: TaskHost) {
    super(input);
    this.#child = child;
    this.#link = link;
  }

  protected override get work() {
    return this.#child.work;
  }

  override get clock(): Clock {
    return this.#link.clock;
  }

  protected override get logger() {
    return this.#link.logger;
  }

  protected override deliver(news: TaskReport): void {
    this.#link.hear(news);
  }

  protected override hasResolved(output: TOutput): void {
    this.#link.hear({ type: this.#child.done, output });
  }

  protected override hasRejected(error: Thrown): void {
    this.#link.hear({ type: this.#child.error, error });
  }
}
