/** A process of a fleet: starts its links when it is told to, and reports when each of them was let in. */
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { createReconnectActor } from 'schmoozer/compiled';
import { connectLimiter, fixedPace } from 'schmoozer/limiter';
import { redisBudget } from '../../src/index.js';
import type { Orders, Report } from './messages.js';

const { url, links, ...budgetOptions } = JSON.parse(process.argv[2] as string) as Orders;
const report = (message: Report) => void process.send?.(message);

const client = new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 0 });
await once(client, 'ready');
const limiter = connectLimiter({
  pace: fixedPace({ perSecond: Infinity }),
  // The machine is busy, and Redis is there: it must not be given up.
  budget: redisBudget({ client, timeoutMs: 20_000, ...budgetOptions }),
});
report({ isReady: true });
await once(process, 'message');

const grantedAtMs: number[] = [];
const actors = Array.from({ length: links }, () =>
  createReconnectActor(
    {
      async connect() {
        grantedAtMs.push(Date.now());
        if (grantedAtMs.length === links) report({ grantedAtMs });
        return {};
      },
      run: () => new Promise<never>(() => {}),
    },
    { limiter, limiterKey: 'server' },
  ).start(),
);
await once(process, 'message');
for (const actor of actors) actor.stop();
await client.quit();
process.disconnect();
