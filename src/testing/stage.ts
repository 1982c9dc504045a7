import { statePath } from '../core/statePath.js';
import { ReleaseError } from '../core/errors.js';
import { Continue } from '../core/connector.js';
import { createReconnectActor as createCompiled } from '../compiled/createReconnectActor.js';
import {
  createReconnectActor,
  type ReconnectActor,
  type ReconnectSnapshot,
} from '../machine/reconnectActor.js';
import type { DelayName } from '../machine/delays.js';
import { defaults, type ReconnectOptions } from '../machine/settings.js';
import { isCommand, type ReconnectCommand } from '../machine/vocabulary.js';
import type { Backoff } from '../policy/backoff.js';
import type { ModelTestApp, ModelTestLink } from './app.js';
import { Hold } from './hold.js';
import { ListenerCount } from './listenerCount.js';
import { isTimer, type TimerEvent } from './model.js';
import { CALLBACK_TIMEOUT_MS, type ModelTestConfig } from './modelTestConfig.js';
import { expecting, MismatchError } from './modelTestError.js';
import { poll, withDeadline } from './realTime.js';
import { graceTimerOf, type ModelTestEvent, type ModelTestOutcome } from './userModel.js';
import type { VirtualClock } from './virtualClock.js';

/** Consecutive waits have different delays, so that an interface that counts down from a wrong delay is noticed. */
const backoff: Backoff = ({ attempt }) => Continue(1000 * attempt ** 2);
/** How long the kit waits after the end, on the virtual clock, for things left behind. */
const AFTERMATH_MS = 10_000;

/** The environment of one path: a new world, and a link whose time the kit controls. */
export class Stage<TWorld, TConnection, TOutput> {
  readonly world: TWorld;
  /** Errors thrown by listeners and releases, which are not reported elsewhere. */
  readonly errors: unknown[] = [];
  readonly clock: VirtualClock;
  readonly #config: ModelTestConfig<TWorld, TConnection, TOutput>;
  readonly #hold = new Hold();
  #app: ModelTestApp | undefined;
  #link: ModelTestLink | undefined;
  readonly #listeners = new ListenerCount();
  /** Number of timers that belong to neither the link nor its interface. */
  #foreignTimers: number;
  /** When the wait ends, on the virtual clock. */
  #dueMs = 0;

  constructor(
    config: ModelTestConfig<TWorld, TConnection, TOutput>,
    world: TWorld,
    clock: VirtualClock,
  ) {
    this.#config = config;
    this.world = world;
    this.clock = clock;
    this.#foreignTimers = clock.pending.length;
  }

  get #settings(): typeof defaults {
    return { ...defaults, ...this.#config.options };
  }

  get snapshot(): ReconnectSnapshot<TOutput> {
    return this.#found.getSnapshot() as ReconnectSnapshot<TOutput>;
  }

  /** The machine's state in the model's terms. */
  get place(): string {
    const { value } = this.snapshot;
    // An actor that could not be created has no state.
    return value === undefined ? '' : statePath(value);
  }

  /** Time until the next attempt in milliseconds; 0 outside a wait. */
  get remainingMs(): number {
    return this.place === 'waiting.delaying' ? Math.max(0, this.#dueMs - this.clock.now()) : 0;
  }

  /** The counts that must not grow from round to round. */
  get counts(): Readonly<Record<string, number>> {
    return {
      'timers on the clock': this.clock.pending.length,
      'listeners of the link': this.#listeners.count,
    };
  }

  /** Number of timers that remain after the end. */
  get leftTimers(): number {
    return Math.max(0, this.clock.pending.length - this.#foreignTimers);
  }

  async start(): Promise<void> {
    const { clock, world, errors } = this;
    const config = this.#config;
    const linkOptions: ReconnectOptions = {
      backoff,
      ...config.options,
      now: clock.now,
      // The middle of every jitter.
      random: () => 0.5,
    };
    const logger = (...args: unknown[]) => {
      const [error] = args as [{ name?: unknown } | undefined];
      if (error?.name === 'ListenerError' || error?.name === 'ReleaseError') errors.push(error);
    };
    const held = this.#hold.around(config.connector(world));
    const kit = { world, clock, now: clock.now, options: linkOptions, logger };
    this.#app = await (config.create === undefined
      ? this.#bare(held, { ...linkOptions, logger })
      : this.callback('create', () => config.create?.(held, kit)));
    await clock.drain();
    this.#noteWait();
  }

  /**
   * Makes an event happen, and lets the machine react. If the states that it passes through are checked, it is held
   * there.
   */
  async apply(event: ModelTestEvent, lookAtPassing?: () => Promise<void>): Promise<void> {
    const { eventually } = this.#config;
    if (lookAtPassing) this.#hold.close();
    try {
      if (isTimer(event)) await this.#pass(this.#durationOf(event));
      else if (isCommand(event)) await this.#command({ type: event });
      else await this.#provoke(event);
      await this.clock.drain();
      if (graceTimerOf(this.place)) await lookAtPassing?.();
    } finally {
      this.#hold.open();
    }
    if (lookAtPassing) await this.clock.drain();
    if (eventually !== undefined) {
      await poll(() => Promise.resolve(graceTimerOf(this.place)), eventually);
    }
    await this.#giveIn();
    this.#noteWait();
  }

  /** Stops everything that is left; only the first call has an effect. */
  async stop(): Promise<void> {
    const app = this.#app;
    this.#app = undefined;
    await this.callback('stop', () => app?.stop?.());
    await this.clock.drain();
  }

  /** Calls a user's function, and waits for it at most until the timeout. */
  callback<T>(name: string, call: () => T | PromiseLike<T>): Promise<T> {
    const timeoutMs = this.#config.eventually?.timeoutMs ?? CALLBACK_TIMEOUT_MS;
    return withDeadline(name, call, timeoutMs);
  }

  /** Gives things left behind time to appear: timers of a user interface, late releases. */
  listenToAftermath(): Promise<void> {
    return this.clock.advance(AFTERMATH_MS);
  }

  /** The current link of the app, or its last one. */
  get #found(): ModelTestLink {
    const link = this.#app?.link() ?? this.#link;
    if (link === undefined) {
      const expected = '`create` to return a `link` that finds the actor of a link';
      throw new MismatchError({ field: 'create', expected, seen: 'undefined' });
    }
    if (link !== this.#link) {
      this.#link = link;
      this.#listenTo(link);
    }
    return link;
  }

