import {
  checkAtLeast,
  checkBoolean,
  checkFunction,
  checkNames,
  checkObject,
  checkOneOf,
  checkPositive,
  checkRange,
} from '../core/check.js';
import type { Connector } from '../core/connector.js';
import { InvalidOptionError } from '../core/errors.js';
import { checkLimiter, checkLimiterKey } from '../core/limiter.js';
import type {
  ReconnectActor,
  ReconnectActorOptions,
  ReconnectSnapshot,
} from '../machine/reconnectActor.js';
import { defaults, FAIL_FAST } from '../machine/settings.js';
import { commands, type ReconnectCommand, type StateName } from '../machine/vocabulary.js';
import type { ModelTestApp, ModelTestKit } from './app.js';
import { type Eventually, resolveEventually } from './realTime.js';
import { OUTCOMES } from './model.js';
import {
  type ModelTestEvent,
  type ModelTestOutcome,
  type ModelTestPassing,
  type ModelTestState,
  PASSING,
  STATES,
} from './userModel.js';
import type { VirtualClock } from './virtualClock.js';

/** How long a callback may take without `eventually`, in real milliseconds. */
export const CALLBACK_TIMEOUT_MS = 5000;

/** What an assertion is told besides its world. */
export interface ModelTestMoment<TOutput = unknown> {
  /** The snapshot of the actor after the step. */
  readonly snapshot: ReconnectSnapshot<TOutput>;
  /** The step after which this is; `start` before the first. */
  readonly step: string;
  /** Milliseconds until the next attempt, on the virtual clock and at the moment of asking; 0 where none is waited for. */
  readonly remainingMs: number;
}

/** The machine's options that a model test leaves open; clock, chance and logger are the kit's. */
export type ModelTestOptions = Pick<
  ReconnectActorOptions,
  | 'backoff'
  | 'connectTimeoutMs'
  | 'gracePeriodMs'
  | 'stableAfterMs'
  | 'failFast'
  | 'limiter'
  | 'limiterKey'
  | 'priority'
  | 'inspect'
>;

export type Engine = 'xstate' | 'compiled';

const ENGINES: readonly Engine[] = ['xstate', 'compiled'];

/** A command that an app need not have in every state; `stop` ends every path. */
export type ModelTestCommand = Exclude<ReconnectCommand['type'], 'stop'>;

/** Makes one thing happen in a world. */
type Provoke<TWorld> = (world: TWorld) => void | PromiseLike<void>;

/** Throws if a world does not look as it should. */
export type Assertion<TWorld, TOutput> = (
  world: TWorld,
  moment: ModelTestMoment<TOutput>,
) => void | PromiseLike<void>;

