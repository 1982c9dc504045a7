import { virtualClock } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import { watchAge } from '../../../src/connectors/watchAge.js';

function watch(chance: number) {
  const clock = virtualClock();
  let calls = 0;
  const stop = watchAge({
    clock,
    maxAgeMs: 1000,
    maxAgeSpreadMs: 400,
    random: () => chance,
    onAge: () => (calls += 1),
  });
  return { clock, stop, calls: () => calls };
}

describe('watchAge', () => {
  it.each([
    [0, 1000],
    [0.5, 800],
    [1, 600],
  ])('calls back once, with a chance of %d after %i of 1000 ms', async (chance, ageMs) => {
    const { clock, calls } = watch(chance);
    await clock.advance(ageMs - 1);
    expect(calls()).toBe(0);
    await clock.advance(1);
    expect([calls(), clock.pending]).toEqual([1, []]);
  });

  it('has no timer when it is stopped', () => {
    const { clock, stop } = watch(0);
    stop();
    expect(clock.pending).toEqual([]);
  });
});
