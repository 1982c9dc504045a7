import { describe, expect, it } from 'vitest';
import { isRetryableBy } from '../../../src/connectors/isRetryableBy.js';

const facts = { phase: 'connect', attempt: 0, epoch: 0, hasBeenStable: false } as const;
const table = (error: unknown) => (error === 'unknown' ? undefined : error !== 'refused');

describe('isRetryableBy', () => {
  it('is the table, whose refusals are permanent, where the user has no say', () => {
    const isRetryable = isRetryableBy(table, undefined);
    expect(isRetryable('refused', facts)).toBe('permanent');
    expect(isRetryable('reset', facts)).toBe(true);
    expect(isRetryable('unknown', facts)).toBe(undefined);
  });

  it.each([true, false, 'transient', 'permanent', 'fatal'] as const)(
    "is the user's answer %s, of the error and the facts",
    (answer) => {
      const own = (error: unknown, given: unknown) =>
        error === 'refused' && given === facts ? answer : undefined;
      expect(isRetryableBy(table, own)('refused', facts)).toBe(answer);
    },
  );

  it('is the table where the user answers undefined', () => {
    const isRetryable = isRetryableBy(table, () => undefined);
    expect(isRetryable('refused', facts)).toBe('permanent');
    expect(isRetryable('reset', facts)).toBe(true);
  });
});
