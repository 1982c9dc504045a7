import {
  checkAtLeast,
  checkFinite,
  checkFunction,
  checkInteger,
  checkNames,
  checkObject,
  checkOneOf,
  checkPositive,
} from '../core/check.js';
import type { AnyConnector } from '../core/connector.js';
import {
  checkLimiter,
  checkLimiterKey,
  type ConnectLimiter,
  type LimiterKey,
} from '../core/limiter.js';
import { Redacted } from '../core/redacted.js';
import type { Backoff, Random } from '../policy/backoff.js';
import { exponentialBackoff } from '../policy/exponentialBackoff.js';

/** Options of the machine; every quantity has its unit in its name. */
export interface ReconnectOptions {
  /** Decides the delay when the connector has no `retryDelay`. Default: `exponentialBackoff()`. */
  readonly backoff?: Backoff;
  /** Maximum duration of `connect` in milliseconds. Default: 20 000. Bounds: > 0; `Infinity` counts as 2^31-1. */
  readonly connectTimeoutMs?: number;
  /**
   * How long each of two waits may take, in milliseconds: first until `connect` or `run` settles, after a command or a
   * loss has aborted its signal; then until the connection is released. After `connectTimeoutMs` the link does not wait
   * for `connect`. Default: 5000. Bounds: >= 0; `Infinity` counts as 2^31-1.
   */
  readonly gracePeriodMs?: number;
  /** How long a session must last before `attempt` is reset to 0, in milliseconds. Default: 10 000. Bounds: >= 0. */
  readonly stableAfterMs?: number;
  /**
   * When a permanent error ends the link: `'startup'` only while the link has had no good session, `'always'`, or
   * `'never'`. Default: `'startup'`.
   */
  readonly failFast?: FailFast;
  /** Paces the attempts of this link and others. Default: none, so each attempt is made at once. */
  readonly limiter?: ConnectLimiter;
  /**
   * The limiter's queue in which attempts wait, or a function that returns it and is called before each attempt.
   * Default: the connector's `limiterKey`, or else the empty string.
   */
  readonly limiterKey?: string | (() => string);
  /** Attempts of links with a greater number leave the limiter's queue first. Default: 0. Bounds: finite. */
  readonly priority?: number;
  /** Source of random numbers for the backoff. Default: `Math.random`. */
  readonly random?: Random;
  /**
   * Monotonic clock in milliseconds, for all durations and times that the link reports, such as `downMs`. It is not the
   * clock of the timers. Default: `performance.now`.
   */
  readonly now?: () => number;
  /** Where an earlier actor stopped: see `resumeFrom`. Default: none, so `attempt` is 0 and there is no session yet. */
  readonly resumePoint?: ResumePoint;
}

/**
 * When a permanent error ends the link: only while it has had no good session, always, or never. See `failFast` of
 * `ReconnectOptions`.
 */
export type FailFast = 'startup' | 'always' | 'never';

/** Plain data to continue a link in another process. */
export interface ResumePoint {
  /** Number of failures in a row. Bounds: an integer >= 0. */
  readonly attempt: number;
  /** The number of the last session. Bounds: an integer >= 0. */
  readonly epoch: number;
}

/** The connector and the options with their defaults: everything that is fixed when the actor is created. */
export type Settings = Required<Omit<ReconnectOptions, 'limiter' | 'resumePoint'>> & {
  readonly connector: AnyConnector;
  readonly limiter: ConnectLimiter | undefined;
};

/** The options' only list of defaults. */
export const defaults: Omit<Settings, 'connector' | 'limiter'> = {
  backoff: exponentialBackoff(),
  connectTimeoutMs: 20_000,
  gracePeriodMs: 5000,
  stableAfterMs: 10_000,
  failFast: 'startup',
  limiterKey: '',
  priority: 0,
  // Only these two defaults read random numbers and time directly.
  // oxlint-disable-next-line no-restricted-properties -- the default of `input.random`
  random: Math.random,
  // oxlint-disable-next-line no-restricted-properties -- the default of `input.now`
  now: () => performance.now(),
};

export const FAIL_FAST: readonly FailFast[] = ['startup', 'always', 'never'];
/** The names of the options. */
export const optionNames: readonly string[] = [...Object.keys(defaults), 'limiter', 'resumePoint'];

/** @throws InvalidOptionError that names the option, the expected and the received value */
export function resolveSettings(
  options: ReconnectOptions & { readonly connector: AnyConnector | Redacted<AnyConnector> },
): Settings {
  checkObject('input', options, 'an object with `connector`');
  checkNames(options, ['connector', ...optionNames]);
  const { connector } = options;
  const bare = connector instanceof Redacted ? Redacted.value(connector) : connector;
  return new LinkSettings(shared(options), checkConnector(bare));
}

