import type { CompiledActor } from '../../compiled/compiledActor.js';
import { checkFunction } from '../../core/check.js';
import type { Clock } from '../../core/clock.js';
import { InvalidOptionError, ListenerError } from '../../core/errors.js';
import { guarded } from '../../core/guarded.js';
import { report } from '../../core/report.js';
import { tap } from '../../core/tap.js';
import type { ReconnectOptions } from '../../machine/settings.js';
import type { ReconnectOutput } from '../../machine/vocabulary.js';
import type { Group, SyncResult } from './group.js';
import type { GroupEmitted, GroupOutput } from './groupEvents.js';
import { GroupListeners } from './groupListeners.js';
import { type GroupOptions, resolveGroup } from './groupOptions.js';
import { GroupStoppedError } from './groupStoppedError.js';
import {
  type Health,
  type HealthOptions,
  type HealthSummary,
  listOf,
  noStates,
  summaryOf,
} from './healthOf.js';
import { checkDefinition, type ConnectorSource, type LinkDefinition } from './linkDefinition.js';
import type { LinkOptions } from './linkDefinition.js';
import type { LinkState } from './linkState.js';
import { Member, type MemberHost } from './member.js';
import { afterRestart } from './restarts.js';
import { type GroupStopOptions, resolveStop, Shutdown, stepsOf } from './shutdown.js';
import { Starts } from './starts.js';

type Result = GroupOutput extends infer O ? (O extends unknown ? Omit<O, 'late'> : never) : never;

/** The group itself, and the members that `groupLogic` needs. */
export class GroupCore implements Group, MemberHost {
  readonly linkOptions: ReconnectOptions;
  readonly clock: Clock;
  readonly logger: (...args: unknown[]) => void;
  readonly #settings: ReturnType<typeof resolveGroup>;
  readonly #members = new Map<string, Member>();
  /** Links that were removed but not yet released. */
  readonly #leaving = new Map<string, Member>();
  readonly #starts: Starts;
  readonly #listeners = new GroupListeners();
  readonly #states = noStates();
  readonly #changed: () => void;
  /** Times of restarts, for the scope `'group'`. */
  #restartsMs: readonly number[] = [];
  #nowMs = 0;
  #shutdown: Shutdown | undefined = undefined;
  #end: Promise<GroupOutput> | undefined = undefined;

  /** @param changed called synchronously when the health summary has changed */
  constructor(options: GroupOptions, changed: () => void = () => {}) {
    this.#settings = resolveGroup(options);
    this.linkOptions = this.#settings.linkOptions;
    this.clock = this.#settings.clock;
    this.logger = this.#settings.logger;
    this.#starts = new Starts(this.clock, this.#settings.staggerMs);
    this.#changed = changed;
  }

  get size(): number {
    return this.#members.size;
  }

