import type { AnyConnector } from '../core/connector.js';
import type { Random } from '../policy/backoff.js';
import { arrangeEndpoints, type EndpointOrder } from './arrangeEndpoints.js';
import type { EndpointFacts } from './endpoint.js';

/** When an endpoint is ejected, in the way of Envoy's outlier detection. */
export interface Ejection {
  readonly consecutiveFailures: number;
  readonly baseMs: number;
  readonly maxMs: number;
}

export interface PoolTerms {
  readonly order: EndpointOrder;
  readonly eject: Ejection;
  readonly now: () => number;
  readonly random: Random;
  readonly onEject: (member: Member, forMs: number) => void;
}

/** An endpoint of a link, and its record. */
export interface Member extends EndpointFacts {
  readonly endpoint: unknown;
  /** Created when it is first used. */
  connector: AnyConnector | undefined;
  credit: number;
  /** Number of consecutive failures since the last good session or ejection. */
  failures: number;
  /** Number of ejections since the last good session. */
  ejections: number;
  /** The endpoint is used after all others until this time. */
  ejectedUntilMs: number;
  /** The server asked clients to stay away until this time. */
  restsUntilMs: number;
}

/** The state of a round. */
export interface RoundState {
  /** All endpoints have failed in this round, or rest. */
  readonly isOver: boolean;
  /** After a round in which all endpoints rest: the time until one may be asked again, in milliseconds. */
  readonly hintMs: number | undefined;
  /** True if every failure of the round was permanent. */
  readonly isPermanent: boolean;
}

/** The endpoints of one link, their records, and which one is next. It has no timers. */
export class EndpointPool {
  readonly #terms: PoolTerms;
  #members: readonly Member[] = [];
  /** The order of this round. */
  #round: readonly Member[] = [];
  readonly #failed = new Set<Member>();
  #isPermanent = true;
  #next: Member | undefined;
  #sticky: Member | undefined;

  constructor(terms: PoolTerms) {
    this.#terms = terms;
  }

  get members(): readonly Member[] {
    return this.#members;
  }

  /** True if some endpoints have failed in this round, and others are still to be asked. */
  get isInRound(): boolean {
    return this.#failed.size > 0;
  }

  /** Sets the current endpoints, for a new round; an endpoint that stays keeps its record. */
  update(list: readonly (EndpointFacts & { readonly endpoint: unknown })[]): void {
    const known = new Map(this.#members.map((member) => [member.id, member]));
    const members = new Map<string, Member>();
    for (const facts of list) {
      if (members.has(facts.id)) continue;
      const member = known.get(facts.id) ?? this.#newcomer(facts);
      members.set(facts.id, Object.assign(member, facts));
    }
    this.#members = [...members.values()];
    const next = this.#next;
    this.restart();
    this.#round = this.#arrange();
    // A permit may already have been requested for it.
    if (next && this.#members.includes(next)) this.#next = next;
  }

  /** Returns the endpoint of the next attempt: the same until it has failed, or its session has ended. */
  next(): Member {
    this.#next ??= this.#left()[0] ?? this.#startRound();
    return this.#next;
  }

  /** Records that the endpoint failed, or that its session ended too early. */
  fail(member: Member, isPermanent: boolean, hintMs?: number): RoundState {
    this.#failed.add(member);
    this.#isPermanent &&= isPermanent;
    this.#next = undefined;
    this.note(member);
    this.rest(member, hintMs);
    const isOver = this.#left().length === 0;
    const now = this.#terms.now();
    const rests = this.#members.map(({ restsUntilMs }) => restsUntilMs - now);
    const least = rests.reduce((a, b) => Math.min(a, b));
    const state = {
      isOver,
      hintMs: isOver && least > 0 ? least : undefined,
      isPermanent: this.#isPermanent,
    };
    if (isOver) this.restart();
    return state;
  }

  /** Records a failure that is not part of the round. */
  note(member: Member): void {
    const { eject, now, onEject } = this.#terms;
    if (this.#isEjected(member)) return;
    member.failures += 1;
    if (member.failures < eject.consecutiveFailures) return;
    if (!this.#members.some((other) => other !== member && !this.#isEjected(other))) return;
    member.failures = 0;
    member.ejections += 1;
    const forMs = Math.min(eject.baseMs * member.ejections, eject.maxMs);
    member.ejectedUntilMs = now() + forMs;
    onEject(member, forMs);
  }

  /** Its server asked clients to stay away for a while. */
  rest(member: Member, hintMs = 0): void {
    member.restsUntilMs = Math.max(member.restsUntilMs, this.#terms.now() + hintMs);
  }

  /** Records a good session. */
  praise(member: Member): void {
    this.welcome(member);
    this.#sticky = member;
    this.restart();
  }

  /** Makes the next attempt begin a new round. */
  restart(): void {
    this.#failed.clear();
    this.#isPermanent = true;
    this.#next = undefined;
    this.#round = [];
  }

  /** Clears the record of an endpoint that works. */
  welcome(member: Member): void {
    member.failures = 0;
    member.ejections = 0;
    member.ejectedUntilMs = -Infinity;
  }

  /** True if an endpoint other than this one may be asked now. */
  hasOther(member: Member): boolean {
    return this.#members.some((other) => other !== member && !this.#isResting(other));
  }

  /** Returns the endpoints that precede this one when all work, the best first. */
  betters(member: Member): Member[] {
    const isFailover = this.#terms.order === 'failover';
    const sorted = this.#members.toSorted((a, b) => a.priority - b.priority);
    const before = sorted.slice(0, Math.max(0, sorted.indexOf(member)));
    return before.filter(({ priority }) => isFailover || priority < member.priority);
  }

  /** True if the endpoint is neither ejected nor resting. */
  isUsable(member: Member): boolean {
    return !this.#isEjected(member) && !this.#isResting(member);
  }

  #newcomer(facts: EndpointFacts & { readonly endpoint: unknown }): Member {
    return {
      ...facts,
      connector: undefined,
      // A random credit, so that links that begin together do not begin with the same endpoint.
      credit: this.#terms.random() * facts.weight,
      failures: 0,
      ejections: 0,
      ejectedUntilMs: -Infinity,
      restsUntilMs: -Infinity,
    };
  }

  #startRound(): Member {
    this.restart();
    this.#round = this.#arrange();
    const rested = this.#members.toSorted((a, b) => a.restsUntilMs - b.restsUntilMs);
    // If all of them rest, uses the one whose rest ends first: the attempt may be due to a command.
    return this.#left()[0] ?? (rested[0] as Member);
  }

  /** Orders the endpoints; ejected ones come last. */
  #arrange(): Member[] {
    const { order, random } = this.#terms;
    const all = arrangeEndpoints(this.#members, order, random, this.#sticky);
    return [
      ...all.filter((member) => !this.#isEjected(member)),
      ...all.filter((member) => this.#isEjected(member)),
    ];
  }

  #left(): Member[] {
    return this.#round.filter((member) => !this.#failed.has(member) && !this.#isResting(member));
  }

  #isEjected({ ejectedUntilMs }: Member): boolean {
    return ejectedUntilMs > this.#terms.now();
  }

  #isResting({ restsUntilMs }: Member): boolean {
    return restsUntilMs > this.#terms.now();
  }
}
