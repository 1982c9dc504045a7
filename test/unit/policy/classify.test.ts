import { AssertionError } from 'node:assert';
import { isProgrammerError, retryable } from 'schmoozer';
import { describe, expect, it } from 'vitest';

describe('isProgrammerError', () => {
  it.each([
    new TypeError('x is not a function'),
    new ReferenceError('x is not defined'),
    new AssertionError({ message: 'no' }),
  ])('is true of %o', (error) => {
    expect(isProgrammerError(error)).toBe(true);
  });

  it('is true of a bad option met inside connect', () => {
    try {
      retryable(new Error('busy'), { delayMs: -1 });
      expect.unreachable();
    } catch (error) {
      expect(isProgrammerError(error)).toBe(true);
    }
  });

  it.each([
    new TypeError('fetch failed'),
    new TypeError('Failed to fetch'),
    new SyntaxError('unexpected token'),
    new RangeError('port should be < 65536'),
    new URIError('malformed'),
    new Error('refused'),
    'a string',
    undefined,
  ])('is false of %o', (error) => {
    expect(isProgrammerError(error)).toBe(false);
  });
});