  get names(): readonly string[] {
    return [...this.#members.keys()];
  }

  get definitions(): readonly LinkDefinition[] {
    return Array.from(this.#members.values(), ({ definition }) => definition);
  }

  add(name: string, connector: ConnectorSource, options?: LinkOptions): void {
    const definition = { name, connector, options };
    checkDefinition(definition, this.linkOptions);
    this.#checkOpen();
    if (this.#members.has(name)) {
      throw new InvalidOptionError('name', 'free in this group', name);
    }
    this.#insert(definition);
  }

  remove(name: string, reason?: unknown): Promise<ReconnectOutput | undefined> {
    const member = this.#members.get(name);
    const earlier = this.#leaving.get(name);
    if (member === undefined) return earlier?.leaving ?? Promise.resolve(undefined);
    this.#members.delete(name);
    this.#states[member.state] -= 1;
    this.#changed();
    if (member.link !== undefined) {
      this.#leaving.set(name, member);
      const { leaving } = member;
      member.stop(reason);
      return leaving;
    }
    this.#starts.delete(member);
    member.cancel();
    this.emit({ type: 'link.removed', name });
    return Promise.resolve(earlier?.leaving).then(() => member.output);
  }

  sync(definitions: Iterable<LinkDefinition>): SyncResult {
    const wanted = new Map<string, LinkDefinition>();
    for (const definition of definitions) {
      checkDefinition(definition, this.linkOptions);
      const { name } = definition;
      if (wanted.has(name)) throw new InvalidOptionError('name', 'in the list once', name);
      wanted.set(name, definition);
    }
    this.#checkOpen();
    const removed: string[] = [];
    const replaced = new Set<string>();
    for (const { name, definition } of this.#members.values()) {
      const next = wanted.get(name);
      if (next === undefined) removed.push(name);
      else if (next.version !== definition.version) replaced.add(name);
    }
    for (const name of [...removed, ...replaced]) void this.remove(name);
    const added: string[] = [];
    for (const [name, definition] of wanted) {
      if (this.#insert(definition) && !replaced.has(name)) added.push(name);
    }
    return { added, removed, replaced: [...replaced] };
  }

  get(name: string): CompiledActor | undefined {
    return this.#members.get(name)?.link as CompiledActor | undefined;
  }

  restart(name: string): boolean {
    const member = this.#members.get(name);
    if (member === undefined || !member.hasEnded || this.#isEnding) return false;
    member.restartsMs = [];
    if (member.link === undefined) this.#startAgain(member);
    else member.isWanted = true;
    return true;
  }

  health(options: HealthOptions = {}): Health {
    return { ...this.summary, links: listOf(this.#members.values(), options) };
  }

  get isOver(): boolean {
    return this.#shutdown?.isOver === true;
  }

  get summary(): HealthSummary {
    return summaryOf(this.#states);
  }

  on<TType extends GroupEmitted['type'] | '*'>(
    type: TType,
    listener: (event: GroupEmitted & (TType extends '*' ? unknown : { type: TType })) => void,
  ): { unsubscribe(): void } {
    checkFunction('listener', listener);
    return { unsubscribe: this.#listeners.add(type, guarded(listener, this.logger)) };
  }

  stop(options: GroupStopOptions = {}): Promise<GroupOutput> {
    if (this.#end !== undefined) return this.#end;
    const stop = resolveStop(options);
    const { reason } = stop;
    return this.#endInOrder({ status: 'stopped', ...(reason !== undefined && { reason }) }, stop);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** Ends everything at once without events, like an actor that is stopped. */
  halt(): void {
    this.#listeners.clear();
    if (this.#shutdown !== undefined) this.#shutdown.cut();
    else void this.#endWith({ status: 'stopped' }, (shutdown) => shutdown.cut());
  }

  // Requests of the members.

  get isHeard(): boolean {
    return !this.#listeners.isEmpty;
  }

  hears(type: string): boolean {
    return this.#listeners.hears(type);
  }

  emit(event: GroupEmitted): void {
    this.#listeners.emit(event);
  }

  moved(member: Member, from: LinkState): void {
    if (this.#members.get(member.name) !== member) return;
    this.#states[from] -= 1;
    this.#states[member.state] += 1;
    this.#changed();
  }

  ended(member: Member): void {
    const { output } = member;
    if (member.isLeaving) this.#release(member);
    else if (member.isWanted && !this.#isEnding) this.#startAgain(member);
    else if (output?.status === 'failed' && !this.#isEnding) this.#judge(member, output.error);
    this.#shutdown?.ended(member);
  }

  // Starts and ends of members.

  get #isEnding(): boolean {
    return this.#end !== undefined;
  }

  #checkOpen(): void {
    if (this.#isEnding) throw new GroupStoppedError();
  }

  /** Returns false if the name exists, or a listener has ended the group meanwhile. */
  #insert(definition: LinkDefinition): boolean {
    const { name } = definition;
    if (this.#isEnding || this.#members.has(name)) return false;
    const member = new Member(definition, this);
    this.#members.set(name, member);
    this.#states.pending += 1;
    this.#changed();
    this.emit({ type: 'link.added', name });
    this.#startWhenFree(member);
    return true;
  }

  /** Starts the member when no other link with its name exists. */
  #startWhenFree(member: Member): void {
    const isIn = this.#members.get(member.name) === member && !this.#isEnding;
    if (isIn && !this.#leaving.has(member.name)) this.#starts.add(member);
  }

  readonly #startAgain = (member: Member): void => {
    member.renew();
    this.#starts.add(member);
  };

  #release(member: Member): void {
    const { name } = member;
    this.#leaving.delete(name);
    this.emit({ type: 'link.removed', name });
    member.leave();
    const next = this.#members.get(name);
    if (next !== undefined) this.#startWhenFree(next);
  }

  /**
   * The current time. A clock that throws, or returns something that is not a time, stands still, so that restarts
   * still count.
   */
  #now(): number {
    try {
      const nowMs = this.#settings.now();
      if (Number.isFinite(nowMs)) this.#nowMs = nowMs;
    } catch (error) {
      report(this.logger, new ListenerError(error));
    }
    return this.#nowMs;
  }

  /** Restarts a failed link, unless it has failed too often. */
  #judge(member: Member, error: unknown): void {
    const { restart } = this.#settings;
    const { delayMs, scope } = restart;
    const { name } = member;
    const ofGroup = scope === 'group';
    const next = afterRestart(ofGroup ? this.#restartsMs : member.restartsMs, this.#now(), restart);
    if (next === undefined) {
      this.#tell({ type: 'link.givenUp', name, restarts: restart.intensity, error });
      if (!ofGroup || this.#isEnding) return;
      void this.#endInOrder({ status: 'failed', name, error }, resolveStop({ reason: error }));
      return;
    }
    if (ofGroup) this.#restartsMs = next;
    else member.restartsMs = next;
    member.rest(delayMs, this.#startAgain);
    this.#tell({ type: 'restart.scheduled', name, restarts: next.length, delayMs, error });
  }

  #tell(event: GroupEmitted): void {
    tap()?.told(event, this);
    this.emit(event);
  }

  #endInOrder(
    result: Result,
    { order, deadlineMs, reason }: ReturnType<typeof resolveStop>,
  ): Promise<GroupOutput> {
    return this.#endWith(result, (shutdown) => shutdown.begin(deadlineMs), order, reason);
  }

  #endWith(
    result: Result,
    begin: (shutdown: Shutdown) => void,
    order: GroupStopOptions['order'] = 'together',
    reason?: unknown,
  ): Promise<GroupOutput> {
    const steps = [...stepsOf(this.#members, order), [...this.#leaving.values()]];
    this.#end = new Promise((resolve) => {
      this.#shutdown = new Shutdown(steps, this.clock, reason, (late) => {
        const output: GroupOutput = { ...result, late };
        this.emit({ type: 'group.ended', output });
        this.#listeners.clear();
        resolve(output);
      });
    });
    this.#starts.clear();
    for (const member of this.#members.values()) member.cancel();
    begin(this.#shutdown as unknown as Shutdown);
    return this.#end;
  }
}
