// Why: docs/decisions/0072-the-budget-in-redis.md
import type { Cluster, Redis } from 'ioredis';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { InvalidOptionError } from 'schmoozer/compiled';
import type { BudgetStore } from 'schmoozer/budget';
import { connected } from './connected.js';
import { gcra } from './gcra.js';

/**
 * The script's name at the client: `rate-limiter-flexible` uses one name for all its scripts, and your client may
 * define that.
 */
const COMMAND = 'schmoozerReserve';

const PREFIX = 'schmoozer:budget';

/** The pace of a fleet, and where in Redis it is kept. */
export interface RedisBudgetStoreOptions {
  /** Your ioredis client; it is never closed here. */
  readonly client: Redis | Cluster;
  /** Attempts per second of the whole fleet, for each key. Bounds: 0.00001 to 1 000 000. */
  readonly perSecond: number;
  /** Number of attempts at once after a pause. Default: a tenth of `perSecond`, rounded up. Bounds: an integer >= 1. */
  readonly burst?: number;
  /** Prefix of the keys in Redis, which names the budget. Default: `'schmoozer:budget'`. */
  readonly keyPrefix?: string;
}

/**
 * Stores a budget in Redis: one key for each `limiterKey`. In any period, at most `burst` permits plus `perSecond`
 * times the period are used. Pass it to `connectBudget`, or use `redisBudget`.
 *
 * @throws InvalidOptionError when an option is missing, unknown or out of bounds
 */
export function redisBudgetStore(options: RedisBudgetStoreOptions): BudgetStore {
  const { client, perSecond, burst, keyPrefix } = resolveOptions(options);
  const limiter = new RateLimiterRedis({
    storeClient: scripted(client),
    points: burst,
    duration: burst / perSecond,
    keyPrefix,
    customIncrTtlLuaScript: gcra,
    rejectIfRedisNotReady: true,
  });
  return {
    async reserve({ key, permits }) {
      await connected(client);
      // The limiter accepts only durations of at least a second; this script reads the duration above.
      const { msBeforeNext } = await limiter.consume(key, permits, { customDuration: 1 });
      return { delayMs: msBeforeNext };
    },
  };
}

/** The parts of the client that `rate-limiter-flexible` uses. */
function scripted(client: Redis | Cluster): object {
  return {
    get status() {
      return client.status;
    },
    defineCommand(_name: string, definition: { lua: string; numberOfKeys: number }) {
      client.defineCommand(COMMAND, definition);
    },
    rlflxIncr: (args: readonly string[]) =>
      (client as unknown as Record<string, (...args: unknown[]) => unknown>)[COMMAND]?.(...args),
  };
}

/** The options with their defaults. */
function resolveOptions(options: RedisBudgetStoreOptions): Required<RedisBudgetStoreOptions> {
  const {
    client,
    perSecond,
    burst = burstOf(perSecond),
    keyPrefix = PREFIX,
    ...others
  } = checkObject(options);
  for (const [name, value] of Object.entries(others)) {
    if (value === undefined) continue;
    throw new InvalidOptionError(name, 'left out: no such option', value);
  }
  if (typeof client?.defineCommand !== 'function') {
    throw new InvalidOptionError('client', 'a client of ioredis', client);
  }
  // A rate below one per day is a mistake; so is `NaN`.
  if (typeof perSecond !== 'number' || !(perSecond >= 1e-5 && perSecond <= 1e6)) {
    throw new InvalidOptionError('perSecond', 'a number from 0.00001 to 1000000', perSecond);
  }
  if (!Number.isInteger(burst) || burst < 1) {
    throw new InvalidOptionError('burst', 'an integer >= 1', burst);
  }
  if (typeof keyPrefix !== 'string') {
    throw new InvalidOptionError('keyPrefix', 'a string', keyPrefix);
  }
  return { client, perSecond, burst, keyPrefix };
}

/** Checks that the options are an object: a string may be an address with secrets. */
export function checkObject<T>(options: T): T {
  if (typeof options === 'object' && options !== null) return options;
  throw new InvalidOptionError('options', 'an object', options, typeof options);
}

/** The default burst: the permits of a tenth of a second. */
export function burstOf(perSecond: number): number {
  return Math.max(1, Math.ceil(perSecond / 10));
}
