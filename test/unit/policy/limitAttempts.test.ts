import {
  constantBackoff,
  Continue,
  type ContinueOrBreak,
  createReconnectActor,
  limitAttempts,
  RetryLimitError,
} from 'schmoozer';
import { virtualClock } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import { delayOf } from '../../support/failure.js';

describe('limitAttempts', () => {
  const backoff = limitAttempts(constantBackoff(5), 3);
  const error = new Error('refused');

  it('asks the backoff before the limit, and gives up at it', () => {
    expect(delayOf(backoff, { attempt: 2 })).toBe(5);
    expect(() => delayOf(backoff, { attempt: 3, error })).toThrow(
      new RetryLimitError('gave up after 3 failures in a row', error),
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

  it.each([
    ['of 3 allows 3 attempts without a session', 3, Infinity, 0, 3],
    ['of 3 counts the end of a short session', 3, 3, 9999, 3],
    [
      'of 3 allows 2 attempts after a good session, whose end is the first failure',
      3,
      3,
      10_001,
      5,
    ],
    ['of 1 allows none after a good session', 1, 1, 10_001, 1],
  ])('%s', async (_, maxAttempts, opens, sessionMs, calls) => {
    const clock = virtualClock();
    let connects = 0;
    const link = createReconnectActor(
      {
        connect: async () => {
          if (++connects !== opens) throw error;
          return {};
        },
        run: () =>
          new Promise<ContinueOrBreak<void>>((resolve) => {
            clock.setTimeout(() => resolve(Continue()), sessionMs);
          }),
      },
      { clock, backoff: limitAttempts(constantBackoff(1000), maxAttempts) },
    ).start();
    await clock.advance(60_000);
    expect(link.getSnapshot().output).toMatchObject({
      status: 'failed',
      error: { code: 'ERR_RETRY_LIMIT' },
    });
    expect(connects).toBe(calls);
  });

  it.each([0, 1.5, Number.NaN, '3' as never])('refuses %o', (limit) => {
    expect(() => limitAttempts(constantBackoff(5), limit)).toThrow(
      /^`maxAttempts` must be an integer >= 1/,
    );
  });
});
