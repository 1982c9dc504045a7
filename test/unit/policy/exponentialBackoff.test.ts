import fc from 'fast-check';
import { exponentialBackoff, type ExponentialBackoffOptions } from 'schmoozer';
import { describe, expect, it } from 'vitest';
import { delayOf, failure } from '../../support/failure.js';

describe('exponentialBackoff', () => {
  const delays = (options: ExponentialBackoffOptions, attempts: number[], chance = 0.5) =>
    attempts.map((attempt) => delayOf(exponentialBackoff(options), { attempt }, chance));

  it('without jitter doubles from 2000 ms, and waits 30 000 ms at attempt 5 and after', () => {
    expect(delays({ jitter: 'none' }, [1, 2, 3, 4, 5, 6, 2000])).toEqual([
      2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000,
    ]);
  });

  it('with full jitter, the default, spreads from 100 ms to the ceiling', () => {
    expect(delays({}, [1, 6], 0)).toEqual([100, 100]);
    expect(delays({}, [1, 2, 6], 0.5)).toEqual([1050, 2050, 15_050]);
  });

  it('with equal jitter spreads over the upper half', () => {
    expect(delays({ jitter: 'equal' }, [1, 2, 6], 0)).toEqual([1000, 2000, 15_000]);
    expect(delays({ jitter: 'equal' }, [1, 2, 6], 0.5)).toEqual([1500, 3000, 22_500]);
  });

  it('with decorrelated jitter spreads from baseMs to three times the delay before', () => {
    const backoff = exponentialBackoff({ jitter: 'decorrelated' });
    expect(delayOf(backoff, { previousDelayMs: 0 }, 0.5)).toBe(4000);
    expect(delayOf(backoff, { previousDelayMs: 4000 }, 0.5)).toBe(7000);
    expect(delayOf(backoff, { previousDelayMs: 4000, attempt: 9 }, 0)).toBe(2000);
    expect(delayOf(backoff, { previousDelayMs: 30_000 }, 0.99)).toBe(30_000);
  });

  it('multiplies by factor', () => {
    expect(delays({ jitter: 'none', factor: 1 }, [1, 9])).toEqual([2000, 2000]);
    expect(delays({ jitter: 'none', factor: 1.5 }, [2, 3])).toEqual([3000, 4500]);
  });

  it('takes baseMs for the floor when it is below 100 ms, and for the cap above 30 000 ms', () => {
    expect(delays({ baseMs: 40 }, [1], 0)).toEqual([40]);
    expect(delays({ baseMs: 60_000, jitter: 'none' }, [1, 2])).toEqual([60_000, 60_000]);
  });

  it('never leaves the bounds minMs and maxMs, whatever the chance', () => {
    const options = fc.record({
      minMs: fc.integer({ min: 0, max: 500 }),
      baseMs: fc.integer({ min: 500, max: 5000 }),
      factor: fc.double({ min: 1, max: 10, noNaN: true }),
      maxMs: fc.integer({ min: 5000, max: 100_000 }),
      jitter: fc.constantFrom('full', 'equal', 'decorrelated', 'none'),
    } as const);
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    const attempt = fc.integer({ min: 1, max: 5000 });
    const previousDelayMs = fc.oneof(fc.integer({ min: 0, max: 200_000 }), fc.constant(Infinity));
    fc.assert(
      fc.property(options, attempt, previousDelayMs, chance, (o, a, previous, c) => {
        const delayMs = delayOf(
          exponentialBackoff(o),
          { attempt: a, previousDelayMs: previous },
          c,
        );
        expect(delayMs).toBeGreaterThanOrEqual(o.minMs);
        expect(delayMs).toBeLessThanOrEqual(o.maxMs);
      }),
    );
  });

  it('asks for chance once where there is jitter, and never where there is none', () => {
    for (const jitter of ['full', 'equal', 'decorrelated', 'none'] as const) {
      let asked = 0;
      exponentialBackoff({ jitter })(failure(), () => {
        asked += 1;
        return 0;
      });
      expect(asked).toBe(jitter === 'none' ? 0 : 1);
    }
  });

  it.each([
    [{ baseMs: 0 }, '`baseMs` must be a number > 0; received 0'],
    [{ baseMs: Infinity }, '`baseMs` must be a finite number; received Infinity'],
    [{ factor: 0.9 }, '`factor` must be a number >= 1; received 0.9'],
    [{ factor: Number.NaN }, '`factor` must be a number >= 1; received NaN'],
    [{ maxMs: 1999 }, '`maxMs` must be a number >= 2000; received 1999'],
    [{ maxMs: Infinity }, '`maxMs` must be a finite number; received Infinity'],
    [{ minMs: -1 }, '`minMs` must be a number >= 0; received -1'],
    [{ minMs: 2001 }, '`minMs` must be at most baseMs (2000); received 2001'],
    [
      { jitter: 'some' as 'full' },
      "`jitter` must be 'full', 'equal', 'decorrelated' or 'none'; received \"some\"",
    ],
  ])('refuses %o', (options, message) => {
    expect(() => exponentialBackoff(options)).toThrow(message);
  });
});
