import {
  Break,
  constantBackoff,
  Continue,
  createReconnectActor,
  fatal,
  type ReconnectActor,
  type ReconnectCommand,
  ReleaseError,
} from 'schmoozer';
import { type ScriptedConnector, scriptedConnector, virtualClock } from 'schmoozer/testing';
import { statePath } from '../../../src/core/statePath.js';
import type { RestingPath } from '../../../src/machine/vocabulary.js';
import { abortReasons, endingAttempt, goingOn, obedience, sixTags, type Tag } from './claims.js';
import { Limits } from './limits.js';
import { type Answer, type Loss, Story } from './story.js';

/** What there is in a world besides `connect`, `run` and time: each world explores its own part deeper. */
export interface World {
  /** A `retryDelay` that answers by a promise; else every delay is the same. */
  readonly policy?: boolean;
  /** The connector has `closed`, and tells of what is still unread. */
  readonly closed?: boolean;
  readonly probe?: boolean;
  readonly limiter?: boolean;
  /** A release takes as long as the world likes; else a microtask. */
  readonly slowRelease?: boolean;
}

/** A choice of the world: what happens next. */
export interface Choice {
  readonly name: string;
  readonly happen: () => Promise<void> | void;
  /** Nothing is explored after it: it stands for a whole window of moments. */
  readonly isLast?: boolean;
}

/** Something of the user's that can settle, and the ways in which it can. */
interface Pending {
  readonly name: string;
  readonly isSettled: boolean;
  readonly ways: Readonly<Record<string, () => void>>;
}

/** A promise that the world settles. */
interface Promised {
  readonly promise: Promise<void>;
  /** The session it belongs to. */
  readonly epoch: number;
  isSettled: boolean;
  settle(error?: Error): void;
}

const DELAY_MS = 700;
const CONNECT_TIMEOUT_MS = 20_000;
const GRACE_PERIOD_MS = 5000;
/** A timer that comes as late as this has met a process that had stalled. */
const LATE_MS = 50;

const refused = new Error('refused');
const mistake = new TypeError('a mistake');

/** One life of a real actor: what can happen to it now, and what must be true of it at all times. */
export class Life {
  readonly #world: World;
  readonly #script: ScriptedConnector;
  readonly #clock = virtualClock();
  readonly #actor: ReconnectActor<unknown>;
  readonly #logged: unknown[] = [];
  readonly #story = new Story();
  readonly #limits: Limits;
  readonly #drains: Promised[] = [];
  readonly #releases: Promised[] = [];
  /** The calls of `connect` whose connections came, in the order of the connections. */
  readonly #sources: { readonly argument: { readonly signal: AbortSignal } }[] = [];
  readonly #broken: string[] = [];
  #lateMs = 0;
  #releaseErrors = 0;
  #connectsAtEnd: number | undefined;
  #isStopped = false;
  /** What the next listener does. */
  #listens: ReconnectCommand['type'] | undefined;
  /** What the last choice must have led to. */
  #mustBe: Tag | RestingPath | undefined;

