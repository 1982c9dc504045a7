import {
  checkAtLeast,
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
import type { StateName } from '../machine/vocabulary.js';
import { type Eventually, resolveEventually } from './realTime.js';
import { OUTCOMES } from './model.js';
import { type ModelTestEvent, type ModelTestOutcome, STATES } from './userModel.js';
import type { VirtualClock } from './virtualClock.js';

/** How long a callback may take without `eventually`, in real milliseconds. */
export const CALLBACK_TIMEOUT_MS = 5000;

/** What an assertion is told besides its world. */
export interface ModelTestMoment<TOutput = unknown> {
  readonly snapshot: ReconnectSnapshot<TOutput>;
  /** The step after which this is; `start` before the first. */
  readonly step: string;
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
  /** Connects the user interface to the actor, before it starts. */
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
  };
  /** How many of each are open: 0 in `waiting`, `suspended` and `stopped`, at most 1 elsewhere. */
  readonly resources?: Readonly<Record<string, (world: TWorld) => number | PromiseLike<number>>>;
  /** For real I/O: looks again until the step has shown its effect. Default: looks once, after a drain. */
  readonly eventually?: Eventually;
  /** The machine's options. Default: the machine's own, with a constant backoff of 1000 ms. */
  readonly options?: ModelTestOptions;
  /** Takes the world down, however the path went. Default: its `Symbol.asyncDispose` or `Symbol.dispose`. */
  dispose?(world: TWorld): void | PromiseLike<void>;
}

const CONFIG_NAMES: readonly (keyof ModelTestConfig<never, never, never>)[] = [
  'world',
  'connector',
  'attach',
  'engine',
  'outcomes',
  'states',
  'resources',
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
  const { outcomes, states, resources = {}, eventually, options = {} } = config;
  for (const name of ['world', 'connector'] as const) checkFunction(name, config[name]);
  for (const name of ['attach', 'dispose'] as const) {
    if (config[name] !== undefined) checkFunction(name, config[name]);
  }
  checkOneOf('engine', config.engine ?? 'xstate', ENGINES);
  checkKeys('outcomes', outcomes, OUTCOMES, ['limiter.grants']);
  for (const outcome of OUTCOMES) {
    checkFunctionOrNull(`outcomes['${outcome}']`, outcomes[outcome]);
  }
  checkKeys('states', states, STATES);
  for (const state of STATES) {
    if (state === 'suspended') checkFunctionOrNull('states.suspended', states.suspended);
    else checkFunction(`states.${state}`, states[state]);
  }
  checkObject('resources', resources);
  for (const name of Object.keys(resources)) checkFunction(`resources.${name}`, resources[name]);
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
  { outcomes, states, options = {} }: ModelTestConfig<TWorld, TConnection, TOutput>,
  event: ModelTestEvent,
): boolean {
  if (event === 'limiter.grants') return typeof outcomes[event] === 'function';
  if (event === 'suspend') return states.suspended !== null;
  if (event === 'after connectTimeout') return options.connectTimeoutMs !== Infinity;
  if (event === 'after stableAfter') return options.stableAfterMs !== Infinity;
  return !(event in outcomes) || outcomes[event as ModelTestOutcome] !== null;
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
