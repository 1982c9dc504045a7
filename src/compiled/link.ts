import type { Lease } from '../actors/lease.js';
import type { Clock } from '../core/clock.js';
import type { Verdict } from '../core/connector.js';
import { ActorStopped } from '../core/errors.js';
import type { Redacted } from '../core/redacted.js';
import type { Thrown } from '../core/thrown.js';
import {
  createContext,
  type MachineEvent,
  type Moment,
  type ReconnectContext,
  type ReconnectInput,
  type Update,
} from '../machine/context.js';
import type { Settings } from '../machine/settings.js';
import type { ReconnectEmitted, ReconnectOutput } from '../machine/vocabulary.js';
import type { Decision } from '../policy/decide.js';
import type { Child } from './children.js';
import { areTimersReal, Deadline } from './deadlines.js';
import type { Leaf, StepScope } from './leaf.js';
import { LinkTask } from './linkTask.js';
import { systemClock } from './systemClock.js';

/** The task that is on, whatever it brings. */
interface AnyTask {
  readonly isOver: boolean;
  abort(reason: unknown): void;
  ask(): void;
  stop(reason: unknown): void;
}

type Ending = ReconnectContext['ended'];
type Request = ReconnectContext['requested'];

/**
 * What the steps work on: the context itself, changed in place, and what they ask for. Nobody may keep it: a snapshot
 * is a copy.
 */
export abstract class Link implements ReconnectContext, StepScope {
  settings: Redacted<Settings>;
  attempt: number;
  epoch: number;
  delayMs: number;
  countedDelayMs: number;
  lastError: Thrown | undefined;
  lastVerdict: Verdict | undefined;
  stableEpoch: number;
  downSinceMs: number | undefined;
  retryAtMs: number | undefined;
  queuedAtMs: number | undefined;
  startedAtMs: number | undefined;
  openedAtMs: number | undefined;
  upMs: number | undefined;
  lease: Lease | undefined;
  ended: Ending;
  requested: Request;
  decision: Redacted<Decision> | undefined;
  output: Redacted<ReconnectOutput> | undefined;

  declare protected leaf: Leaf;
  #task: AnyTask | undefined = undefined;
  #timer: unknown = undefined;

  constructor(input: ReconnectInput) {
    const context = createContext(input);
    this.settings = context.settings;
    this.attempt = context.attempt;
    this.epoch = context.epoch;
    this.delayMs = context.delayMs;
    this.countedDelayMs = context.countedDelayMs;
    this.lastError = context.lastError;
    this.lastVerdict = context.lastVerdict;
    this.stableEpoch = context.stableEpoch;
    this.downSinceMs = context.downSinceMs;
    this.retryAtMs = context.retryAtMs;
    this.queuedAtMs = context.queuedAtMs;
    this.startedAtMs = context.startedAtMs;
    this.openedAtMs = context.openedAtMs;
    this.upMs = context.upMs;
    this.lease = context.lease;
    this.ended = context.ended;
    this.requested = context.requested;
    this.decision = context.decision;
    this.output = context.output;
  }

  abstract get clock(): Clock;
  abstract get logger(): (...args: unknown[]) => void;
  /** Takes an event: at once, or when the step that is on has ended. */
  abstract hear(event: MachineEvent): void;
  abstract getSnapshot(): object;
  /** The next snapshot is another one. */
  protected abstract forgetSnapshot(): void;
  protected abstract get isHeard(): boolean;
  protected abstract emit(event: ReconnectEmitted): void;

  // What a step decides.

  assign(update: Update): void {
    this.forgetSnapshot();
    for (const name in update)
      (this as Record<string, unknown>)[name] = update[name as keyof Update];
  }

  prepare(
    announcement: (moment: Moment) => ReconnectEmitted,
    moment: Moment,
  ): ReconnectEmitted | undefined {
    return this.isHeard ? announcement(moment) : undefined;
  }

  abandon(reason: unknown): void {
    if (this.#task?.isOver === false) this.#task.abort(reason);
  }

  enter(leaf: Leaf): void {
    if (leaf === this.leaf) return;
    this.forgetSnapshot();
    this.leaf = leaf;
  }

  // What a step does.

  tell(event: ReconnectEmitted | undefined): void {
    if (event !== undefined) this.emit(event);
  }

  startChild<TInput, TOutput>(child: Child<TInput, TOutput>, input: TInput): void {
    const task = new LinkTask(child, input, this);
    this.#task = task;
    task.start();
  }

  abort(reason: unknown): void {
    this.abandon(reason);
  }

  ask(): void {
    this.#task?.ask();
  }

  stopChild(): void {
    const task = this.#task;
    this.#task = undefined;
    if (task?.isOver === false) task.stop(new ActorStopped());
  }

  setTimer(event: MachineEvent, ms: number): void {
    // What a child is given lasts as long for many: each wait between two attempts lasts as it may.
    this.#timer =
      this.#task !== undefined && this.clock === systemClock && areTimersReal()
        ? new Deadline(ms, this, event)
        : this.clock.setTimeout(() => this.ring(event), ms);
  }

  /** The time is over. */
  ring(event: MachineEvent): void {
    this.#timer = undefined;
    this.hear(event);
  }

  clearTimer(): void {
    const timer = this.#timer;
    if (timer === undefined) return;
    this.#timer = undefined;
    if (timer instanceof Deadline) timer.clear();
    else this.clock.clearTimeout(timer);
  }
}
