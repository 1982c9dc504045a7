import { Redis } from 'ioredis';
import { connectLimiter, fixedPace } from 'schmoozer/limiter';
import { virtualClock } from 'schmoozer/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { apply } from '../../../../test/support/permits.js';
import { uniqueName } from '../../../../test/support/serviceLoop.js';
import { until } from '../../../../test/support/until.js';
import { urlOf } from '../../../../test/support/services.js';
import { discordBudget } from '../support/discordBudget.js';
import { isRedisMissing } from '../support/skipped.js';

describe.skipIf(isRedisMissing)('the recipe for Discord', () => {
  const bot = async () => {
    const client = new Redis(urlOf('Redis').href);
    onTestFinished(() => client.disconnect());
    const name = uniqueName();
    // The limiter's timers stand still; Redis has its own time.
    const clock = virtualClock();
    const limiter = connectLimiter({
      clock,
      now: clock.now,
      pace: fixedPace({ perSecond: Infinity }),
      budget: discordBudget(client, name),
    });
    const granted: string[] = [];
    const ask = (shard: number) =>
      apply(limiter, { key: String(shard % 2) }, () => void granted.push(`shard ${shard}`));
    return { client, name, ask, granted };
  };

  it('lets the first shard of each key in, and holds the second', async () => {
    const { client, name, ask, granted } = await bot();
    const applicants = [0, 1, 2, 3].map(ask);
    await until('both keys are in, and the next are reserved', async () => {
      const held = await client.get(`identify:${name}:0`);
      const [askedAtMs = 0, freeAtMs = 0] = (held ?? '').split(' ').map(Number);
      return granted.length === 2 && freeAtMs - askedAtMs > 8000;
    });
    expect(granted.toSorted()).toEqual(['shard 0', 'shard 1']);
    for (const applicant of applicants) applicant.cancel();
  });

  it('holds all keys when the day is used up', async () => {
    const { client, name, ask, granted } = await bot();
    const usedUp = Date.now() + 86_400_000 * 4.001;
    await client.set(`identify-day:${name}:all`, `${Date.now()} ${usedUp}`);
    const applicant = ask(0);
    await until('Redis was asked', async () => (await client.get(`identify:${name}:0`)) !== null);
    await until('the day was, too', async () => {
      const [, freeAtMs] = String(await client.get(`identify-day:${name}:all`)).split(' ');
      return Number(freeAtMs) > usedUp;
    });
    expect(granted).toEqual([]);
    applicant.cancel();
  });
});
