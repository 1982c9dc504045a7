import { InvalidOptionError } from 'schmoozer/compiled';
import { type ConnectBudget, connectBudget, type ConnectBudgetOptions } from 'schmoozer/budget';
import {
  burstOf,
  checkObject,
  redisBudgetStore,
  type RedisBudgetStoreOptions,
} from './redisBudgetStore.js';

/** The pace of a fleet, and how a process shares it by Redis. */
export interface RedisBudgetOptions extends RedisBudgetStoreOptions, ConnectBudgetOptions {
  /**
   * Maximum number of permits in one reservation; all of them may be used at the same moment. Default: 5, or `burst` if
   * that is less. Bounds: an integer from 1 to `burst`.
   */
  readonly lease?: number;
}

/**
 * A budget of connection attempts that a fleet shares in Redis: an option of `connectLimiter`. While Redis is
 * unavailable, each process uses its own pace.
 *
 * @throws InvalidOptionError when an option is missing, unknown or out of bounds
 */
export function redisBudget(options: RedisBudgetOptions): ConnectBudget {
  const {
    client,
    perSecond,
    burst = burstOf(perSecond),
    keyPrefix,
    ...others
  } = checkObject(options);
  const store = redisBudgetStore({
    client,
    perSecond,
    burst,
    ...(keyPrefix !== undefined && { keyPrefix }),
  });
  const { lease = Math.min(5, burst) } = others;
  if (lease > burst) throw new InvalidOptionError('lease', `an integer from 1 to ${burst}`, lease);
  return connectBudget(store, { ...others, lease });
}
