import type { Clock } from '../../core/clock.js';
import type { ReconnectInput } from '../../machine/context.js';
import type { ReconnectOptions } from '../../machine/settings.js';
import type { ReconnectEmitted, ReconnectOutput } from '../../machine/vocabulary.js';
import type { GroupEmitted } from './groupEvents.js';
import { GroupLink, type LinkOwner } from './groupLink.js';
import { type LinkHealth, linkHealth, type Subject } from './healthOf.js';
import type { LinkDefinition } from './linkDefinition.js';
import type { LinkState } from './linkState.js';

/** What a member asks of its group. */
export interface MemberHost {
  readonly clock: Clock;
  readonly logger: (...args: unknown[]) => void;
  /** For every link. */
  readonly linkOptions: ReconnectOptions;
  readonly isHeard: boolean;
  hears(type: string): boolean;
  emit(event: GroupEmitted): void;
  moved(member: Member, from: LinkState): void;
  /** Its link is over, or could not be made. */
  ended(member: Member): void;
}

/** What few members have: who waits for the end, what came of a link. */
class Rare {
  restartsMs: readonly number[] = [];
  timer: unknown = undefined;
  output: ReconnectOutput | undefined = undefined;
  isRestart = false;
  isWanted = false;
  leaving: Promise<ReconnectOutput | undefined> | undefined = undefined;
  left: ((output: ReconnectOutput | undefined) => void) | undefined = undefined;
}

const NONE: Readonly<Rare> = Object.freeze(new Rare());

/** A name in a group: its definition, and the link that it has now. */
export class Member implements LinkOwner, Subject {
  readonly definition: LinkDefinition;
  state: LinkState = 'pending';
  link: GroupLink | undefined = undefined;
  readonly #host: MemberHost;
  #rare: Rare | undefined = undefined;

  constructor(definition: LinkDefinition, host: MemberHost) {
    this.definition = definition;
    this.#host = host;
  }

  get name(): string {
    return this.definition.name;
  }

  get output(): ReconnectOutput | undefined {
    return (this.#rare ?? NONE).output;
  }

  get restartsMs(): readonly number[] {
    return this.#makeRare().restartsMs;
  }

  set restartsMs(restartsMs: readonly number[]) {
    this.#makeRare().restartsMs = restartsMs;
  }

  /** A restart has been asked for while the link was telling of its end. */
  get isWanted(): boolean {
    return (this.#rare ?? NONE).isWanted;
  }

  set isWanted(isWanted: boolean) {
    this.#makeRare().isWanted = isWanted;
  }

  /** It can be started again. */
  get hasEnded(): boolean {
    return this.link === undefined ? this.state !== 'pending' : this.link.isFinal;
  }

  get isLeaving(): boolean {
    return (this.#rare ?? NONE).leaving !== undefined;
  }

  start(): void {
    const { isRestart } = this.#rare ?? NONE;
    const { connector, options } = this.definition;
    if (isRestart) {
      const restarts = this.restartsMs.length;
      this.#host.emit({ type: 'link.restarted', name: this.name, restarts });
    }
    let link: GroupLink;
    try {
      const made = typeof connector === 'function' ? connector() : connector;
      // That function and that listener are the user's: they may have removed it, or stopped the group.
      if (this.state !== 'pending') return;
      const again = isRestart ? { resumePoint: undefined } : undefined;
      const input = { ...this.#host.linkOptions, ...options, ...again, connector: made };
      link = new GroupLink(input as ReconnectInput, this);
    } catch (error) {
      // The same function has taken the link out: what it throws after that is no failure of a link.
      if (this.state !== 'pending') return;
      this.ended({ status: 'failed', error });
      return;
    }
    this.link = link;
    this.moved(link.state);
    link.start();
  }

  /** Its next link is a restart. */
  renew(): void {
    this.cancelRest();
    const rare = this.#makeRare();
    rare.isRestart = true;
    rare.isWanted = false;
    rare.output = undefined;
    this.moved('pending');
  }

  rest(delayMs: number, rested: (member: Member) => void): void {
    this.moved('resting');
    this.#makeRare().timer = this.#host.clock.setTimeout(() => {
      this.#makeRare().timer = undefined;
      rested(this);
    }, delayMs);
  }

  cancelRest(): void {
    const rare = this.#rare;
    if (rare?.timer === undefined) return;
    this.#host.clock.clearTimeout(rare.timer);
    rare.timer = undefined;
  }

  /** Never to be started again. */
  cancel(): void {
    this.cancelRest();
    if (this.state === 'pending' || this.state === 'resting') this.moved('stopped');
  }

  stop(reason: unknown): void {
    this.link?.hear({ type: 'stop', ...(reason !== undefined && { reason }) });
  }

  /** Settles when it has left; told by `leave`. */
  get leaving(): Promise<ReconnectOutput | undefined> {
    const rare = this.#makeRare();
    return (rare.leaving ??= new Promise((resolve) => {
      rare.left = resolve;
    }));
  }

  leave(): void {
    this.#rare?.left?.(this.output);
  }

  health(): LinkHealth {
    const output = this.output;
    return linkHealth(
      this.state,
      this.link,
      output?.status === 'failed' ? output.error : undefined,
    );
  }

  // What the link says.

  get clock(): Clock {
    return this.#host.clock;
  }

  get logger(): (...args: unknown[]) => void {
    return this.#host.logger;
  }

  get isHeard(): boolean {
    return this.#host.isHeard;
  }

  moved(state: LinkState): void {
    const from = this.state;
    if (from === state) return;
    this.state = state;
    this.#host.moved(this, from);
  }

  told(event: ReconnectEmitted): void {
    if (this.#host.hears(event.type)) this.#host.emit({ ...event, name: this.name });
  }

  ended(output: ReconnectOutput | undefined): void {
    this.link = undefined;
    // Whoever has stopped the actor itself has stopped the link.
    if (output !== undefined) this.#makeRare().output = output;
    this.moved(output?.status ?? 'stopped');
    this.#host.ended(this);
  }

  #makeRare(): Rare {
    return (this.#rare ??= new Rare());
  }
}
