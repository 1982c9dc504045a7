// Why: docs/decisions/0072-the-budget-in-redis.md
import type { Cluster, Redis } from 'ioredis';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { InvalidOptionError } from 'schmoozer';
import type { BudgetStore } from 'schmoozer/budget';
import { connected } from './connected.js';
import { gcra } from './gcra.js';

/** The script's name at the client: `rate-limiter-flexible` has one name for all its scripts, and yours may differ. */
const COMMAND = 'schmoozerReserve';

const PREFIX = 'schmoozer:budget';

/** The pace of a fleet, and where in Redis it is kept. */
export interface RedisBudgetStoreOptions {
  /** Your client of ioredis; it stays yours, and is never closed here. */
  readonly client: Redis | Cluster;
  /** Attempts per second of the whole fleet, for each key; bounds 0.00001 to 1 000 000. */
  readonly perSecond: number;
  /** Attempts at once after a pause. Default a tenth of `perSecond`, rounded up; bounds: an integer >= 1. */
  readonly burst?: number;
  /** What stands before the keys in Redis: it is the budget's name. Default `'schmoozer:budget'`. */
  readonly keyPrefix?: string;
}

/**
 * Where a budget is kept in Redis: one key for each `limiterKey`. In any stretch of time, `burst` permits and
 * what `perSecond` brings meanwhile are used at most. Give it to `connectBudget`, or use `redisBudget`.
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
  let connecting: Promise<void> | undefined;
  return {
    async reserve({ key, permits }) {
      connecting ??= connected(client).finally(() => (connecting = undefined));
      await connecting;
      // It runs a script only for a second or more; ours reads the duration above.
      const { msBeforeNext } = await limiter.consume(key, permits, { customDuration: 1 });
      return { delayMs: msBeforeNext };
    },
  };
}

/** The client, as far as `rate-limiter-flexible` uses it. */
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
    throw new InvalidOptionError(name, 'left out: there is no such option', value);
  }
  if (typeof client?.defineCommand !== 'function') {
    throw new InvalidOptionError('client', 'a client of ioredis', client);
  }
  // A rate below one in a day is a mistake; so is `NaN`, which is no such number either.
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

/** The options, when they are an object: they may be an address. */
export function checkObject<T>(options: T): T {
  if (typeof options === 'object' && options !== null) return options;
  throw new InvalidOptionError('options', 'an object', options, typeof options);
}

/** What comes in a tenth of a second, by default. */
export function burstOf(perSecond: number): number {
  return Math.max(1, Math.ceil(perSecond / 10));
}
