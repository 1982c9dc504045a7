import { constantBackoff } from 'schmoozer';
import { describe, expect, it } from 'vitest';
import { delayOf } from '../../support/failure.js';

describe('constantBackoff', () => {
  it('gives the same delay at every attempt', () => {
    expect(delayOf(constantBackoff(250), { attempt: 1 })).toBe(250);
    expect(delayOf(constantBackoff(250), { attempt: 99 })).toBe(250);
    expect(delayOf(constantBackoff(Infinity))).toBe(Infinity);
  });

  it('refuses a negative delay', () => {
    expect(() => constantBackoff(-1)).toThrow('`delayMs` must be a number >= 0; received -1');
  });
});
