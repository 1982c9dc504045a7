import type { Leaf } from '../../compiled/leaf.js';
import { OpenLink } from '../../compiled/openLink.js';
import type { Clock } from '../../core/clock.js';
import type { ReconnectInput } from '../../machine/context.js';
import type { ReconnectEmitted, ReconnectOutput } from '../../machine/vocabulary.js';
import { type LinkState, stateOf } from './linkState.js';

/** Whose link it is. */
export interface LinkOwner {
  readonly name: string;
  readonly clock: Clock;
  readonly logger: (...args: unknown[]) => void;
  readonly isHeard: boolean;
  /** The link is in this state now; the step that led there is still on. */
  moved(state: LinkState): void;
  told(event: ReconnectEmitted): void;
  /** The link is over; without an output it was stopped as an actor. */
  ended(output: ReconnectOutput | undefined): void;
}

/** By path: a link passes the same leaves again and again. */
const states = new Map<string, LinkState>();

/** A link that tells its owner what goes on: by methods that all links share, so that one costs no more than an actor. */
export class GroupLink extends OpenLink {
  // The actor's constructor enters the first leaf, before there is an owner.
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

  override get clock(): Clock {
    return (this.owner as LinkOwner).clock;
  }

  override get logger(): (...args: unknown[]) => void {
    return (this.owner as LinkOwner).logger;
  }

  override enter(leaf: Leaf): void {
    super.enter(leaf);
    // How it has ended is told when it has.
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
