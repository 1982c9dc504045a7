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

/** The second argument of an assertion. */
export interface ModelTestMoment<TOutput = unknown> {
  /** The snapshot of the actor after the step. */
  readonly snapshot: ReconnectSnapshot<TOutput>;
  /** The step before the assertion; `start` before the first step. */
  readonly step: string;
  /** Time until the next attempt in milliseconds, by the virtual clock at the moment of reading; 0 outside a wait. */
  readonly remainingMs: number;
}

/**
 * The machine's options that a model test may set; `modelTest` itself sets the clock, the random numbers and the
 * logger.
 */
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

/**
 * A command that the option `commands` can limit to some states. `stop` is not one of them, because it ends every path.
 */
export type ModelTestCommand = Exclude<ReconnectCommand['type'], 'stop'>;

/** Makes one event happen in a world. */
type Provoke<TWorld> = (world: TWorld) => void | PromiseLike<void>;

/** Throws if a world does not look as expected. */
export type Assertion<TWorld, TOutput> = (
  world: TWorld,
  moment: ModelTestMoment<TOutput>,
) => void | PromiseLike<void>;

/**
 * What is tested: a connector, perhaps a user interface, a world for both, and functions that make the model's events
 * happen in that world.
 */
export interface ModelTestConfig<TWorld, TConnection, TOutput> {
  /** Creates the world of one path: a fake or real server, a DOM; `clock` is the machine's clock. */
  world(kit: { readonly clock: VirtualClock }): TWorld | PromiseLike<TWorld>;
  /** The connector under test. */
  connector(world: TWorld): Connector<TConnection, TOutput>;
  /**
   * The engine of the actor: `'xstate'` is that of `schmoozer`; `'compiled'` is that of `schmoozer/compiled`, which has
   * no `system` and no children. Default: `'xstate'`.
   */
  readonly engine?: Engine;
  /**
   * Creates and starts an app, or mounts a component, that contains the link. It cannot be used together with `attach`
   * or `engine`. Default: none, so `modelTest` starts an actor for the connector alone.
   */
  create?(
    connector: Connector<TConnection, TOutput>,
    kit: ModelTestKit<TWorld>,
  ): ModelTestApp | PromiseLike<ModelTestApp>;
  /** The states in which each command can be sent. Default: wherever it changes something. */
  readonly commands?: { readonly [C in ModelTestCommand]?: readonly ModelTestState[] };
  /** Connects the user interface to the actor, before it starts. Default: none. */
  attach?(world: TWorld, actor: ReconnectActor<TOutput>): void | PromiseLike<void>;
  /**
   * For each outcome a function `(world) => void`, also async, that makes it happen; `null` if it is impossible. With
   * the option `limiter`, `limiter.grants` grants the permit that the attempt waits for.
   */
  readonly outcomes: {
    readonly [O in ModelTestOutcome]: Provoke<TWorld> | null;
  } & {
    /** With the option `limiter`: grants the permit that the attempt waits for; `null` if no attempt has to wait. */
    readonly 'limiter.grants'?: Provoke<TWorld> | null;
  };
  /**
   * For each state a function `(world, moment) => void`, also async, that throws if the world does not look as
   * expected. `null` for `suspended` if the app never sends `suspend`, and for `closing` and `stopping` to leave the
   * check out.
   */
  readonly states: {
    readonly [S in StateName]: Assertion<TWorld, TOutput>;
  } & {
    /** `null` if the app never sends `suspend`. */
    readonly suspended: Assertion<TWorld, TOutput> | null;
  } & {
    /**
     * While the link has the tag with this name: the session has ended, or the attempt was aborted, and the end of its
     * work is awaited. `modelTest` holds the link in this state. `null`: not checked.
     */
    readonly [T in ModelTestPassing]: Assertion<TWorld, TOutput> | null;
  };
  /**
   * The number of open resources of each kind: must be 0 in `waiting`, `suspended` and `stopped`, at most 1 elsewhere.
   * Default: none.
   */
  readonly resources?: Readonly<Record<string, (world: TWorld) => number | PromiseLike<number>>>;
  /**
   * The number of things of each kind that outlive a session, such as listeners on a window. Any number is allowed, but
   * it must not grow each time the link comes back to the same state. `modelTest` itself counts timers and the link's
   * listeners. Default: none.
   */
  readonly steady?: Readonly<Record<string, (world: TWorld) => number | PromiseLike<number>>>;
  /** True if `run`, `connect` and a release may last until the grace period ends. Default: false. */
  readonly allowGrace?: boolean;
  /** For real I/O: repeats the check until the step has had its effect. Default: checks once, after a drain. */
  readonly eventually?: Eventually;
  /** The machine's options. Default: the machine's own, with a backoff of 1000 ms times the attempt's square. */
  readonly options?: ModelTestOptions;
  /** Disposes of the world, whatever the result of the path. Default: its `Symbol.asyncDispose` or `Symbol.dispose`. */
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

/** True if an event is possible in the described world. */
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
