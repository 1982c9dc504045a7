import { once } from 'node:events';
import { Redis } from 'ioredis';
import type { Lock, LockHold } from 'schmoozer/exclusive';
import { describe, expect, it, onTestFinished } from 'vitest';
import { rejection } from '../../../../test/support/loopback.js';
import { uniqueName } from '../../../../test/support/serviceLoop.js';
import { urlOf } from '../../../../test/support/services.js';
import { until } from '../../../../test/support/until.js';
import { redisLock, type RedisLockOptions } from '../../src/index.js';
import { isRedisMissing } from '../support/skipped.js';

function connectTo(options: { lazyConnect?: boolean; retryStrategy?: null } = {}): Redis {
  const client = new Redis(urlOf('Redis').href, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    ...options,
  });
  client.on('error', () => {});
  onTestFinished(() => client.disconnect());
  return client;
}

/** A lock of a name of its own at the real Redis, and its keys. */
function world(options: Partial<RedisLockOptions> = {}) {
  const name = uniqueName();
  const keyPrefix = 'schmoozer-test';
  const { signal } = new AbortController();
  const make = (client: Redis): Lock =>
    redisLock({ client, keyPrefix, lifeMs: 500, pollMs: 20, ...options });
  const acquire = async (client = connectTo()): Promise<LockHold> => {
    const hold = await make(client).acquire({ name, signal });
    onTestFinished(() => hold.release().then(undefined, () => {}));
    return hold;
  };
  const key = `${keyPrefix}:{${name}}`;
  onTestFinished(async () => {
    const client = new Redis(urlOf('Redis').href);
    await client.del(key, `${key}:fence`);
    await client.quit();
  });
  return { name, make, acquire, key, fenceKey: `${key}:fence` };
}

describe.skipIf(isRedisMissing)('redisLock', () => {
  it('is held by one, and by the next when that one has released it, with a greater number', async () => {
    const { acquire } = world();
    const first = await acquire();
    let isNext = false;
    const waiting = acquire().then((hold) => {
      isNext = true;
      return hold;
    });
    const other = await world().acquire();
    expect(isNext).toBe(false);
    await first.release();
    const next = await waiting;
    expect(next.fence).toBeGreaterThan(first.fence);
    expect([first.lost.aborted, next.lost.aborted, other.lost.aborted]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('outlives its life by far while it is renewed, and leaves no key when it is released', async () => {
    const { acquire, key } = world();
    const hold = await acquire();
    const client = connectTo();
    await once(client, 'ready');
    const owner = await client.get(key);
    const end = performance.now() + 1500;
    await until('three lives are over', () => performance.now() > end);
    expect(hold.lost.aborted).toBe(false);
    expect(await client.get(key)).toBe(owner);
    expect(await client.pttl(key)).toBeGreaterThan(0);
    await hold.release();
    expect(await client.get(key)).toBeNull();
  });

  it("is lost when its key is another's, and does not free that one", async () => {
    const { acquire, key } = world();
    const hold = await acquire();
    const client = connectTo();
    await once(client, 'ready');
    await client.set(key, 'somebody else', 'PX', 60_000);
    await until('it is lost', () => hold.lost.aborted);
    await hold.release();
    expect(await client.get(key)).toBe('somebody else');
    await client.del(key);
  });

  it('counts on from a time when Redis has lost its numbers, and from what it has by 1 if that is greater', async () => {
    const { acquire, fenceKey } = world();
    const client = connectTo();
    await once(client, 'ready');
    const fences: number[] = [];
    const next = async () => {
      const hold = await acquire(client);
      fences.push(hold.fence);
      await hold.release();
    };
    await next();
    await client.del(fenceKey);
    await next();
    await client.set(fenceKey, String(2 ** 52));
    await next();
    await client.set(fenceKey, 'rubbish');
    await next();
    expect(fences[1]).toBeGreaterThanOrEqual(fences[0] as number);
    expect(fences[1]).toBeLessThan(Date.now() + 60_000);
    expect(fences[2]).toBe(2 ** 52 + 1);
    expect(fences[3]).toBeLessThan(Date.now() + 60_000);
    await client.del(fenceKey);
  });

  it('rejects at a key of another type, and leaves it', async () => {
    const { acquire, fenceKey } = world();
    const client = connectTo();
    await once(client, 'ready');
    await client.lpush(fenceKey, 'rubbish');
    expect(await rejection(acquire(client))).toMatchObject({
      message: expect.stringContaining('WRONGTYPE'),
    });
    await client.del(fenceKey);
  });

  it('is not wanted any more: nothing is left', async () => {
    const { acquire, make, name, key } = world();
    const hold = await acquire();
    const client = connectTo();
    const controller = new AbortController();
    const waiting = rejection(make(client).acquire({ name, signal: controller.signal }));
    await once(client, 'ready');
    controller.abort(new Error('enough'));
    expect(await waiting).toMatchObject({ message: 'enough' });
    await hold.release();
    expect(await client.get(key)).toBeNull();
  });

  it('waits for a client that is about to connect, and rejects by one that has ended', async () => {
    const { acquire } = world();
    const client = connectTo({ lazyConnect: true, retryStrategy: null });
    const hold = await acquire(client);
    await hold.release();
    client.disconnect();
    await until('the client has ended', () => client.status === 'end');
    expect(await rejection(acquire(client))).toMatchObject({ name: 'Error' });
  });
});
