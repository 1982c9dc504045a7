import type { MachineEvent, Moment, Update } from '../machine/context.js';
import type {
  ReconnectEmitted,
  ReconnectStateValue,
  ReconnectTag,
  StatePath,
} from '../machine/vocabulary.js';
import type { Child } from './children.js';

/** A leaf of the chart, and what happens in it. */
export interface Leaf {
  readonly path: StatePath;
  readonly value: ReconnectStateValue;
  readonly tags: ReadonlySet<ReconnectTag>;
  readonly isFinal: boolean;
  /** By the types of events; one that is not there means nothing here. */
  readonly steps: ReadonlyMap<string, Step>;
  /** When an event does something, where it does not always. */
  readonly conditions: ReadonlyMap<string, (moment: Moment) => boolean>;
}

export type Step = (link: StepScope, moment: Moment) => void;

/** What a step may do: it decides, enters a leaf, and then acts. */
export interface StepScope {
  /** Takes the update as a function, as all that follows: what is called in many places is compiled in none of them. */
  assign(update: (moment: Moment) => Update, moment: Moment): void;
  /** The announcement, if anybody listens. */
  prepare(
    announcement: (moment: Moment) => ReconnectEmitted,
    moment: Moment,
  ): ReconnectEmitted | undefined;
  /** Asks the child to end before the step leaves it. */
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