/** A connector, a user interface, and how to provoke in their world what the model says can happen. */
export interface ModelTestConfig<TWorld, TConnection, TOutput> {
  /** Makes what one path happens in: a fake or real server, a DOM; `clock` is the machine's clock. */
  world(kit: { readonly clock: VirtualClock }): TWorld | PromiseLike<TWorld>;
  /** The connector under test. */
  connector(world: TWorld): Connector<TConnection, TOutput>;
  /**
   * Whose actor the path drives: `'xstate'` that of `schmoozer`, `'compiled'` that of `schmoozer/compiled`, which has no
   * `system` and no children. Default `'xstate'`.
   */
  readonly engine?: Engine;
  /**
   * Makes and starts an app, or mounts a component, that has the link inside, in place of the kit's bare actor; with it
   * there is no `attach` and no `engine`. Default none.
   */
  create?(
    connector: Connector<TConnection, TOutput>,
    kit: ModelTestKit<TWorld>,
  ): ModelTestApp | PromiseLike<ModelTestApp>;
  /** In which states each command can come. Default: wherever it changes something. */
  readonly commands?: { readonly [C in ModelTestCommand]?: readonly ModelTestState[] };
  /** Connects the user interface to the actor, before it starts. Default none. */
  attach?(world: TWorld, actor: ReconnectActor<TOutput>): void | PromiseLike<void>;
  /** Provokes each outcome; `null` for one that cannot happen. */
  readonly outcomes: {
    readonly [O in ModelTestOutcome]: Provoke<TWorld> | null;
  } & {
    /** With the option `limiter`: grants the permit that the attempt waits for; `null` if none has to wait. */
    readonly 'limiter.grants'?: Provoke<TWorld> | null;
  };
  /** Throws if the world does not look as it should in the state. */
  readonly states: {
    readonly [S in StateName]: Assertion<TWorld, TOutput>;
  } & {
    /** `null` if nobody sends `suspend`. */
    readonly suspended: Assertion<TWorld, TOutput> | null;
  } & {
    /**
     * While the link has the tag of this name: the session is over, or the attempt is to end, and its end is waited
     * for. The kit holds the link there. `null`: not looked at.
     */
    readonly [T in ModelTestPassing]: Assertion<TWorld, TOutput> | null;
  };
  /** How many of each are open: 0 in `waiting`, `suspended` and `stopped`, at most 1 elsewhere. Default none. */
  readonly resources?: Readonly<Record<string, (world: TWorld) => number | PromiseLike<number>>>;
  /**
   * How many of each there are that outlive a session, such as listeners on a window: any number, but not one more with
   * each round through the same state. Timers and the link's listeners are counted by the kit. Default none.
   */
  readonly steady?: Readonly<Record<string, (world: TWorld) => number | PromiseLike<number>>>;
  /** Whether `run`, `connect` and a release may last until the grace period ends the wait for them. Default false. */
  readonly allowGrace?: boolean;
  /** For real I/O: looks again until the step has shown its effect. Default: looks once, after a drain. */
  readonly eventually?: Eventually;
  /** The machine's options. Default: the machine's own, with a backoff of 1000 ms times the attempt's square. */
  readonly options?: ModelTestOptions;
  /** Takes the world down, however the path went. Default: its `Symbol.asyncDispose` or `Symbol.dispose`. */
  dispose?(world: TWorld): void | PromiseLike<void>;
}

const CONFIG_NAMES: readonly (keyof ModelTestConfig<never, never, never>)[] = [
  'world',
  'connector',
  'create',
  'commands',
  'attach',
  'engine',
  'outcomes',
  'states',
  'resources',
  'steady',
  'allowGrace',
  'eventually',
  'options',
  'dispose',
];

const OPTION_NAMES: readonly (keyof ModelTestOptions)[] = [
  'backoff',
  'connectTimeoutMs',
  'gracePeriodMs',
  'stableAfterMs',
  'failFast',
  'limiter',
  'limiterKey',
  'priority',
  'inspect',
];

