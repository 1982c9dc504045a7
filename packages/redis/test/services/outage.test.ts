import { Redis } from 'ioredis';
import { constantBackoff, Continue } from 'schmoozer';
import type { BudgetEvent } from 'schmoozer/budget';
import { createReconnectActor } from 'schmoozer/compiled';
import { connectLimiter, fixedPace } from 'schmoozer/limiter';
import { describe, expect, it, onTestFinished } from 'vitest';
import { uniqueName } from '../../../../test/support/serviceLoop.js';
import { until } from '../../../../test/support/until.js';
import { redisBudget } from '../../src/index.js';
import { type RedisServer, redisServer } from '../support/redisServer.js';
import { isServerMissing } from '../support/skipped.js';

const LINKS = 50;
const BUDGET = 10;
const BURST = 2;
const PACE = 100;

/** Links that are lost as soon as they are up, so that they always want more than the budget of 10/s and the pace of 100/s. */
async function restless() {
  const server = await redisServer();
  await server.start();
  const client = new Redis(server.port, '127.0.0.1', {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 1000,
    retryStrategy: () => 100,
  });
  client.on('error', () => {});
  const budget = redisBudget({
    client,
    perSecond: BUDGET,
    burst: BURST,
    keyPrefix: uniqueName(),
  });
  const events: BudgetEvent['type'][] = [];
  budget.on('budget.degraded', ({ type }) => void events.push(type));
  budget.on('budget.restored', ({ type }) => void events.push(type));
  const limiter = connectLimiter({ pace: fixedPace({ perSecond: PACE }), budget });
  let grants = 0;
  const connector = {
    async connect() {
      grants += 1;
      return {};
    },
    run: async () => Continue(),
  };
  const actors = Array.from({ length: LINKS }, () =>
    createReconnectActor(connector, {
      limiter,
      limiterKey: 'server',
      backoff: constantBackoff(1),
    }).start(),
  );
  onTestFinished(() => {
    for (const actor of actors) actor.stop();
    client.disconnect();
  });
  /** How many are let in, in a second, while so many of them are. */
  const rateOf = async (count: number) => {
    const [first, startMs] = [grants, performance.now()];
    await until(`${count} grants`, () => grants >= first + count);
    return ((grants - first) * 1000) / (performance.now() - startMs);
  };
  return { server, events, rateOf };
}

const outages: [string, (server: RedisServer) => unknown, (server: RedisServer) => unknown][] = [
  ['hangs', (server) => server.signal('SIGSTOP'), (server) => server.signal('SIGCONT')],
  ['is killed', (server) => server.kill(), (server) => server.start()],
];

describe.skipIf(isServerMissing)('a Redis that', () => {
  it.each(outages)(
    '%s: the local pace decides until it is back, and each change is reported once',
    async (_title, harm, mend) => {
      const { server, events, rateOf } = await restless();
      // What a second sees at most: the budget, its burst, and one lease.
      expect(await rateOf(20)).toBeLessThan(BUDGET + BURST + BURST);
      await harm(server);
      await until('the budget is degraded', () => events.length > 0);
      // Three seconds and two questions to Redis: were 250 ms lost for each connect, it would be four a second.
      expect(await rateOf(3 * PACE)).toBeGreaterThan(PACE / 2);
      expect(events).toEqual(['budget.degraded']);
      await mend(server);
      await until('the budget is restored', () => events.length > 1);
      // One lease more may be on its way.
      expect(await rateOf(20)).toBeLessThan(BUDGET + BURST + BURST);
      expect(events).toEqual(['budget.degraded', 'budget.restored']);
    },
  );
});
