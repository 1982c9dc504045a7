import { sequenceBackoff } from 'schmoozer';
import { describe, expect, it } from 'vitest';
import { delayOf } from '../../support/failure.js';

describe('sequenceBackoff', () => {
  it('gives the delays in order, then the last one again', () => {
    const backoff = sequenceBackoff([0, 100, 5000]);
    const attempts = [1, 2, 3, 4, 50];
    expect(attempts.map((attempt) => delayOf(backoff, { attempt }))).toEqual([
      0, 100, 5000, 5000, 5000,
    ]);
  });

  it('does not change when the list it was made from does', () => {
    const list = [10, 20];
    const backoff = sequenceBackoff(list);
    list[0] = 99;
    expect(delayOf(backoff)).toBe(10);
  });

  it.each([
    [[], '`delaysMs` must be a list of at least one number; received an array'],
    [5 as never, '`delaysMs` must be a list of at least one number; received 5'],
    [[1, '2' as never], '`delaysMs[1]` must be a number >= 0; received "2"'],
  ])('refuses %o', (list, message) => {
    expect(() => sequenceBackoff(list)).toThrow(message);
  });
});