/** @throws InvalidOptionError that names the key that is missing, unknown or wrong */
export function checkConfig<TWorld, TConnection, TOutput>(
  config: ModelTestConfig<TWorld, TConnection, TOutput>,
): void {
  checkObject('config', config, 'an object with `world` and `connector`');
  checkNames(config, CONFIG_NAMES);
  const { outcomes, states, eventually, options = {} } = config;
  for (const name of ['world', 'connector'] as const) checkFunction(name, config[name]);
  for (const name of ['create', 'attach', 'dispose'] as const) {
    if (config[name] !== undefined) checkFunction(name, config[name]);
  }
  for (const name of ['attach', 'engine'] as const) {
    if (config.create === undefined || config[name] === undefined) continue;
    throw new InvalidOptionError(name, 'left out with `create`', config[name]);
  }
  const { commands: where = {}, allowGrace = false } = config;
  checkCommands(where);
  checkBoolean('allowGrace', allowGrace);
  checkOneOf('engine', config.engine ?? 'xstate', ENGINES);
  checkKeys('outcomes', outcomes, OUTCOMES, ['limiter.grants']);
  for (const outcome of OUTCOMES) {
    checkFunctionOrNull(`outcomes['${outcome}']`, outcomes[outcome]);
  }
  checkKeys('states', states, [...STATES, ...PASSING]);
  for (const state of [...STATES, ...PASSING]) {
    const mayBeNull = state === 'suspended' || PASSING.includes(state as ModelTestPassing);
    const check = mayBeNull ? checkFunctionOrNull : checkFunction;
    check(`states.${state}`, states[state]);
  }
  const { resources = {}, steady = {} } = config;
  for (const [name, counts] of Object.entries({ resources, steady })) {
    checkObject(name, counts);
    for (const key of Object.keys(counts)) checkFunction(`${name}.${key}`, counts[key]);
  }
  if (eventually !== undefined) {
    const { timeoutMs, intervalMs } = resolveEventually(eventually);
    checkRealTime('eventually.timeoutMs', timeoutMs);
    checkRealTime('eventually.intervalMs', intervalMs);
  }
  checkObject('options', options);
  checkNames(options, OPTION_NAMES, 'options.');
  const settings = { ...defaults, ...options };
  checkPositive('options.connectTimeoutMs', settings.connectTimeoutMs);
  checkAtLeast('options.gracePeriodMs', settings.gracePeriodMs, 0);
  checkAtLeast('options.stableAfterMs', settings.stableAfterMs, 0);
  checkOneOf('options.failFast', settings.failFast, FAIL_FAST);
  checkLimiterKey(settings.limiterKey, 'options.limiterKey');
  checkRange('options.priority', settings.priority, -Number.MAX_VALUE, Number.MAX_VALUE);
  const grants = outcomes['limiter.grants'];
  if (options.limiter !== undefined) {
    checkLimiter(options.limiter, 'options.limiter');
    checkFunctionOrNull("outcomes['limiter.grants']", grants);
  } else if (grants !== undefined && grants !== null) {
    const expected = 'left out, or null, without `options.limiter`';
    throw new InvalidOptionError("outcomes['limiter.grants']", expected, grants);
  }
}

/** Whether an event can happen in the world that was described. */
export function canHappen<TWorld, TConnection, TOutput>(
  {
    outcomes,
    states,
    options = {},
    commands: where = {},
  }: ModelTestConfig<TWorld, TConnection, TOutput>,
  event: ModelTestEvent,
  state?: ModelTestState,
): boolean {
  const comesIn = where[event as ModelTestCommand];
  if (comesIn && state !== undefined && !comesIn.includes(state)) return false;
  if (event === 'limiter.grants') return typeof outcomes[event] === 'function';
  if (event === 'suspend') return states.suspended !== null;
  if (event === 'after connectTimeout') return options.connectTimeoutMs !== Infinity;
  if (event === 'after stableAfter') return options.stableAfterMs !== Infinity;
  return !(event in outcomes) || outcomes[event as ModelTestOutcome] !== null;
}

function checkCommands(where: object): void {
  const names = commands.filter((command) => command !== 'stop');
  checkObject('commands', where);
  checkNames(where, names, 'commands.');
  for (const [name, states] of Object.entries(where)) {
    if (Array.isArray(states) && states.every((state) => STATES.includes(state))) continue;
    throw new InvalidOptionError(`commands.${name}`, `a list of ${STATES.join(', ')}`, states);
  }
}

function checkKeys(
  option: string,
  record: object,
  required: readonly string[],
  others: readonly string[] = [],
): void {
  checkObject(option, record, `an object with ${required.join(', ')}`);
  checkNames(record, [...required, ...others], `${option}.`);
}

function checkFunctionOrNull(option: string, value: unknown): void {
  if (value === null || typeof value === 'function') return;
  throw new InvalidOptionError(option, 'a function or null', value);
}

function checkRealTime(option: string, value: unknown): void {
  if (typeof value === 'number' && value > 0 && value <= 2 ** 31 - 1) return;
  throw new InvalidOptionError(option, 'a number > 0 and < 2^31', value);
}