  constructor(world: World) {
    this.#world = world;
    const { policy = false, closed = false, probe = false, limiter = false } = world;
    this.#script = scriptedConnector<unknown>({ retryDelay: policy, closed, probe });
    this.#wrapConnector();
    this.#limits = new Limits(this.#story, () => {
      this.#must(!this.#story.isSuspended, 'no permit is asked for while suspended');
      this.#must(this.#connectsAtEnd === undefined, 'no permit is asked for after a stop');
    });
    this.#actor = createReconnectActor(this.#script.connector, {
      clock: this.#clock,
      now: () => this.#clock.now() + this.#lateMs,
      backoff: constantBackoff(DELAY_MS),
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      gracePeriodMs: GRACE_PERIOD_MS,
      logger: (error) => void this.#logged.push(error),
      ...(limiter && { limiter: this.#limits.limiter }),
    });
    this.#actor.on('*', (event) => this.#story.hear(event));
    this.#actor.start();
  }

  async settle(): Promise<void> {
    await this.#clock.drain();
  }

  /** Lets a choice happen, with all that follows from it at once. */
  async live(choice: Choice): Promise<void> {
    this.#mustBe = undefined;
    await choice.happen();
    await this.settle();
  }

  /** Everything the world can do now; `windows` adds two things that happen within a few microtasks. */
  choices(windows: boolean): Choice[] {
    const outcomes = this.#outcomes();
    const isActive = this.#isActive();
    const commands = isActive ? this.#commands() : [];
    const timers = this.#timers([...outcomes, ...commands]);
    const limiter = isActive && this.#world.limiter ? this.#limits.choices() : [];
    const end = { name: 'actor.stop()', happen: () => this.#end(), isLast: true };
    return [
      ...outcomes,
      ...timers,
      ...limiter,
      ...commands,
      ...(isActive ? [end, ...this.#listenerChoices()] : []),
      ...(windows && isActive ? this.#windows([...outcomes, ...limiter], commands, end) : []),
    ];
  }

  choice(name: string): Choice {
    const isMeant = (choice: Choice) => choice.name === name;
    return (this.choices(false).find(isMeant) ?? this.choices(true).find(isMeant)) as Choice;
  }

  /** What must be true after every step. */
  check(): string[] {
    const snapshot = this.#actor.getSnapshot();
    const { status, output, context } = snapshot;
    const place = this.#place;
    const story = this.#story;
    const broken = [...this.#broken, ...story.broken];
    const must = (isTrue: boolean, claim: string) => {
      if (!isTrue) broken.push(`${claim} (in ${place})`);
    };
    const { connects, runs, retryDelays, connections, live } = this.#script;
    const timers = this.#clock.pending;
    const isWanted = ({ isSettled, argument }: (typeof runs)[number] | (typeof connects)[number]) =>
      !isSettled && !argument.signal.aborted;
    const wanted = [
      ...connects.filter(isWanted).map(() => 'connect'),
      ...runs.filter(isWanted).map(() => 'run'),
      ...retryDelays
        .filter(({ isSettled, argument }) => !isSettled && !argument.signal.aborted)
        .map(() => 'retryDelay'),
    ].join();

    must(
      connections.every(({ releases }) => releases <= 1),
      'released at most once',
    );
    must((status === 'done') === (output !== undefined), 'output if and only if done');
    must((status === 'done') === story.isEnded, 'link.ended if and only if done');
    must(
      this.#connectsAtEnd === undefined || connects.length === this.#connectsAtEnd,
      'no connect after stop',
    );
    must(
      this.#logged.length <= this.#releaseErrors &&
        this.#logged.every((error) => error instanceof ReleaseError),
      `nothing to log, not ${String(this.#logged[0])}`,
    );
    if (story.failures !== undefined) {
      must(context.attempt === story.failures, `attempt ${story.failures}, not ${context.attempt}`);
    }

    const { held, queued } = this.#limits;
    this.#limits.check(must);
    if (!this.#isActive()) {
      must(wanted === '' && timers.length === 0, 'no work and no timer after the end');
      must(live === 0, 'no live connection after the end');
      must(held === 0, 'no permit after the end');
      must(queued === 0, 'no request for a permit after the end');
      return broken;
    }
    const tags = sixTags.filter((tag) => snapshot.hasTag(tag));
    must(tags.length === 1, `exactly one tag, not ${tags.join()}`);
    must(snapshot.hasTag('online') !== snapshot.hasTag('offline'), 'online or offline');
    must(snapshot.hasTag('online') === story.isOnline, 'online as the events tell');
    must(snapshot.hasTag('suspended') === story.isSuspended, 'suspended as the events tell');
    must(
      (story.attempt === 'started') === /attempting|overdue/.test(place),
      'an attempt as the events tell',
    );
    must(
      (story.session !== 'none') === place.startsWith('running'),
      'a session as the events tell',
    );
    must(!(snapshot.hasTag('online') && story.facts?.first === 'lost'), 'not online after a loss');
    const isThere = ([place, ...tags] as (string | undefined)[]).includes(this.#mustBe);
    must(this.#mustBe === undefined || isThere, `${this.#mustBe} after this`);

    const isUnread = this.#drains.some(
      ({ isSettled, epoch }) => !isSettled && epoch === story.opened,
    );
    must(place !== 'running.draining' || isUnread, 'drains while something is unread');

    const [call, count] = goingOn[place];
    must(wanted === (call === 'none' ? '' : call), `${call} is wanted, not ${wanted}`);
    const isReleasing = place.startsWith('running') && runs.at(-1)?.isSettled === true;
    must(timers.length === count + (isReleasing ? 1 : 0), `${count} timers, not ${timers.length}`);
    must(live === (place.startsWith('running') && !isReleasing ? 1 : 0), 'a connection is live');
    must(queued === (place === 'connecting.queued' ? 1 : 0), 'a request while queued');
    must(held <= 1, 'at most one permit');
    must(held === 0 || /^connecting\.[^q]/.test(place), 'a permit while connecting');
    if (place === 'waiting.delaying') {
      must(context.delayMs === DELAY_MS && (timers[0] ?? 0) <= DELAY_MS, 'the delay of the policy');
    }
    const isAwaited = [connects.at(-1), ...this.#releases].some((p) => p?.isSettled === false);
    must(isAwaited || !endingAttempt.test(place), 'waits for something');
    const probing = this.#script.probes.filter(
      ({ isSettled, argument }) => !isSettled && !argument.signal.aborted,
    );
    must(probing.length <= (call === 'run' ? 1 : 0), 'one probe, while run is wanted');
    this.#checkReason(must);
    return broken;
  }

  /** Ends the life and lets everything come that may still come; then nothing may be left. */
  async finish(): Promise<string[]> {
    this.#mustBe = undefined;
    const broken: string[] = [];
    if (this.#isActive()) {
      this.#stop();
      await this.settle();
      const sinceMs = this.#clock.now();
      // In overdue a turn comes first.
      for (let i = 0; i < 4 && (await this.#clock.next()); i++);
      const tookMs = this.#clock.now() - sinceMs;
      if (tookMs > GRACE_PERIOD_MS) broken.push(`stop took ${tookMs} ms`);
      if (this.#isActive()) broken.push('stop ends the life');
    }
    const { connects, runs, closes, probes, retryDelays } = this.#script;
    for (const call of [...connects, ...closes, ...probes]) {
      if (!call.isSettled) (call as (typeof connects)[number]).resolve();
    }
    for (const call of [...runs, ...retryDelays]) if (!call.isSettled) call.resolve(Continue(0));
    this.#limits.grantLate();
    await this.settle();
    for (const pending of [...this.#drains, ...this.#releases]) pending.settle();
    await this.settle();
    broken.push(...this.check());
    for (const { id, releases } of this.#script.connections) {
      if (releases !== 1) broken.push(`connection ${id} released exactly once`);
    }
    if (this.#limits.held > 0) broken.push('every permit settled exactly once');
    return broken;
  }

  /**
   * All that matters for what can still happen. Equal signatures have equal futures, for nothing else is read:
   *
   * - Of the machine: where it is, and what its guards read of the context. Left out are numbers and errors that
   *   are only passed on (`attempt`, `epoch`, `delayMs` before, `lastError`, `downMs`): no guard compares them, the
   *   policy of this world does not either, and what is told of them has been checked by the time this is asked. Of
   *   times it is enough how far off each timer is, for the clock stands still between two of them, and how late an
   *   attempt is. After `drain` no microtask is on its way, so that nothing hides between two states.
   * - Of the world: what is pending and whether it is still wanted, from which all choices are made. Of those that
   *   nobody waits for any more there may be many of a kind: they do not know of each other, and the number
   *   counts only up to two.
   * - Of the story: what has been told, and what must follow from it.
   *
   * `explore` can be told not to trust this: see `verifies`.
   */
  signature(): string {
    const { context, status, children } = this.#actor.getSnapshot();
    const { epoch, stableEpoch, requested, endedBy, lease, downSinceMs, startedAtMs } = context;
    const place = this.#place;
    const isConnecting = place.startsWith('connecting');
    const some = (count: number) => Math.min(count, 2);
    const late = (pending: readonly { isSettled: boolean }[]) =>
      some(pending.filter(({ isSettled }) => !isSettled).length);
    const { connects, runs, retryDelays, closes, probes } = this.#script;
    const calls = [connects, runs, retryDelays].map((list) => {
      const last = list.at(-1);
      return [
        last === undefined || last.isSettled ? '-' : last.argument.signal.aborted,
        late(list.slice(0, -1)),
      ];
    });
    const isRunning = this.#story.session !== 'none';
    const current = ({ epoch: of }: Promised) => isRunning && of === epoch;
    const { facts, end, attempt, session, isSuspended, isEnded, isStable, failures } = this.#story;
    return JSON.stringify([
      place,
      status,
      this.#isStopped,
      this.#connectsAtEnd === undefined,
      Object.keys(children),
      [requested, endedBy, stableEpoch > 0, stableEpoch === epoch, downSinceMs === undefined],
      isConnecting &&
        (startedAtMs === undefined ? '-' : this.#clock.now() + this.#lateMs - startedAtMs),
      isRunning && [
        lease?.state,
        lease?.end && [lease.end.failure === undefined, lease.end.drained === undefined],
      ],
      this.#clock.pending,
      calls,
      [isRunning && closes.at(-1)?.isSettled, late(isRunning ? closes.slice(0, -1) : closes)],
      [
        probes.filter((p) => !p.isSettled && !p.argument.signal.aborted).length,
        late(probes.filter((p) => p.argument.signal.aborted)),
      ],
      [
        late(this.#drains.filter(current)),
        late(this.#drains.filter((drain) => !current(drain))),
        late(this.#releases.filter(current)),
        late(this.#releases.filter((release) => !current(release))),
      ],
      this.#limits.signature(isRunning),
      this.#listens,
      [facts, end, attempt, session, isSuspended, isEnded, isStable, failures === undefined],
    ]);
  }

  get #place(): RestingPath {
    return statePath(this.#actor.getSnapshot().value) as RestingPath;
  }

  #isActive(): boolean {
    return !this.#isStopped && this.#actor.getSnapshot().status === 'active';
  }

  /** Nothing is set up that makes more of a choice than itself. */
  get #isCalm(): boolean {
    return this.#listens === undefined && this.#limits.isCalm;
  }

  #must(isTrue: boolean, claim: string): void {
    if (!isTrue) this.#broken.push(claim);
  }

  /** The signal says that the session ends, and why; not before what had arrived is read. */
  #checkReason(must: (isTrue: boolean, claim: string) => void): void {
    const run = this.#script.runs.at(-1);
    const first = this.#story.facts?.first;
    if (this.#story.session !== 'closing' || run === undefined || run.isSettled || !first) return;
    if (this.#place === 'running.draining') return;
    const { aborted, reason } = run.argument.signal;
    must(aborted, 'the signal of run has fired');
    const { name } = (reason ?? {}) as Error;
    const { command } = this.#story.facts ?? {};
    if (first === 'lost') {
      must(name === 'ConnectionLost' || command !== undefined, `it was lost, not ${name}`);
    } else if (first !== 'settled') {
      must(name === abortReasons[first], `it was asked to ${first}, not ${name}`);
    }
  }

  /** Every way in which everything pending can settle, wanted or late. */
  #outcomes(): Choice[] {
    return this.#pending().flatMap((pending) =>
      Object.entries(pending.ways).map(([way, act]) => ({
        name: `${pending.name} ${way}`,
        // In a window it may have settled by then.
        happen: () => (pending.isSettled ? undefined : act()),
      })),
    );
  }

  #pending(): Pending[] {
    const place = this.#place;
    const { connects, runs, retryDelays } = this.#script;
    const isEnding = endingAttempt.test(place);
    const isServed = this.#story.session !== 'none';
    return [
      ...this.#calls('connect', connects, isEnding, (call, isWanted, isAwaited) => {
        const ok = () => {
          this.#sources.push(call);
          call.resolve();
        };
        const retry = () => call.reject(refused);
        if (!isWanted && !isAwaited) return { ok, throws: retry };
        return {
          ok,
          retryable: retry,
          fatal: () => call.reject(fatal(refused)),
          ...(this.#world.policy && { permanent: () => call.reject(mistake) }),
          ...(!isWanted && { 'gives in': () => call.reject(call.argument.signal.reason) }),
        };
      }),
      ...this.#calls('run', runs, isServed, (call, isWanted, isAwaited) => {
        if (!isWanted && !isAwaited) return { Continue: () => call.resolve(Continue()) };
        const answer = (way: Answer, act: () => void) => () => {
          const { facts, end } = this.#story;
          if (facts) facts.first ??= 'settled';
          end.answer ??= way;
          act();
        };
        return {
          Continue: answer('Continue', () => call.resolve(Continue())),
          Break: answer('Break', () => call.resolve(Break())),
          throw: answer('throw', () => call.reject(refused)),
          fatal: answer('fatal', () => call.reject(fatal(refused))),
          ...(this.#world.policy && {
            permanent: answer('permanent', () => call.reject(mistake)),
          }),
          ...(call.argument.signal.aborted && {
            'gives in': answer('gives in', () => call.reject(call.argument.signal.reason)),
          }),
        };
      }),
      ...this.#calls('retryDelay', retryDelays, false, (call, isWanted) => ({
        throw: () => call.reject(refused),
        ...(isWanted && {
          ms: () => call.resolve(Continue(DELAY_MS)),
          0: () => call.resolve(Continue(0)),
          Break: () => call.resolve(Break()),
        }),
      })),
      ...this.#closes(),
      ...this.#calls('probe', this.#script.probes, false, (call, isWanted) => ({
        rejects: () => {
          if (isWanted) this.#lose('an error');
          call.reject(refused);
        },
        ...(isWanted && { answers: () => call.resolve() }),
      })),
      ...this.#promised('drained', this.#drains, false),
      ...this.#promised('release', this.#releases, true),
    ];
  }

  /** The last call, and the first one that is late: others that are late are like it. */
  #calls<
    TCall extends {
      readonly argument: { readonly signal: AbortSignal };
      readonly isSettled: boolean;
    },
  >(
    name: string,
    all: readonly TCall[],
    isAwaited: boolean,
    ways: (call: TCall, isWanted: boolean, isAwaited: boolean) => Pending['ways'],
  ): Pending[] {
    const last = all.at(-1);
    const pending = all.filter((call) => !call.isSettled);
    const isLate = (call: TCall) => call.argument.signal.aborted && !(isAwaited && call === last);
    const late = pending.find(isLate);
    const timely = pending.filter((call) => !isLate(call));
    const of = (call: TCall, prefix: string) => ({
      name: `${prefix}${name}`,
      get isSettled() {
        return call.isSettled;
      },
      ways: ways(call, !call.argument.signal.aborted, isAwaited && call === last),
    });
    return [
      ...timely.map((call) => of(call, call.argument.signal.aborted ? 'aborted ' : '')),
      ...(late ? [of(late, 'late ')] : []),
    ];
  }

  #closes(): Pending[] {
    const { closes } = this.#script;
    const isServed = this.#story.session !== 'none';
    const last = isServed ? closes.at(-1) : undefined;
    const late = closes.find((call) => !call.isSettled && call !== last);
    const choices: Pending[] = [];
    if (last && !last.isSettled) {
      const lost = (loss: Loss, act: () => void) => () => {
        this.#lose(loss);
        act();
      };
      const ok = lost('nothing', () => last.resolve());
      const toBeDrained = () => {
        const drained = promised(this.#story.opened);
        this.#drains.push(drained);
        this.#mustBe = this.#isCalm ? 'running.draining' : undefined;
        last.resolve({ drained: drained.promise });
      };
      choices.push({
        name: 'lost',
        get isSettled() {
          return last.isSettled;
        },
        // When the session ends already it is a detail of that.
        ways: this.#story.isOnline
          ? {
              'in order': ok,
              'by an error': lost('an error', () => last.reject(refused)),
              'by a fatal error': lost('a fatal error', () => last.reject(fatal(refused))),
              'with something unread': lost('nothing', toBeDrained),
            }
          : { 'in order': ok },
      });
    }
    if (late) {
      choices.push({
        name: 'late lost',
        get isSettled() {
          return late.isSettled;
        },
        ways: { 'with something unread': () => late.resolve({ drained: Promise.resolve() }) },
      });
    }
    return choices;
  }

  /** The connection is gone: that ends the session, if nothing else has. */
  #lose(loss: Loss): void {
    const { facts, end, isOnline } = this.#story;
    if (!isOnline || end.answer) return;
    if (facts) facts.first ??= 'lost';
    end.loss ??= loss;
  }

  #promised(name: string, all: readonly Promised[], canThrow: boolean): Pending[] {
    const isCurrent = (p: Promised) =>
      this.#story.session !== 'none' && p.epoch === this.#story.opened;
    const pending = all.filter(({ isSettled }) => !isSettled);
    const of = (p: Promised, prefix: string) => ({
      name: prefix + name,
      get isSettled() {
        return p.isSettled;
      },
      ways: {
        settles: () => p.settle(),
        ...(canThrow && {
          throws: () => {
            this.#releaseErrors += 1;
            p.settle(new Error('not released'));
          },
        }),
      },
    });
    const late = pending.find((p) => !isCurrent(p));
    return [
      ...pending.filter(isCurrent).map((p) => of(p, '')),
      ...(late ? [of(late, 'late ')] : []),
    ];
  }

  #commands(): Choice[] {
    const types = ['stop', 'reconnect', 'suspend', 'resume'] as const;
    return [...types, ...(this.#world.probe ? (['probe'] as const) : [])].map((type) => ({
      name: type,
      happen: () => this.#command(type),
    }));
  }

  #command(type: ReconnectCommand['type']): void {
    // XState warns of events to an actor that is done; in the last windows it may be.
    if (!this.#isActive()) return;
    if (this.#isCalm) this.#mustBe = this.#led(type);
    if (type === 'stop') this.#connectsAtEnd ??= this.#script.connects.length;
    const { facts } = this.#story;
    const { command } = facts ?? {};
    const isTaken =
      type === 'stop' ||
      (command !== 'stop' && type === 'suspend') ||
      (command === undefined && type === 'reconnect') ||
      (command === 'suspend' && type === 'resume');
    if (facts && this.#story.session !== 'none' && isTaken) {
      const asked = type === 'resume' ? 'reconnect' : type;
      facts.first ??= asked;
      facts.command = asked;
    }
    this.#actor.send({ type });
  }

  /** What a command must lead to. */
  #led(type: ReconnectCommand['type']): Tag | undefined {
    const snapshot = this.#actor.getSnapshot();
    const tag = sixTags.find((one) => snapshot.hasTag(one)) as Tag;
    if (type === 'stop' && (snapshot.hasTag('queued') || /waiting|suspended/.test(tag))) {
      return undefined;
    }
    if (type === 'resume' && this.#place === 'connecting.suspending') return 'connecting';
    const key = snapshot.hasTag('queued') ? 'queued' : tag;
    return obedience[type][key] ?? tag;
  }

  #stop(): void {
    this.#command('stop');
  }

  #end(): void {
    this.#connectsAtEnd ??= this.#script.connects.length;
    this.#isStopped = true;
    this.#actor.stop();
  }

  /** From within the machine's own step, where a command has to wait for its turn. */
  #listenerChoices(): Choice[] {
    if (this.#listens !== undefined) return [];
    return (['stop', 'reconnect', 'suspend'] as const).map((type) => ({
      name: `a listener will ${type}`,
      happen: () => {
        this.#listens = type;
        const { unsubscribe } = this.#actor.on('*', () => {
          unsubscribe();
          this.#listens = undefined;
          this.#mustBe = undefined;
          // The machine has taken its step, and tells of it one by one.
          this.#story.blur();
          this.#command(type);
          this.#mustBe = undefined;
        });
      },
    }));
  }

  #timers(others: readonly Choice[]): Choice[] {
    if (this.#clock.pending.length === 0) return [];
    const place = this.#place;
    const timer = {
      name: 'timer',
      happen: async () => void (await this.#clock.next()),
    };
    if (place === 'connecting.attempting') {
      const late = async () => {
        this.#lateMs += LATE_MS;
        await this.#clock.next();
        this.#mustBe = 'connecting.overdue';
      };
      return [timer, { name: 'late timer', happen: late }];
    }
    if (place !== 'connecting.overdue') return [timer];
    // Between the timer that asks for a turn of the event loop and that turn.
    const inTurn = others.map(({ name, happen }) => ({
      name: `timer, ${name} before the turn`,
      happen: async () => {
        const mustOpen = name === 'connect ok' && this.#isCalm;
        const next = this.#clock.next();
        setImmediate(() => void happen());
        await next;
        this.#mustBe = mustOpen ? 'online' : undefined;
      },
    }));
    return [timer, ...inTurn];
  }

  #wrapConnector(): void {
    const { connector } = this.#script;
    const connect = connector.connect.bind(connector);
    const run = connector.run.bind(connector);
    const disconnect = connector.disconnect?.bind(connector);
    connector.connect = (context) => {
      this.#must(!this.#story.isSuspended, 'no attempt while suspended');
      this.#must(!context.signal.aborted, 'no attempt that is not wanted');
      return connect(context);
    };
    connector.run = (connection, context) => {
      const source = this.#sources[connection.id - 1];
      this.#must(source?.argument.signal.aborted === false, 'nothing is run that came too late');
      this.#must(connection.releases === 0, 'nothing is run that was released');
      return run(connection, context);
    };
    connector.disconnect = async (connection) => {
      if (!this.#world.slowRelease) {
        // A release that takes a while, so that there is a time in between.
        await Promise.resolve();
        return disconnect?.(connection);
      }
      void disconnect?.(connection);
      const release = promised(this.#story.opened);
      this.#releases.push(release);
      return release.promise;
    };
  }

  /** An outcome, and k microtasks later something else. */
  #windows(outcomes: readonly Choice[], commands: readonly Choice[], end: Choice): Choice[] {
    const window = (first: Choice, second: Choice, k: number): Choice => ({
      name: `${first.name}, ${second.name} ${k} microtasks later`,
      isLast: true,
      happen: async () => {
        // Which of the two comes first is what a window leaves open.
        this.#story.blur();
        void first.happen();
        for (let i = 0; i < k; i++) await Promise.resolve();
        this.#story.blur();
        void second.happen();
        this.#mustBe = undefined;
      },
    });
    const [stop, ...others] = commands as [Choice, ...Choice[]];
    const wanted = outcomes.filter(({ name }) => !name.startsWith('late'));
    return wanted.flatMap((first) => [
      ...[0, 1, 2, 3, 4, 5, 6, 7].flatMap((k) => [window(first, stop, k), window(first, end, k)]),
      ...[0, 1, 2, 3].flatMap((k) =>
        [...others, ...wanted]
          .filter((second) => second !== first)
          .map((second) => window(first, second, k)),
      ),
    ]);
  }
}

function promised(epoch: number): Promised {
  let settle = (_error?: Error) => {};
  const promise = new Promise<void>((resolve, reject) => {
    settle = (error) => (error ? reject(error) : resolve());
  });
  return {
    promise,
    epoch,
    isSettled: false,
    settle(error) {
      this.isSettled = true;
      settle(error);
    },
  };
}
