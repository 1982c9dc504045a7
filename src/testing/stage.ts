import { ReleaseError } from '../core/errors.js';
import { statePath } from '../core/statePath.js';
import { constantBackoff } from '../policy/constantBackoff.js';
import { createReconnectActor as createCompiled } from '../compiled/createReconnectActor.js';
import { createReconnectActor, type ReconnectActor } from '../machine/reconnectActor.js';
import type { DelayName } from '../machine/delays.js';
import { defaults } from '../machine/settings.js';
import { isCommand } from '../machine/vocabulary.js';
import { isTimer, type TimerEvent } from './model.js';
import { CALLBACK_TIMEOUT_MS, type ModelTestConfig } from './modelTestConfig.js';
import { expecting } from './modelTestError.js';
import { poll, withDeadline } from './realTime.js';
import { graceTimerOf, type ModelTestEvent, type ModelTestOutcome } from './userModel.js';
import type { VirtualClock } from './virtualClock.js';

const BACKOFF_MS = 1000;
/** How long the kit listens after the end, on the virtual clock, for what was left behind. */
const AFTERMATH_MS = 10_000;

/** What one path happens on: a fresh world, and an actor whose time the kit moves. */
export class Stage<TWorld, TConnection, TOutput> {
  readonly world: TWorld;
  readonly actor: ReconnectActor<TOutput>;
  /** What listeners and releases threw: nobody else hears of it. */
  readonly errors: unknown[] = [];
  readonly clock: VirtualClock;
  readonly #config: ModelTestConfig<TWorld, TConnection, TOutput>;

  constructor(
    config: ModelTestConfig<TWorld, TConnection, TOutput>,
    world: TWorld,
    clock: VirtualClock,
  ) {
    this.#config = config;
    this.world = world;
    this.clock = clock;
    const create = config.engine === 'compiled' ? createCompiled : createReconnectActor;
    const actor = create(config.connector(world), {
      backoff: constantBackoff(BACKOFF_MS),
      ...config.options,
      clock,
      now: clock.now,
      // In the middle of every jitter.
      random: () => 0.5,
      // The machine logs nothing but what listeners and releases threw.
      logger: (error: unknown) => void this.errors.push(error),
    });
    this.actor = actor as ReconnectActor<TOutput>;
    this.actor.on('connection.closed', (event) => {
      if ('releaseError' in event) this.errors.push(new ReleaseError(event.releaseError));
    });
  }

  get #settings(): typeof defaults {
    return { ...defaults, ...this.#config.options };
  }

  /** Where the machine is, in the model's terms. */
  get place(): string {
    return statePath(this.actor.getSnapshot().value);
  }

  async start(): Promise<void> {
    await this.callback('attach', () => this.#config.attach?.(this.world, this.actor));
    this.actor.start();
    await this.clock.drain();
  }

  /** Makes an event happen, and lets the machine react. */
  async apply(event: ModelTestEvent): Promise<void> {
    if (isTimer(event)) return this.#pass(this.#durationOf(event));
    if (isCommand(event)) this.actor.send({ type: event });
    else await this.#provoke(event);
    return this.#giveIn();
  }

  /** How long a timer of the chart runs: each is an option of the same name, or the wait. */
  #durationOf(timer: TimerEvent): number {
    const { delayMs } = this.actor.getSnapshot().context;
    const times: Record<`${Exclude<DelayName, 'turn'>}Ms`, number> = {
      ...this.#settings,
      retryDelayMs: delayMs,
    };
    return times[`${timer.slice('after '.length) as Exclude<DelayName, 'turn'>}Ms`];
  }

  /** Calls back, but does not wait for ever. */
  callback<T>(name: string, call: () => T | PromiseLike<T>): Promise<T> {
    const timeoutMs = this.#config.eventually?.timeoutMs ?? CALLBACK_TIMEOUT_MS;
    return withDeadline(name, call, timeoutMs);
  }

  /** Lets what was left behind come to light: timers of a user interface, late releases. */
  listenToAftermath(): Promise<void> {
    return this.clock.advance(AFTERMATH_MS);
  }

  async #provoke(outcome: ModelTestOutcome | 'limiter.grants'): Promise<void> {
    const name = `outcomes['${outcome}']`;
    const { place } = this;
    const { eventually, outcomes } = this.#config;
    await expecting(`\`${name}\` to provoke it`, () =>
      this.callback(name, () => outcomes[outcome]?.(this.world)),
    );
    // Each leads to another place, sooner or later.
    if (eventually !== undefined) {
      await poll(() => Promise.resolve(this.place === place || undefined), eventually);
    }
  }

  /** Lets a time pass, but stops where the machine moves on: the next timer is another event. */
  async #pass(ms: number): Promise<void> {
    const { clock, place } = this;
    const untilMs = clock.now() + ms;
    let [nextMs = Infinity] = clock.pending;
    while (this.place === place && clock.now() + nextMs <= untilMs) {
      await clock.next();
      [nextMs = Infinity] = clock.pending;
    }
  }

  /** Waits for the connector to end as it was told to; if it does not, grace periods end the wait. */
  async #giveIn(): Promise<void> {
    const { eventually } = this.#config;
    await this.clock.drain();
    if (eventually !== undefined) {
      await poll(() => Promise.resolve(graceTimerOf(this.place)), eventually);
    }
    for (let timer = graceTimerOf(this.place); timer; timer = graceTimerOf(this.place)) {
      await this.#pass(this.#durationOf(timer));
    }
  }
}
