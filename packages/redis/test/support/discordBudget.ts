import type { Redis } from 'ioredis';
import { type BudgetRequest, type ConnectBudget, connectBudget } from 'schmoozer/budget';
import { redisBudgetStore } from '../../src/index.js';

/** One identify in 5 s for each key, `shard % max_concurrency`, and 1000 in any 24 hours for the whole bot. */
export function discordBudget(client: Redis, bot: string): ConnectBudget {
  const shards = redisBudgetStore({ client, perSecond: 1 / 5, keyPrefix: `identify:${bot}` });
  // 800 at once and 200 more in 24 hours: at most 1000 in any 24 hours, whenever they begin.
  const day = { perSecond: 200 / 86_400, burst: 800, keyPrefix: `identify-day:${bot}` };
  const bots = redisBudgetStore({ client, ...day });
  const store = {
    async reserve(request: BudgetRequest) {
      const slots = [shards.reserve(request), bots.reserve({ ...request, key: 'all' })];
      const delays = (await Promise.all(slots)).map(({ delayMs }) => delayMs);
      return { delayMs: Math.max(...delays) };
    },
  };
  // One permit in each reservation. A delay of up to a day is valid: by default, more than 10 minutes is an error.
  return connectBudget(store, { lease: 1, maxDelayMs: 86_400_000 });
}
