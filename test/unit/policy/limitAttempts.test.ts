import { constantBackoff, limitAttempts, RetryLimitError } from 'schmoozer';
import { describe, expect, it } from 'vitest';
import { delayOf } from '../../support/failure.js';

describe('limitAttempts', () => {
  const backoff = limitAttempts(constantBackoff(5), 3);
  const error = new Error('refused');

  it('asks the backoff before the limit, and gives up at it', () => {
    expect(delayOf(backoff, { attempt: 2 })).toBe(5);
    expect(() => delayOf(backoff, { attempt: 3, error })).toThrow(
      new RetryLimitError('gave up after 3 attempts', error),
    );
  });

  it('names the last error as the cause', () => {
    try {
      delayOf(backoff, { attempt: 3, error });
      expect.unreachable();
    } catch (thrown) {
      expect(thrown).toMatchObject({ code: 'ERR_RETRY_LIMIT', cause: error });
    }
  });

  it.each([0, 1.5, Number.NaN, '3' as never])('refuses %o', (limit) => {
    expect(() => limitAttempts(constantBackoff(5), limit)).toThrow(
      /^`maxAttempts` must be an integer >= 1/,
    );
  });
});
