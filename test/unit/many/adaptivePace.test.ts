import { InvalidOptionError, type PermitOutcome } from 'schmoozer';
import { adaptivePace, type AdaptivePaceOptions, connectLimiter } from 'schmoozer/limiter';
import { virtualClock } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import { apply, type Applicant } from '../../support/permits.js';

/** A limiter with a queue that never empties, whose attempts end as they are told, after `tookMs`. */
function crowd(options: AdaptivePaceOptions = {}, tookMs = 10) {
  const clock = virtualClock();
  const limiter = connectLimiter({
    pace: adaptivePace(options),
    maxConcurrent: 10_000,
    clock,
    now: clock.now,
  });
  const world = { outcome: 'opened' as PermitOutcome | 'hangs', hintMs: 0, grants: 0 };
  const granted = ({ permit }: Applicant) => {
    world.grants += 1;
    apply(limiter, {}, granted);
    const { outcome, hintMs } = world;
    if (outcome !== 'hangs') clock.setTimeout(() => permit?.settle(outcome, hintMs), tookMs);
  };
  for (let i = 0; i < 3; i++) apply(limiter, {}, granted);
  const perSecond = () => limiter.stats()[0]?.perSecond as number;
  return { clock, limiter, world, perSecond };
}

describe('adaptivePace', () => {
  it('begins with two at once and 4 a second', () => {
    const { world, perSecond } = crowd();
    expect([world.grants, perSecond()]).toEqual([2, 4]);
  });

  it('grows with each success, the faster the greater it is', async () => {
    const { clock, world, perSecond } = crowd();
    for (let i = 0; i < 20; i++) {
      const before = perSecond();
      await clock.advance(1000);
      expect(perSecond()).toBeGreaterThanOrEqual(Math.min(5000, before * 2));
      if (perSecond() === 5000) break;
    }
    expect(perSecond()).toBe(5000);
    expect(world.grants).toBeGreaterThan(1000);
  });

  it('does not grow when nobody waits', async () => {
    const clock = virtualClock();
    const limiter = connectLimiter({ clock, now: clock.now });
    for (let i = 0; i < 20; i++) {
      apply(limiter).permit?.settle('opened');
      await clock.advance(500);
    }
    expect(limiter.stats()).toMatchObject([{ perSecond: 4 }]);
  });

  it('falls to its floor of 2 a second when nothing but failures comes, and starts as fast again', async () => {
    const { clock, world, perSecond } = crowd();
    await clock.advance(4000);
    expect(perSecond()).toBeGreaterThan(100);
    world.outcome = 'failed';
    await clock.advance(15_000);
    expect(perSecond()).toBe(2);
    const { grants } = world;
    await clock.advance(10_000);
    expect(world.grants - grants).toBe(20);
    world.outcome = 'opened';
    await clock.advance(2000);
    expect(perSecond()).toBeGreaterThan(6);
  });

  it('cuts at most once a second', async () => {
    const { clock, limiter, perSecond } = crowd({ initialPerSecond: 100 });
    const fail = () => limiter.tryAcquire({ key: 'x', priority: 0, attempt: 0 })?.settle('failed');
    fail();
    fail();
    const of = () => limiter.stats().find(({ key }) => key === 'x')?.perSecond;
    expect(of()).toBe(50);
    await clock.advance(1000);
    fail();
    expect(of()).toBe(25);
    expect(perSecond()).toBeGreaterThan(100);
  });

  it('falls to what was just accepted, no lower, when some fail among successes', async () => {
    const { clock, world, perSecond } = crowd({ maxPerSecond: 40, decrease: 0.1 });
    await clock.advance(9000);
    expect(perSecond()).toBe(40);
    world.outcome = 'failed';
    await clock.advance(50);
    const low = perSecond();
    expect(low).toBeGreaterThan(36);
    expect(low).toBeLessThan(40);
    world.outcome = 'opened';
    await clock.advance(200);
    // Above the threshold it grows with care.
    expect(perSecond()).toBeGreaterThan(low);
    expect(perSecond()).toBeLessThan(low + 0.1);
  });

  it('takes an overload for the threshold at once, and does not grow until the hint is over, 30 s at most', async () => {
    const { clock, world, perSecond } = crowd({ maxPerSecond: 50 });
    await clock.advance(100);
    world.outcome = 'overloaded';
    world.hintMs = 5000;
    await clock.advance(1000);
    world.outcome = 'opened';
    const low = perSecond();
    expect(low).toBeLessThan(6);
    await clock.advance(3900);
    expect(perSecond()).toBe(low);
    await clock.advance(3000);
    expect(perSecond()).toBeGreaterThan(low);
    world.outcome = 'overloaded';
    world.hintMs = 1e9;
    await clock.advance(1500);
    world.outcome = 'opened';
    await clock.advance(500);
    const held = perSecond();
    await clock.advance(28_000);
    expect(perSecond()).toBe(held);
    await clock.advance(4000);
    expect(perSecond()).toBeGreaterThan(held);
  });

  it('starts again after 10 s without an attempt', async () => {
    const clock = virtualClock();
    const limiter = connectLimiter({ clock, now: clock.now });
    const granted = ({ permit }: Applicant) => permit?.settle('opened');
    for (let i = 0; i < 200; i++) apply(limiter, {}, granted);
    const permit = apply(limiter).permit;
    expect(permit).toBeUndefined();
    while (await clock.next());
    const [stats] = limiter.stats();
    expect(stats?.perSecond).toBeGreaterThan(50);
    const held = limiter.tryAcquire({ key: '', priority: 0, attempt: 0 });
    await clock.advance(10_000);
    expect(limiter.stats()[0]?.perSecond).toBe(stats?.perSecond);
    await clock.advance(1);
    expect(apply(limiter).permit).toBeDefined();
    expect(limiter.stats()).toMatchObject([{ perSecond: 4 }]);
    held?.settle('opened');
  });

  it('keeps to its ceiling after a pause, too: a key is not forgotten before its burst is there again', async () => {
    const clock = virtualClock();
    const slow = { initialPerSecond: 0.1, minPerSecond: 0.1, maxPerSecond: 0.1, idleResetMs: 1000 };
    const limiter = connectLimiter({ pace: adaptivePace(slow), clock, now: clock.now });
    const request = { key: '', priority: 0, attempt: 0 };
    const count = () => {
      let granted = 0;
      for (let permit = limiter.tryAcquire(request); permit; permit = limiter.tryAcquire(request)) {
        permit.settle('ignored');
        granted += 1;
      }
      return granted;
    };
    expect(count()).toBe(2);
    await clock.advance(10_000);
    expect(count()).toBe(1);
    await clock.advance(20_000);
    expect(limiter.stats()).toEqual([]);
  });

  it('keeps to a hint that is longer than the pause after which it starts again', async () => {
    const clock = virtualClock();
    const limiter = connectLimiter({ clock, now: clock.now });
    apply(limiter).permit?.settle('overloaded', 20_000);
    await clock.advance(19_999);
    apply(limiter).permit?.settle('opened');
    expect(limiter.stats()).toMatchObject([{ perSecond: 2 }]);
    await clock.advance(1);
    apply(limiter).permit?.settle('opened');
    expect(limiter.stats()).toMatchObject([{ perSecond: 4 }]);
  });

  it('stops to grow when attempts hang, before any has failed', async () => {
    const { clock, world, perSecond, limiter } = crowd({ maxPerSecond: 10_000 });
    await clock.advance(3000);
    const before = perSecond();
    world.outcome = 'hangs';
    await clock.advance(200);
    world.outcome = 'opened';
    await clock.advance(60);
    expect(perSecond()).toBeLessThan(before);
    // They hang for reasons of their own: a second later they are no news.
    await clock.advance(4000);
    expect(perSecond()).toBeGreaterThan(before * 0.45);
    expect(limiter.stats()[0]?.inFlight).toBeGreaterThan(5);
  });

  it('learns nothing from what is ignored, and a session that was not stable is a failure', () => {
    const clock = virtualClock();
    const limiter = connectLimiter({ clock, now: clock.now });
    const request = { key: '', priority: 0, attempt: 0 };
    const [a, b] = [limiter.tryAcquire(request), limiter.tryAcquire(request)];
    a?.settle('ignored');
    a?.unstable();
    expect(limiter.stats()).toMatchObject([{ perSecond: 4 }]);
    b?.settle('opened');
    b?.unstable();
    expect(limiter.stats()).toMatchObject([{ perSecond: 2 }]);
  });

  it('keeps to the hint of a session that was not stable', async () => {
    const clock = virtualClock();
    const limiter = connectLimiter({ clock, now: clock.now });
    const first = apply(limiter).permit;
    first?.settle('opened');
    first?.unstable(5000);
    for (const [afterMs, perSecond] of [
      [4999, 2],
      [1, 2.1125],
    ] as const) {
      await clock.advance(afterMs);
      apply(limiter).permit?.settle('opened');
      expect(limiter.stats()).toMatchObject([{ perSecond }]);
    }
  });

  it.each<[object, string]>([
    [{ minPerSecond: 0 }, 'minPerSecond'],
    [{ minPerSecond: Infinity }, 'minPerSecond'],
    [{ initialPerSecond: 1 }, 'initialPerSecond'],
    [{ initialPerSecond: 5001 }, 'initialPerSecond'],
    [{ initialPerSecond: Infinity, maxPerSecond: Infinity }, 'initialPerSecond'],
    [{ maxPerSecond: 1 }, 'maxPerSecond'],
    [{ burst: 0 }, 'burst'],
    [{ decrease: 1.1 }, 'decrease'],
    [{ decrease: -0.1 }, 'decrease'],
    [{ idleResetMs: 0 }, 'idleResetMs'],
    [{ initial: 3 }, 'initial'],
  ])('refuses %o', (options, option) => {
    expect(() => adaptivePace(options)).toThrow(InvalidOptionError);
    expect(() => adaptivePace(options)).toThrow(`\`${option}\``);
  });

  it('may be at its bounds', () => {
    const options = { minPerSecond: 0.1, initialPerSecond: 0.1, maxPerSecond: 0.1, decrease: 0 };
    expect(() => adaptivePace({ ...options, burst: 1, idleResetMs: 1 })).not.toThrow();
    expect(() => adaptivePace({ maxPerSecond: Infinity, decrease: 1 })).not.toThrow();
  });
});