type SharedSettings = Omit<Settings, 'connector' | 'limiterKey'> & {
  /** Undefined uses the connector's key. */
  readonly limiterKey: LimiterKey | undefined;
};

let latest: SharedSettings | undefined;

/** The connector of one link, and the settings that it shares with other links. */
class LinkSettings implements Settings {
  readonly connector: AnyConnector;
  readonly #shared: SharedSettings;

  constructor(common: SharedSettings, connector: AnyConnector) {
    this.connector = connector;
    this.#shared = common;
  }

  get backoff(): Backoff {
    return this.#shared.backoff;
  }

  get connectTimeoutMs(): number {
    return this.#shared.connectTimeoutMs;
  }

  get gracePeriodMs(): number {
    return this.#shared.gracePeriodMs;
  }

  get stableAfterMs(): number {
    return this.#shared.stableAfterMs;
  }

  get failFast(): FailFast {
    return this.#shared.failFast;
  }

  get limiter(): ConnectLimiter | undefined {
    return this.connector.limiter ?? this.#shared.limiter;
  }

  get limiterKey(): LimiterKey {
    return this.#shared.limiterKey ?? this.connector.limiterKey ?? defaults.limiterKey;
  }

  get priority(): number {
    return this.#shared.priority;
  }

  get random(): Random {
    return this.#shared.random;
  }

  get now(): () => number {
    return this.#shared.now;
  }
}

/** Programs that create many links use the same options for all: their settings are stored once. */
function shared(options: ReconnectOptions): SharedSettings {
  const settings = resolveShared(options);
  const found = latest;
  const isSame =
    found !== undefined &&
    (Object.keys(settings) as (keyof SharedSettings)[]).every(
      (name) => settings[name] === found[name],
    );
  if (isSame) return found;
  latest = settings;
  return settings;
}

function resolveShared(options: ReconnectOptions): SharedSettings {
  const { connectTimeoutMs, gracePeriodMs, stableAfterMs, limiter } = options;
  // null means the same as undefined here, as for all options.
  const limiterKey = options.limiterKey ?? undefined;
  return {
    backoff: checkFunction('backoff', options.backoff ?? defaults.backoff),
    connectTimeoutMs: checkPositive(
      'connectTimeoutMs',
      connectTimeoutMs ?? defaults.connectTimeoutMs,
    ),
    gracePeriodMs: checkAtLeast('gracePeriodMs', gracePeriodMs ?? defaults.gracePeriodMs, 0),
    stableAfterMs: checkAtLeast('stableAfterMs', stableAfterMs ?? defaults.stableAfterMs, 0),
    failFast: checkOneOf('failFast', options.failFast ?? defaults.failFast, FAIL_FAST),
    limiter: limiter === undefined ? undefined : checkLimiter(limiter),
    limiterKey: limiterKey === undefined ? undefined : checkLimiterKey(limiterKey),
    priority: checkFinite('priority', options.priority ?? defaults.priority),
    random: checkFunction('random', options.random ?? defaults.random),
    now: checkFunction('now', options.now ?? defaults.now),
  };
}

/** @throws InvalidOptionError when a count is not an integer >= 0 */
export function checkResumePoint(resumePoint: ResumePoint | undefined): ResumePoint {
  if (resumePoint === undefined) return { attempt: 0, epoch: 0 };
  return {
    attempt: checkInteger('resumePoint.attempt', resumePoint?.attempt, 0),
    epoch: checkInteger('resumePoint.epoch', resumePoint?.epoch, 0),
  };
}

/**
 * Returns what a new actor needs to continue where an earlier one stopped: the attempt count and the session number.
 *
 * @param snapshot a snapshot or a persisted snapshot of a link; it may come out of `JSON.parse`
 * @throws InvalidOptionError when the snapshot is not one of a link
 */
export function resumeFrom(snapshot: {
  readonly context?: unknown;
  readonly status?: unknown;
}): ResumePoint {
  return checkResumePoint((snapshot.context ?? {}) as ResumePoint);
}

function checkConnector(connector: AnyConnector): AnyConnector {
  checkObject('connector', connector, 'an object with `connect` and `run`');
  for (const method of ['connect', 'run'] as const) {
    checkFunction(`connector.${method}`, connector[method]);
  }
  for (const method of ['closed', 'probe', 'retryDelay', 'isRetryable', 'disconnect'] as const) {
    if (connector[method] !== undefined) checkFunction(`connector.${method}`, connector[method]);
  }
  if (connector.limiterKey !== undefined) {
    checkLimiterKey(connector.limiterKey, 'connector.limiterKey');
  }
  if (connector.limiter !== undefined) checkLimiter(connector.limiter, 'connector.limiter');
  return connector;
}
