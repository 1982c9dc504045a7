import { once } from 'node:events';
import { Redis } from 'ioredis';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { describe, expect, it, onTestFinished } from 'vitest';
import { uniqueName } from '../../../../test/support/serviceLoop.js';
import { rejection } from '../../../../test/support/loopback.js';
import { until } from '../../../../test/support/until.js';
import { urlOf } from '../../../../test/support/services.js';
import { redisBudgetStore, type RedisBudgetStoreOptions } from '../../src/index.js';
import { isRedisMissing } from '../support/skipped.js';

const { signal } = new AbortController();
const MINUTE_MS = 60_000;

function connectTo(
  options: { lazyConnect?: boolean; retryStrategy?: null } = {},
  url = urlOf('Redis').href,
): Redis {
  const client = new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 0, ...options });
  client.on('error', () => {});
  onTestFinished(() => client.disconnect());
  return client;
}

/** A budget of its own at the real Redis, one permit a minute: what a test takes is nothing beside that. */
function budget(options: Partial<RedisBudgetStoreOptions> = {}, client = connectTo()) {
  const keyPrefix = uniqueName();
  const store = redisBudgetStore({ client, perSecond: 1 / 60, keyPrefix, ...options });
  const reserve = async (permits = 1, key = 'key') =>
    (await store.reserve({ key, permits, signal })).delayMs;
  return { client, reserve, key: `${keyPrefix}:key` };
}

/** The delay in minutes, when it is at most 20 s less: that is how long a test may take to get there. */
const minutes = (delayMs: number) =>
  Math.ceil(delayMs / MINUTE_MS) * MINUTE_MS - delayMs < 20_000
    ? Math.ceil(delayMs / MINUTE_MS)
    : delayMs / MINUTE_MS;

describe.skipIf(isRedisMissing)('redisBudgetStore', () => {
  it('answers when the next slot is, one after the other', async () => {
    const { reserve } = budget();
    const delays = [await reserve(), await reserve(), await reserve()];
    expect(delays.map(minutes)).toEqual([0, 1, 2]);
  });

  it('has a burst, and a reservation waits until all of its permits may be used at once', async () => {
    const { reserve } = budget({ burst: 5 });
    const delays = [await reserve(3), await reserve(2), await reserve(3), await reserve()];
    expect(delays.map(minutes)).toEqual([0, 0, 3, 4]);
  });

  it('counts each key by itself', async () => {
    const { reserve } = budget();
    expect([await reserve(1, 'one'), await reserve(1, 'two')]).toEqual([0, 0]);
  });

  it('reserves for two clients that ask at once, and at a thousand a second, too', async () => {
    const keyPrefix = uniqueName();
    const store = () =>
      redisBudgetStore({ client: connectTo(), perSecond: 1 / 60, burst: 10, keyPrefix });
    const [one, other] = [store(), store()];
    const delays = await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        const answer = await (i % 2 ? one : other).reserve({ key: 'key', permits: 1, signal });
        return minutes(answer.delayMs);
      }),
    );
    const expected = Array.from({ length: 40 }, (_, i) => Math.max(0, i - 9));
    expect(delays.toSorted((a, b) => a - b)).toEqual(expected);

    const fast = budget({ perSecond: 1000, burst: 1 });
    const before = performance.now();
    const [first, last] = [await fast.reserve(), await fast.reserve(1000)];
    const tookMs = performance.now() - before;
    expect(first).toBe(0);
    expect(last).toBeLessThanOrEqual(1000);
    expect(last).toBeGreaterThanOrEqual(1000 - Math.ceil(tookMs));
  });

  it('leaves a key that expires when all that was reserved is over', async () => {
    const { client, reserve, key } = budget();
    await reserve(3);
    const leftMs = await client.pttl(key);
    expect(leftMs).toBeGreaterThan(2.5 * MINUTE_MS);
    expect(leftMs).toBeLessThanOrEqual(3 * MINUTE_MS + 1000);
  });

  it('follows a clock of Redis that is set back by an hour: what is reserved moves with it', async () => {
    const { client, reserve, key } = budget();
    await reserve(2);
    const anHourOn = (await client.get(key))
      ?.split(' ')
      .map((ms) => String(Number(ms) + 60 * MINUTE_MS));
    await client.set(key, (anHourOn as string[]).join(' '));
    expect(minutes(await reserve())).toBe(2);
  });

  it('takes a value that it has not written for none, and rejects at a key of another type', async () => {
    const { client, reserve, key } = budget();
    await once(client, 'ready');
    await client.set(key, 'rubbish');
    expect(await reserve()).toBe(0);
    await client.del(key);
    await client.lpush(key, 'rubbish');
    expect(await rejection(reserve())).toMatchObject({
      message: expect.stringContaining('WRONGTYPE'),
    });
    await client.del(key);
  });

  it('leaves other limiters of the same client as they are, whichever was made first', async () => {
    const client = connectTo();
    const yours = () =>
      new RateLimiterRedis({
        storeClient: client,
        points: 1,
        duration: 60,
        keyPrefix: uniqueName(),
      });
    const [before, { reserve }, after] = [yours(), budget({}, client), yours()];
    await once(client, 'ready');
    for (const limiter of [before, after]) {
      expect(await limiter.consume('key')).toMatchObject({ consumedPoints: 1 });
      expect(await rejection(limiter.consume('key'))).toMatchObject({ consumedPoints: 2 });
    }
    expect([await reserve(), await reserve()].map(minutes)).toEqual([0, 1]);
  });

  it.each([{}, { lazyConnect: true }])(
    'waits for a client that is about to connect: %o',
    async (options) => {
      const client = connectTo(options);
      const { reserve } = budget({}, client);
      expect(await reserve()).toBe(0);
      for (const event of ['ready', 'close', 'error']) {
        expect(client.listenerCount(event)).toBe(event === 'error' ? 1 : 0);
      }
    },
  );

  it('rejects at once when nothing listens, and when the client has ended', async () => {
    const { client, reserve } = budget(
      {},
      connectTo({ retryStrategy: null }, 'redis://127.0.0.1:1'),
    );
    expect(await rejection(reserve())).toMatchObject({ code: 'ECONNREFUSED' });
    await until('the client has ended', () => client.status === 'end');
    expect(await rejection(reserve())).toMatchObject({ message: 'Redis connection is not ready' });
  });
});
