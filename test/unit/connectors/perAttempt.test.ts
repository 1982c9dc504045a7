import { describe, expect, it } from 'vitest';
import { ask } from '../../../src/connectors/perAttempt.js';
import { attempts, firstAttempt, unreadAttempt } from '../../support/attempt.js';
import { rejection } from '../../support/loopback.js';

const never = () => new Promise<string>(() => {});

describe('ask', () => {
  it('hands plain values over at once, and reads no signal', () => {
    const values = ['host', 1, undefined] as const;
    expect(ask(values, unreadAttempt().attempt)).toBe(values);
  });

  it.each(attempts)(
    'asks each function with the attempt of $whose, and leaves no listener',
    async ({ makeAttempt }) => {
      const { attempt, listeners } = makeAttempt();
      expect(await ask([({ epoch }) => epoch, async () => 'host', 3], attempt)).toEqual([
        1,
        'host',
        3,
      ]);
      expect(listeners()).toBe(0);
    },
  );

  it('rejects with what a function throws', async () => {
    const error = new Error('no token');
    const throws = (): string => {
      throw error;
    };
    expect(await rejection(Promise.resolve(ask([throws], firstAttempt().attempt)))).toBe(error);
  });

  describe.each(attempts)('the attempt of $whose', ({ makeAttempt }) => {
    it.each(['before', 'after'])(
      'rejects with the reason of an abort %s the question',
      async (when) => {
        const { attempt, abort, listeners } = makeAttempt();
        if (when === 'before') abort('stop');
        const asked = Promise.resolve(ask([never], attempt));
        expect(listeners()).toBe(when === 'before' ? 0 : 1);
        if (when === 'after') abort('stop');
        expect(await rejection(asked)).toBe('stop');
        expect(listeners()).toBe(0);
      },
    );
  });
});