  /** The kit's own app: only the actor. */
  async #bare(
    connector: Parameters<typeof createReconnectActor>[0],
    options: Parameters<typeof createReconnectActor>[1],
  ): Promise<ModelTestApp> {
    const create = this.#config.engine === 'compiled' ? createCompiled : createReconnectActor;
    const actor = create(connector, { ...options, clock: this.clock }) as ReconnectActor<TOutput>;
    const app: ModelTestApp = {
      link: () => actor,
      stop: () => void actor.stop(),
    };
    this.#app = app;
    await this.callback('attach', () => this.#config.attach?.(this.world, actor));
    this.#foreignTimers = this.clock.pending.length;
    actor.start();
    return app;
  }

  #listenTo(link: ModelTestLink): void {
    this.#listeners.watch(link);
    link.on('connection.closed', (event) => {
      if ('releaseError' in event) this.errors.push(new ReleaseError(event.releaseError));
    });
  }

  #noteWait(): void {
    const { delayMs } = this.snapshot.context ?? {};
    this.#dueMs = this.clock.now() + (delayMs ?? 0);
  }

  /** Duration of a timer of the chart: the option of the same name, or the wait. */
  #durationOf(timer: TimerEvent): number {
    const { delayMs } = this.snapshot.context;
    const times: Record<`${Exclude<DelayName, 'turn'>}Ms`, number> = {
      ...this.#settings,
      retryDelayMs: delayMs,
    };
    return times[`${timer.slice('after '.length) as Exclude<DelayName, 'turn'>}Ms`];
  }

  async #command(command: ReconnectCommand): Promise<void> {
    await expecting('create', `\`send\` to pass \`${command.type}\` on`, () =>
      this.callback('send', () => {
        const app = this.#app as ModelTestApp;
        return app.send === undefined ? this.#found.send(command) : app.send(command);
      }),
    );
  }

  async #provoke(outcome: ModelTestOutcome | 'limiter.grants'): Promise<void> {
    const name = `outcomes['${outcome}']`;
    const { place } = this;
    const { eventually, outcomes } = this.#config;
    await expecting(name, `\`${name}\` to provoke it`, () =>
      this.callback(name, () => outcomes[outcome]?.(this.world)),
    );
    // Each event leads to another place sooner or later.
    if (eventually !== undefined) {
      await poll(() => Promise.resolve(this.place === place || undefined), eventually);
    }
  }

  /** Lets time pass, but stops where the machine moves on: the next timer is another event. */
  async #pass(ms: number): Promise<void> {
    const { clock, place } = this;
    const untilMs = clock.now() + ms;
    let [nextMs = Infinity] = clock.pending;
    while (this.place === place && clock.now() + nextMs <= untilMs) {
      await clock.next();
      [nextMs = Infinity] = clock.pending;
    }
  }

  /** Waits for the aborted connector to settle; if the grace period has to end the wait, this is a failure. */
  async #giveIn(): Promise<void> {
    for (let timer = graceTimerOf(this.place); timer; timer = graceTimerOf(this.place)) {
      const { place } = this;
      const graceMs = this.#durationOf(timer);
      const untilMs = this.clock.now() + graceMs;
      await this.#pass(graceMs);
      // A link that was stopped, or has another clock, stays forever.
      if (this.place === place) return;
      if (this.clock.now() < untilMs || this.#config.allowGrace) continue;
      const work = place.startsWith('connecting') ? 'connect' : 'run';
      throw new MismatchError({
        field: 'allowGrace',
        expected: `\`${work}\` to end when its signal is aborted, and the release too, or \`allowGrace\``,
        seen: `the grace period of ${graceMs} ms had to end ${place}`,
      });
    }
  }
}
