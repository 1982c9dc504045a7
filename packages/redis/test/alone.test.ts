import { describe, expect, it, vi } from 'vitest';

const notInstalled = (name: string) => () => {
  throw new Error(`${name} is not installed`);
};

describe('an entry', () => {
  it.each([
    ['ioredis', 'redis'],
    ['node-redis', 'ioredis'],
  ])('@schmoozer/redis/%s works without %s', async (entry, absent) => {
    vi.resetModules();
    vi.doMock(absent, notInstalled(absent));
    const { redisSubscriber, redisStream } = (await import(`../src/${entry}.ts`)) as Record<
      string,
      unknown
    >;
    expect([typeof redisSubscriber, typeof redisStream]).toEqual(['function', 'function']);
    vi.doUnmock(absent);
  });

  it('@schmoozer/redis works without both', async () => {
    vi.resetModules();
    for (const name of ['redis', 'ioredis']) vi.doMock(name, notInstalled(name));
    expect(await import('../src/index.js')).toHaveProperty('redisLock');
    for (const name of ['redis', 'ioredis']) vi.doUnmock(name);
  });
});
