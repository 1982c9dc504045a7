// Why: docs/decisions/0062-the-chart-compiled.md
// Why: docs/decisions/0064-what-an-idle-link-keeps.md
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

/** The running task, of any type. */
interface AnyTask {
  readonly isOver: boolean;
  abort(reason: unknown): void;
  ask(): void;
  stop(reason: unknown): void;
}

type Ending = ReconnectContext['endedBy'];
type Request = ReconnectContext['requested'];

/** Fields about failures, waits and ends, which a link that has been up since its start does not need. */
class Trouble {
  delayMs: number = 0;
  countedDelayMs: number = 0;
  lastError: Thrown | undefined = undefined;
  lastVerdict: Verdict | undefined = undefined;
  retryAtMs: number | undefined = undefined;
  queuedAtMs: number | undefined = undefined;
  upMs: number | undefined = undefined;
  endedBy: Ending = undefined;
  requested: Request = undefined;
  decision: Redacted<Decision> | undefined = undefined;
  output: Redacted<ReconnectOutput> | undefined = undefined;
}

const NONE: Trouble = new Trouble();

/**
 * The state that the steps work on: the context, changed in place, and the operations that steps call. It must not be
 * stored: a snapshot is a copy.
 */
export abstract class Link implements ReconnectContext, StepScope {
  settings: Redacted<Settings>;
  attempt: number;
  epoch: number;
  stableEpoch: number;
  downSinceMs: number | undefined;
  startedAtMs: number | undefined;
  openedAtMs: number | undefined;
  lease: Lease | undefined;

  declare protected leaf: Leaf;
  #trouble: Trouble = NONE;
  #task: AnyTask | undefined = undefined;
  #timer: unknown = undefined;

  constructor(input: ReconnectInput) {
    const context = createContext(input);
    this.settings = context.settings;
    this.attempt = context.attempt;
    this.epoch = context.epoch;
    this.stableEpoch = context.stableEpoch;
    this.downSinceMs = context.downSinceMs;
    this.startedAtMs = context.startedAtMs;
    this.openedAtMs = context.openedAtMs;
    this.lease = context.lease;
    // A link that resumes begins with a wait.
    if (context.decision !== undefined) this.#trouble = troubleOf(context);
  }

  get delayMs(): number {
    return this.#trouble.delayMs;
  }

  get countedDelayMs(): number {
    return this.#trouble.countedDelayMs;
  }

  get lastError(): Thrown | undefined {
    return this.#trouble.lastError;
  }

  get lastVerdict(): Verdict | undefined {
    return this.#trouble.lastVerdict;
  }

  get retryAtMs(): number | undefined {
    return this.#trouble.retryAtMs;
  }

  get queuedAtMs(): number | undefined {
    return this.#trouble.queuedAtMs;
  }

  get upMs(): number | undefined {
    return this.#trouble.upMs;
  }

  get endedBy(): Ending {
    return this.#trouble.endedBy;
  }

  get requested(): Request {
    return this.#trouble.requested;
  }

  get decision(): Redacted<Decision> | undefined {
    return this.#trouble.decision;
  }

  get output(): Redacted<ReconnectOutput> | undefined {
    return this.#trouble.output;
  }

  #ownTrouble(): Trouble {
    if (this.#trouble === NONE) this.#trouble = new Trouble();
    return this.#trouble;
  }

  abstract get clock(): Clock;
  abstract get logger(): (...args: unknown[]) => void;
  /** Takes an event: at once, or when the current step has ended. */
  abstract hear(event: MachineEvent): void;
  /** Makes the next snapshot a new object. */
  protected abstract forgetSnapshot(): void;
  protected abstract get isHeard(): boolean;
  protected abstract emit(event: ReconnectEmitted): void;

  // Operations of a step that decide.

  assign(change: (moment: Moment) => Update, moment: Moment): void {
    this.change(change(moment));
  }

  /** Applies the changes of an update. */
  protected change(update: Update): void {
    this.forgetSnapshot();
    for (const name in update) {
      // Each field is named: JavaScript engines are slow when the name of a field varies.
      switch (name) {
        case 'attempt':
          this.attempt = update.attempt as never;
          break;
        case 'epoch':
          this.epoch = update.epoch as never;
          break;
        case 'stableEpoch':
          this.stableEpoch = update.stableEpoch as never;
          break;
        case 'downSinceMs':
          this.downSinceMs = update.downSinceMs as never;
          break;
        case 'startedAtMs':
          this.startedAtMs = update.startedAtMs as never;
          break;
        case 'openedAtMs':
          this.openedAtMs = update.openedAtMs as never;
          break;
        case 'lease':
          this.lease = update.lease as never;
          break;
        case 'delayMs':
          if (this.#trouble.delayMs !== update.delayMs)
            this.#ownTrouble().delayMs = update.delayMs as never;
          break;
        case 'countedDelayMs':
          if (this.#trouble.countedDelayMs !== update.countedDelayMs)
            this.#ownTrouble().countedDelayMs = update.countedDelayMs as never;
          break;
        case 'lastError':
          if (this.#trouble.lastError !== update.lastError)
            this.#ownTrouble().lastError = update.lastError as never;
          break;
        case 'lastVerdict':
          if (this.#trouble.lastVerdict !== update.lastVerdict)
            this.#ownTrouble().lastVerdict = update.lastVerdict as never;
          break;
        case 'retryAtMs':
          if (this.#trouble.retryAtMs !== update.retryAtMs)
            this.#ownTrouble().retryAtMs = update.retryAtMs as never;
          break;
        case 'queuedAtMs':
          if (this.#trouble.queuedAtMs !== update.queuedAtMs)
            this.#ownTrouble().queuedAtMs = update.queuedAtMs as never;
          break;
        case 'upMs':
          if (this.#trouble.upMs !== update.upMs) this.#ownTrouble().upMs = update.upMs as never;
          break;
        case 'endedBy':
          if (this.#trouble.endedBy !== update.endedBy)
            this.#ownTrouble().endedBy = update.endedBy as never;
          break;
        case 'requested':
          if (this.#trouble.requested !== update.requested)
            this.#ownTrouble().requested = update.requested as never;
          break;
        case 'decision':
          if (this.#trouble.decision !== update.decision)
            this.#ownTrouble().decision = update.decision as never;
          break;
        case 'output':
          if (this.#trouble.output !== update.output)
            this.#ownTrouble().output = update.output as never;
          break;
      }
    }
  }

  prepare(
    announcement: (moment: Moment) => ReconnectEmitted,
    moment: Moment,
  ): ReconnectEmitted | undefined {
    return this.isHeard ? announcement(moment) : undefined;
  }

  abandon(reason: unknown): void {
    // No child settles in the middle of a step that aborts it.
    (this.#task as AnyTask).abort(reason);
  }

  enter(leaf: Leaf): void {
    if (leaf === this.leaf) return;
    this.forgetSnapshot();
    this.leaf = leaf;
  }

  // Operations of a step that act.

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
    // Only these delays are the same for many links; each wait between two attempts may have a different length.
    this.#timer =
      this.#task !== undefined && this.clock === systemClock && areTimersReal()
        ? new Deadline(ms, this, event)
        : this.clock.setTimeout(() => this.ring(event), ms);
  }

  /** Handles an expired timer. */
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

function troubleOf({ decision, delayMs, countedDelayMs, retryAtMs }: ReconnectContext): Trouble {
  return Object.assign(new Trouble(), { decision, delayMs, countedDelayMs, retryAtMs });
}
