import { virtualClock } from 'schmoozer/testing';
import { describe, expect, it, vi } from 'vitest';
import { collectGarbage } from '../../support/collectGarbage.js';

describe('virtualClock', () => {
  it('stands still until it is moved', async () => {
    const clock = virtualClock();
    const fired = vi.fn();
    clock.setTimeout(fired, 5);
    await clock.advance(4);
    expect(fired).not.toHaveBeenCalled();
    expect(clock.now()).toBe(4);
    expect(clock.pending).toEqual([1]);
    await clock.advance(1);
    expect(fired).toHaveBeenCalledTimes(1);
    expect(clock.pending).toEqual([]);
  });

  it('fires by due time, then by creation, and lets promises run after each', async () => {
    const clock = virtualClock();
    const order: string[] = [];
    const at = (name: string, ms: number) =>
      clock.setTimeout(() => {
        order.push(name);
        void Promise.resolve().then(() => order.push(`after ${name}`));
      }, ms);
    at('b', 2);
    at('a', 1);
    at('c', 2);
    await clock.advance(2);
    expect(order).toEqual(['a', 'after a', 'b', 'after b', 'c', 'after c']);
  });

  it('fires timers that a fired timer sets, ten of them in 1000 ms', async () => {
    const clock = virtualClock();
    let fired = 0;
    const again = () =>
      clock.setTimeout(() => {
        fired += 1;
        void Promise.resolve().then(again);
      }, 100);
    again();
    await clock.advance(1000);
    expect(fired).toBe(10);
  });

  it('next() moves to the next timer, and says whether there was one', async () => {
    const clock = virtualClock();
    const cleared = clock.setTimeout(() => {}, 1);
    clock.setTimeout(() => {}, 7);
    clock.clearTimeout(cleared);
    expect(await clock.next()).toBe(true);
    expect(clock.now()).toBe(7);
    expect(await clock.next()).toBe(false);
  });

  it('lets promises run before it looks for a timer: they may set one', async () => {
    const clock = virtualClock();
    const fired = vi.fn();
    queueMicrotask(() => clock.setTimeout(fired, 5));
    expect(await clock.next()).toBe(true);
    queueMicrotask(() => clock.setTimeout(fired, 5));
    await clock.advance(5);
    expect(fired).toHaveBeenCalledTimes(2);
  });

  it('keeps nothing of a timer that is cleared, though its time has not come', () => {
    const clock = virtualClock();
    const timers = 200_000;
    const standing = [10, 30_000, 50_000].map((ms) => clock.setTimeout(() => {}, ms));
    const setAndClear = () => {
      for (let i = 0; i < timers; i++) clock.clearTimeout(clock.setTimeout(() => {}, 20_000));
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    const before = setAndClear();
    // Less than a pointer for each.
    expect(setAndClear() - before).toBeLessThan(timers * 4);
    expect(clock.pending.length).toBe(standing.length);
  });

  it('drains where there is no setImmediate, as in browsers', async () => {
    vi.stubGlobal('setImmediate', undefined);
    try {
      const order: string[] = [];
      void Promise.resolve()
        .then(() => {})
        .then(() => order.push('microtask'));
      await virtualClock().drain();
      expect(order).toEqual(['microtask']);
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
