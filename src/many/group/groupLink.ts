import type { Leaf } from '../../compiled/leaf.js';
import { OpenLink } from '../../compiled/openLink.js';
import type { Clock } from '../../core/clock.js';
import type { ReconnectInput } from '../../machine/context.js';
import type { ReconnectEmitted, ReconnectOutput } from '../../machine/vocabulary.js';
import { type LinkState, stateOf } from './linkState.js';

/** The owner of a link. */
export interface LinkOwner {
  readonly name: string;
  readonly clock: Clock;
  readonly logger: (...args: unknown[]) => void;
  readonly isHeard: boolean;
  /** The link has entered this state; the current step has not finished yet. */
  moved(state: LinkState): void;
  told(event: ReconnectEmitted): void;
  /** The link has ended; the output is undefined if its actor was stopped. */
  ended(output: ReconnectOutput | undefined): void;
}

/** The states by path, stored because a link enters the same leaves repeatedly. */
const states = new Map<string, LinkState>();

/** A link that reports to its owner. It uses methods that all links share, so that it costs no more than an actor. */
export class GroupLink extends OpenLink {
  // The actor's constructor enters the first leaf before there is an owner.
  declare private owner: LinkOwner | undefined;

  /** @throws InvalidOptionError when an option is missing, unknown or out of bounds */
  constructor(input: ReconnectInput, owner: LinkOwner) {
    super(input, NO_OPTIONS, owner.name);
    this.owner = owner;
  }

  get state(): LinkState {
    const { path, tags } = this.leaf;
    let state = states.get(path);
    if (state === undefined) {
      state = stateOf((tag) => tags.has(tag));
      states.set(path, state);
    }
    return state;
  }

  get isFinal(): boolean {
    return this.leaf.isFinal;
  }

  /** Its name in the group: links of several groups may share one, while a `sessionId` is unique. */
  override get id(): string {
    return (this.owner as LinkOwner).name;
  }

  override get sessionId(): string {
    return super.id;
  }

  override get clock(): Clock {
    return (this.owner as LinkOwner).clock;
  }

  override get logger(): (...args: unknown[]) => void {
    return (this.owner as LinkOwner).logger;
  }

  override enter(leaf: Leaf): void {
    super.enter(leaf);
    // A final state is reported by `ended`.
    if (!leaf.isFinal) this.owner?.moved(this.state);
  }

  protected override get isHeard(): boolean {
    return this.owner?.isHeard === true || super.isHeard;
  }

  protected override emit(event: ReconnectEmitted): void {
    super.emit(event);
    (this.owner as LinkOwner).told(event);
  }

  protected override over(): boolean {
    const { status, output, error } = this.getSnapshot();
    const outcome = status === 'error' ? { status: 'failed' as const, error } : output;
    (this.owner as LinkOwner).ended(outcome);
    return true;
  }
}

const NO_OPTIONS = {};
