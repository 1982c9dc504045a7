import { describe, expect, it } from 'vitest';
import { ask } from '../../../src/connectors/perAttempt.js';
import { firstAttempt } from '../../support/attempt.js';
import { listenersOn, rejection } from '../../support/loopback.js';

const never = () => new Promise<string>(() => {});

describe('ask', () => {
  it('hands plain values over at once, and reads no signal', () => {
    const values = ['host', 1, undefined] as const;
    const attempt = {
      get signal(): AbortSignal {
        throw new Error('a signal was made');
      },
      attempt: 0,
      epoch: 1,
      lastError: undefined,
    };
    expect(ask(values, attempt)).toBe(values);
  });

  it('asks each function with the attempt, and leaves no listener', async () => {
    const { attempt } = firstAttempt();
    expect(await ask([({ epoch }) => epoch, async () => 'host', 3], attempt)).toEqual([
      1,
      'host',
      3,
    ]);
    expect(listenersOn(attempt.signal)).toBe(0);
  });

  it('rejects with what a function throws', async () => {
    const error = new Error('no token');
    const throws = (): string => {
      throw error;
    };
    expect(await rejection(Promise.resolve(ask([throws], firstAttempt().attempt)))).toBe(error);
  });

  it.each(['before', 'after'])(
    'rejects with the reason of an abort %s the question',
    async (when) => {
      const { attempt, abort } = firstAttempt();
      if (when === 'before') abort('stop');
      const asked = Promise.resolve(ask([never], attempt));
      if (when === 'after') abort('stop');
      expect(await rejection(asked)).toBe('stop');
      expect(listenersOn(attempt.signal)).toBe(0);
    },
  );
});
