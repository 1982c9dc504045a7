import type { Clock } from '../../core/clock.js';
import type { ReconnectInput } from '../../machine/context.js';
import type { ReconnectOptions } from '../../machine/settings.js';
import type { ReconnectEmitted, ReconnectOutput } from '../../machine/vocabulary.js';
import type { GroupEmitted } from './groupEvents.js';
import { GroupLink, type LinkOwner } from './groupLink.js';
import { type LinkHealth, linkHealth, type Subject } from './healthOf.js';
import type { LinkDefinition } from './linkDefinition.js';
import type { LinkState } from './linkState.js';

/** The parts of a group that its members need. */
export interface MemberHost {
  readonly clock: Clock;
  readonly logger: (...args: unknown[]) => void;
  /** The options of every link. */
  readonly linkOptions: ReconnectOptions;
  readonly isHeard: boolean;
  hears(type: string): boolean;
  emit(event: GroupEmitted): void;
  moved(member: Member, from: LinkState): void;
  /** The member's link has ended, or could not be created. */
  ended(member: Member): void;
}

/** Fields that few members need: waits for the end, the output of a link. */
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

/** A name in a group, with its definition and its current link. */
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

  /** True if a restart was requested while the link reported its end. */
  get isWanted(): boolean {
    return (this.#rare ?? NONE).isWanted;
  }

  set isWanted(isWanted: boolean) {
    this.#makeRare().isWanted = isWanted;
  }

  /** True if the member can be started again. */
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
      // The function and the listener are user code: they may have removed the link, or stopped the group.
      if (this.state !== 'pending') return;
      const again = isRestart ? { resumePoint: undefined } : undefined;
      const input = { ...this.#host.linkOptions, ...options, ...again, connector: made };
      link = new GroupLink(input as ReconnectInput, this);
    } catch (error) {
      // The function itself has removed the link: an error after that is not a failure of a link.
      if (this.state !== 'pending') return;
      this.ended({ status: 'failed', error });
      return;
    }
    this.link = link;
    this.moved(link.state);
    link.start();
  }

  /** Marks the next link as a restart. */
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

  /** Ensures that the member is never started again. */
  cancel(): void {
    this.cancelRest();
    if (this.state === 'pending' || this.state === 'resting') this.moved('stopped');
  }

  stop(reason: unknown): void {
    this.link?.hear({ type: 'stop', ...(reason !== undefined && { reason }) });
  }

  /** Settles when the member has left, as `leave` reports. */
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

  // Reports of the link.

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
    // Without an output, the actor itself was stopped, which stops the link.
    if (output !== undefined) this.#makeRare().output = output;
    this.moved(output?.status ?? 'stopped');
    this.#host.ended(this);
  }

  #makeRare(): Rare {
    return (this.#rare ??= new Rare());
  }
}
