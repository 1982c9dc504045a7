import { virtualClock } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import { watchSilence } from '../../../src/connectors/watchSilence.js';

function watch(clockOf = (clock: ReturnType<typeof virtualClock>): typeof clock => clock) {
  const clock = virtualClock();
  const seen = { signs: 7, silent: 0 };
  const stop = watchSilence({
    clock: clockOf(clock),
    silenceMs: 1000,
    signs: () => seen.signs,
    onSilence: () => void seen.silent++,
  });
  return { clock, seen, stop };
}

describe('watchSilence', () => {
  it('calls back once, 1000 ms after a peer that never said anything was met', async () => {
    const { clock, seen } = watch();
    await clock.advance(999);
    expect(seen.silent).toBe(0);
    await clock.advance(1);
    expect([seen.silent, clock.pending]).toEqual([1, []]);
  });

  it.each([1, 249, 250, 251, 600, 999])(
    'calls back from 1000 to 1250 ms after a last sign at %i ms',
    async (lastMs) => {
      const { clock, seen } = watch();
      await clock.advance(lastMs - 1);
      seen.signs++;
      await clock.advance(1000);
      expect(seen.silent).toBe(0);
      await clock.advance(250);
      expect([seen.silent, clock.pending]).toEqual([1, []]);
    },
  );

  it('leaves alone a peer that gives a sign every 1000 ms', async () => {
    const { clock, seen } = watch();
    for (let sign = 0; sign < 10; sign++) {
      await clock.advance(999);
      seen.signs--;
      await clock.advance(1);
    }
    expect(seen.silent).toBe(0);
  });

  it('has no timer when it is stopped', async () => {
    const { clock, stop } = watch();
    await clock.advance(600);
    stop();
    expect(clock.pending).toEqual([]);
  });

  it('takes an hour in which the loop stood still for one look', async () => {
    let lateMs = 0;
    const { clock, seen } = watch((virtual) => ({ ...virtual, now: () => virtual.now() + lateMs }));
    await clock.advance(700);
    lateMs = 3_600_000;
    await clock.advance(50);
    expect(seen.silent).toBe(0);
    await clock.advance(249);
    expect(seen.silent).toBe(0);
    await clock.advance(1);
    expect(seen.silent).toBe(1);
  });
});
