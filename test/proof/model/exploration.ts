import { Break, Continue, createReconnectActor, fatal, type ReconnectActor } from 'schmoozer';
import { type ScriptedCall, scriptedConnector, virtualClock } from 'schmoozer/testing';
import { commands, type RestingPath } from '../../../src/machine/vocabulary.js';
import { statePath } from '../../support/harness.js';

/** A choice of the world: what happens next. */
export interface Choice {
  readonly name: string;
  readonly happen: () => Promise<void> | void;
  /** Nothing is explored after it: it stands for a whole window of moments. */
  readonly isLast?: boolean;
}

type Call = ScriptedCall<{ readonly signal: AbortSignal }, never>;

const delayMs = 700;

/** What goes on in each place: a call of a method, the wait for one that was told to end, a delay. */
const goingOn: { readonly [P in RestingPath]: 'call' | 'drain' | 'delay' | 'nothing' } = {
  'connecting.attempting': 'call',
  'connecting.stopping': 'drain',
  'running.settling': 'call',
  'running.stable': 'call',
  'running.reconnecting': 'drain',
  'running.stopping': 'drain',
  'waiting.deciding': 'call',
  'waiting.delaying': 'delay',
  stopped: 'nothing',
};

/** One life of a real actor: what can happen to it now, and what must be true of it at all times. */
export class Life {
  readonly #script = scriptedConnector({ retryDelay: true });
  readonly #clock = virtualClock();
  readonly #actor: ReconnectActor<unknown>;
  readonly #logged: unknown[] = [];
  /** Unknown after a window: whether the outcome or the stop came first is what a window leaves open. */
  #failures: number | undefined = 0;
  #connectsAtEnd: number | undefined;
  #isStopped = false;
  #willStop = false;

