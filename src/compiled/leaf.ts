import type { MachineEvent, Moment, Update } from '../machine/context.js';
import type {
  ReconnectEmitted,
  ReconnectStateValue,
  ReconnectTag,
  StatePath,
} from '../machine/vocabulary.js';
import type { Child } from './children.js';

/** A leaf of the chart, and what each event does in it. */
export interface Leaf {
  readonly path: StatePath;
  readonly value: ReconnectStateValue;
  readonly tags: ReadonlySet<ReconnectTag>;
  readonly isFinal: boolean;
  /** Steps by event type; an event without a step is ignored here. */
  readonly steps: ReadonlyMap<string, Step>;
  /** For events that are sometimes ignored: whether they do something. */
  readonly conditions: ReadonlyMap<string, (moment: Moment) => boolean>;
}

export type Step = (link: StepScope, moment: Moment) => void;

/** The functions that a step may call: it decides, enters a leaf, and then acts. */
export interface StepScope {
  /**
   * Applies an update. The update is passed as a function, like all that follows: a function called from many places is
   * inlined in none of them.
   */
  assign(update: (moment: Moment) => Update, moment: Moment): void;
  /** Prepares the announcement, if there are listeners. */
  prepare(
    announcement: (moment: Moment) => ReconnectEmitted,
    moment: Moment,
  ): ReconnectEmitted | undefined;
  /** Aborts the child before the step leaves it. */
  abandon(reason: unknown): void;
  enter(leaf: Leaf): void;
  tell(event: ReconnectEmitted | undefined): void;
  startChild<TInput, TOutput>(child: Child<TInput, TOutput>, input: TInput): void;
  abort(reason: unknown): void;
  ask(): void;
  stopChild(): void;
  setTimer(event: MachineEvent, ms: number): void;
  clearTimer(): void;
}
