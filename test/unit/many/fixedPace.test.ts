import { InvalidOptionError } from 'schmoozer';
import { connectLimiter, fixedPace, type FixedPaceOptions } from 'schmoozer/limiter';
import { virtualClock } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import { apply } from '../../support/permits.js';

/** When so many who come at once get their permits. */
async function grantsOf(options: FixedPaceOptions, count: number, ms: number): Promise<number[]> {
  const clock = virtualClock();
  const limiter = connectLimiter({
    pace: fixedPace(options),
    maxConcurrent: Infinity,
    clock,
    now: clock.now,
  });
  const grants: number[] = [];
  for (let i = 0; i < count; i++) apply(limiter, {}, () => grants.push(clock.now()));
  await clock.advance(ms);
  return grants;
}

describe('fixedPace', () => {
  it('grants one at once, and then one each time it is due', async () => {
    expect(await grantsOf({ perSecond: 2 }, 5, 2000)).toEqual([0, 500, 1000, 1500, 2000]);
    expect(await grantsOf({ perSecond: 0.2 }, 3, 10_000)).toEqual([0, 5000, 10_000]);
  });

  it('grants `burst` at once after a pause', async () => {
    expect(await grantsOf({ perSecond: 1, burst: 3 }, 5, 2000)).toEqual([0, 0, 0, 1000, 2000]);
  });

  it.each([
    [20, 1],
    [2000, 20],
  ])(
    'at %d a second grants %d at once after a pause, and then the pace',
    async (perSecond, atOnce) => {
      const clock = virtualClock();
      const limiter = connectLimiter({
        pace: fixedPace({ perSecond }),
        maxConcurrent: Infinity,
        clock,
        now: clock.now,
      });
      apply(limiter, {}, () => {});
      await clock.advance(1000);
      const grants: number[] = [];
      for (let i = 0; i < 2 * perSecond; i++) apply(limiter, {}, () => grants.push(clock.now()));
      expect(grants).toHaveLength(atOnce);
      await clock.advance(1000);
      expect(grants).toHaveLength(atOnce + perSecond);
    },
  );

  it('makes up for the whole milliseconds of its timers', async () => {
    const grants = await grantsOf({ perSecond: 3000 }, 30_000, 5000);
    expect(grants).toHaveLength(5 * 3000 + 1);
  });

  it('takes no notice of failures', async () => {
    const clock = virtualClock();
    const limiter = connectLimiter({ pace: fixedPace({ perSecond: 5 }), clock, now: clock.now });
    const grants: number[] = [];
    const outcomes = ['failed', 'overloaded', 'opened', 'failed', 'ignored'] as const;
    for (const outcome of outcomes) {
      apply(limiter, {}, ({ permit }) => {
        grants.push(clock.now());
        permit?.settle(outcome, 5000);
      });
    }
    await clock.advance(1000);
    expect(grants).toEqual([0, 200, 400, 600, 800]);
  });

  it.each<[object, string]>([
    [{}, 'perSecond'],
    [{ perSecond: 0 }, 'perSecond'],
    [{ perSecond: NaN }, 'perSecond'],
    [{ perSecond: 1, burst: 0.5 }, 'burst'],
    [{ perSecond: 1, size: 2 }, 'size'],
  ])('refuses %o', (options, option) => {
    expect(() => fixedPace(options as FixedPaceOptions)).toThrow(InvalidOptionError);
    expect(() => fixedPace(options as FixedPaceOptions)).toThrow(`\`${option}\``);
  });
});