  constructor() {
    this.#actor = createReconnectActor(this.#script.connector, {
      clock: this.#clock,
      now: this.#clock.now,
      logger: (error) => void this.#logged.push(error),
    });
    this.#releaseLater();
    this.#actor.start();
  }

  async settle(): Promise<void> {
    await this.#clock.drain();
  }

  /** Everything the world can do now; `ticks` adds a stop in each microtask after each outcome. */
  choices(ticks: boolean): Choice[] {
    const outcomes = this.#outcomes();
    const isActive = this.#isActive();
    const requests: Choice[] = !isActive
      ? []
      : [
          ...commands.map((type) => ({
            name: type,
            happen: () => (type === 'stop' ? this.#stop() : this.#actor.send({ type })),
          })),
          { name: 'actor.stop()', happen: () => this.#end(), isLast: true },
          { name: 'a listener will stop', happen: () => this.#stopWhenHeard() },
        ];
    const timer = { name: 'timer', happen: () => this.#timer() };
    return [
      ...outcomes,
      ...(this.#clock.pending.length > 0 ? [timer] : []),
      ...requests,
      ...(ticks && isActive ? outcomes.flatMap((outcome) => this.#windows(outcome)) : []),
    ];
  }

  /** What must be true after every step. */
  check(): string[] {
    const { status, output, context, value } = this.#actor.getSnapshot();
    const place = statePath(value) as RestingPath;
    const broken: string[] = [];
    const must = (isTrue: boolean, claim: string) => {
      if (!isTrue) broken.push(`${claim} (in ${place})`);
    };
    must(this.#script.live <= 1, 'at most one live connection');
    must(
      this.#script.connections.every(({ releases }) => releases <= 1),
      'released at most once',
    );
    must(this.#logged.length === 0, `nothing to log, not ${String(this.#logged[0])}`);
    must((status === 'done') === (output !== undefined), 'output if and only if done');
    must(
      this.#connectsAtEnd === undefined || this.#script.connects.length === this.#connectsAtEnd,
      'no connect after stop',
    );
    const wanted = this.#calls().filter(({ argument }) => !argument.signal.aborted).length;
    const timers = this.#clock.pending;
    if (!this.#isActive()) {
      must(wanted === 0 && timers.length === 0, 'no work and no timer after the end');
      must(this.#script.live === 0, 'no live connection after the end');
    } else if (goingOn[place] === 'delay') {
      must(wanted === 0 && timers.length === 1, 'exactly one timer while delaying');
      must((timers[0] ?? 0) <= delayMs && context.delayMs === delayMs, 'the delay of the policy');
    } else if (goingOn[place] === 'drain') {
      must(wanted === 0 && timers.length === 1, 'exactly the drain while draining');
    } else {
      must(goingOn[place] === 'call', 'a place in which an active machine rests');
      must(wanted === 1, 'exactly one of connect, run and retryDelay');
      must(timers.length <= 1, 'at most one timer');
    }
    if (this.#failures !== undefined) {
      must(context.attempt === this.#failures, `attempt ${this.#failures}, not ${context.attempt}`);
    }
    return broken;
  }

  /** Ends the life and lets everything come that may still come; then nothing may be left. */
  async finish(): Promise<string[]> {
    if (this.#isActive()) this.#end();
    for (const call of this.#calls()) call.resolve(Continue(0) as never);
    await this.settle();
    const leaked = this.#script.connections.filter(({ releases }) => releases !== 1);
    return [...this.check(), ...leaked.map(({ id }) => `connection ${id} released exactly once`)];
  }

  /** All that can be seen: a step that changes nothing of it leads nowhere new. */
  signature(): string {
    const calls = this.#calls().map(({ argument }) => argument.signal.aborted);
    const { context, value } = this.#actor.getSnapshot();
    const { attempt, epoch, requested } = context;
    const timers = this.#clock.pending;
    return JSON.stringify([value, attempt, epoch, requested, calls, timers, this.#willStop]);
  }

  #isActive(): boolean {
    return !this.#isStopped && this.#actor.getSnapshot().status === 'active';
  }

  #calls(): Call[] {
    const { connects, runs, retryDelays } = this.#script;
    return [...connects, ...runs, ...retryDelays].filter(({ isSettled }) => !isSettled) as Call[];
  }

  /** Every way in which every pending call can settle, wanted or late. */
  #outcomes(): Choice[] {
    const { connects, runs, retryDelays } = this.#script;
    const settle = (name: string, call: Call, ways: Record<string, () => void>): Choice[] =>
      call.isSettled
        ? []
        : Object.entries(ways)
            // Nobody listens to a late call: whether it brings something to release is all that counts.
            .filter(([way]) => !call.argument.signal.aborted || /ok|throw|retryable/.test(way))
            .map(([way, act]) => ({
              name: `${call.argument.signal.aborted ? 'late ' : ''}${name} ${way}`,
              happen: () => this.#outcome(name, way, act),
            }));
    const error = new Error('refused');
    return [
      ...connects.flatMap((call) =>
        settle('connect', call as Call, {
          ok: () => call.resolve(),
          retryable: () => call.reject(error),
          fatal: () => call.reject(fatal(error)),
        }),
      ),
      ...runs.flatMap((call) =>
        settle('run', call as Call, {
          Continue: () => call.resolve(Continue()),
          Break: () => call.resolve(Break()),
          throw: () => call.reject(error),
          fatal: () => call.reject(fatal(error)),
        }),
      ),
      ...retryDelays.flatMap((call) =>
        settle('retryDelay', call as Call, {
          ms: () => call.resolve(Continue(delayMs)),
          0: () => call.resolve(Continue(0)),
          Break: () => call.resolve(Break()),
          throw: () => call.reject(error),
        }),
      ),
    ];
  }

  #outcome(name: string, way: string, act: () => void): void {
    const place = statePath(this.#actor.getSnapshot().value);
    const isFailure =
      (place === 'connecting.attempting' && name === 'connect' && way === 'retryable') ||
      (/settling|stable/.test(place) && name === 'run' && /Continue|throw/.test(way));
    const pending = this.#calls().filter(({ argument }) => !argument.signal.aborted).length;
    act();
    // A late outcome of an earlier call, while the call that counts is still pending, is no failure.
    const left = this.#calls().filter(({ argument }) => !argument.signal.aborted).length;
    if (isFailure && left < pending) this.#fail();
  }

  async #timer(): Promise<void> {
    const place = statePath(this.#actor.getSnapshot().value);
    if (place === 'connecting.attempting') this.#fail();
    if (place === 'running.settling') this.#failures = 0;
    await this.#clock.next();
  }

  #fail(): void {
    if (this.#failures !== undefined) this.#failures += 1;
  }

  #stop(): void {
    this.#connectsAtEnd ??= this.#script.connects.length;
    // XState warns of events to an actor that is done; in the last windows it may be.
    if (this.#actor.getSnapshot().status === 'active') this.#actor.send({ type: 'stop' });
  }

  /** From within the machine's own step, where a stop has to wait for its turn. */
  #stopWhenHeard(): void {
    this.#willStop = true;
    const { unsubscribe } = this.#actor.on('*', () => {
      unsubscribe();
      this.#stop();
    });
  }

  /** A release that takes a while, so that there is a time in between. */
  #releaseLater(): void {
    const { connector } = this.#script;
    const disconnect = connector.disconnect?.bind(connector);
    connector.disconnect = async (connection) => {
      await Promise.resolve();
      await disconnect?.(connection);
    };
  }

  #end(): void {
    this.#connectsAtEnd ??= this.#script.connects.length;
    this.#isStopped = true;
    this.#actor.stop();
  }

  /** The outcome, and k microtasks later a stop, by command and by the parent. */
  #windows(outcome: Choice): Choice[] {
    return [0, 1, 2, 3, 4, 5, 6, 7].flatMap((k) =>
      (['stop', 'actor.stop()'] as const).map((end) => ({
        name: `${outcome.name}, ${end} ${k} microtasks later`,
        isLast: true,
        happen: async () => {
          void outcome.happen();
          this.#failures = undefined;
          for (let i = 0; i < k; i++) await Promise.resolve();
          if (end === 'stop') this.#stop();
          else this.#end();
        },
      })),
    );
  }
}

export interface Exploration {
  readonly lives: number;
  /** The first sequence that broke a claim, with the claims; a shortest one. */
  readonly failure?: { readonly path: readonly string[]; readonly broken: readonly string[] };
}

export interface ExplorationOptions {
  /** How many choices a life has at the most. */
  readonly depth: number;
  /** Up to which choice the windows of microtasks are tried as well. */
  readonly windowDepth: number;
  /** Go on only once from states that look the same and were reached by the same last choice. */
  readonly mergesEqual: boolean;
}

/** Lives every life, the short ones first. */
export async function explore(options: ExplorationOptions): Promise<Exploration> {
  const { depth, windowDepth, mergesEqual } = options;
  const seen = new Set<string>();
  let lives = 0;
  let frontier: number[][] = [[]];
  for (let length = 0; length <= depth; length++) {
    const longer: number[][] = [];
    for (const path of frontier) {
      lives += 1;
      const life = new Life();
      await life.settle();
      const names: string[] = [];
      let isLast = false;
      for (const index of path) {
        const choice = life.choices(names.length < windowDepth)[index] as Choice;
        const before = life.signature();
        names.push(choice.name);
        await choice.happen();
        await life.settle();
        isLast = choice.isLast === true || life.signature() === before;
      }
      const broken = life.check();
      const state = `${length} ${names.at(-1)} ${life.signature()}`;
      if (mergesEqual && seen.has(state)) isLast = true;
      seen.add(state);
      const next = isLast || length === depth ? [] : life.choices(length < windowDepth);
      longer.push(...next.map((_, index) => [...path, index]));
      broken.push(...(await life.finish()));
      if (broken.length > 0) return { lives, failure: { path: names, broken } };
    }
    frontier = longer;
  }
  return { lives };
}
