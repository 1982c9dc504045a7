import { randomUUID } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import { InvalidOptionError } from 'schmoozer/compiled';
import { expiringLock, type ExpiringLockOptions, type Lock } from 'schmoozer/exclusive';
import { connected } from './connected.js';
import { releaseLock, renewLock, takeLock } from './lockScripts.js';
import { checkObject } from './redisBudgetStore.js';

/** How a lock reaches Redis, and how long it is kept. */
export interface RedisLockOptions extends ExpiringLockOptions {
  /** Your ioredis client; it is never closed here. */
  readonly client: Redis | Cluster;
  /** Prefix of the locks' names in Redis. Default: `'schmoozer:lock'`. */
  readonly keyPrefix?: string;
}

/**
 * Locks in Redis, for `exclusive` of `schmoozer/exclusive`. A lock is a key that expires. One Lua script takes the lock
 * and determines its fencing number.
 *
 * @throws InvalidOptionError when an option is missing, unknown or out of bounds
 */
export function redisLock(options: RedisLockOptions): Lock {
  const { client, keyPrefix = 'schmoozer:lock', ...others } = checkObject(options);
  if (typeof client?.eval !== 'function') {
    throw new InvalidOptionError('client', 'a client of ioredis', client);
  }
  if (typeof keyPrefix !== 'string') {
    throw new InvalidOptionError('keyPrefix', 'a string', keyPrefix);
  }
  return expiringLock(
    {
      async claim({ name, lifeMs }) {
        await connected(client);
        // Both keys in one slot of a cluster.
        const key = `${keyPrefix}:{${name}}`;
        const claim = randomUUID();
        const ask = (script: string) => client.eval(script, 2, key, `${key}:fence`, claim, lifeMs);
        return {
          take: async () => ((await ask(takeLock)) ?? undefined) as number | undefined,
          renew: async () => (await ask(renewLock)) === 1,
          release: () => ask(releaseLock),
        };
      },
    },
    others,
  );
}
