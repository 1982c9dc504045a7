import { fatal, retryable } from 'schmoozer';
import { describe, expect, it } from 'vitest';
import { Thrown, unwrap } from '../../../src/core/thrown.js';

class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly code = 'E_HTTP';
  readonly request = { authorization: 'Bearer hunter2' };
}

const hostile = {
  get name(): string {
    throw new Error('no');
  },
  get message(): string {
    throw new Error('no');
  },
};

describe('a Thrown', () => {
  it.each<[string, unknown, object]>([
    ['an error', new HttpError('503'), { name: 'HttpError', message: '503', code: 'E_HTTP' }],
    [
      'one marked fatal',
      fatal(new HttpError('503')),
      { name: 'HttpError', message: '503', code: 'E_HTTP' },
    ],
    [
      'one marked retryable',
      retryable(new HttpError('503')),
      { name: 'HttpError', message: '503', code: 'E_HTTP' },
    ],
    [
      'a code that is a number',
      Object.assign(new Error('x'), { code: 17 }),
      { name: 'Error', message: 'x', code: '17' },
    ],
    [
      'control characters',
      new Error('\u001B[2J\nfoo'),
      { name: 'Error', message: '\\u{1B}[2J\\u{0A}foo' },
    ],
    ['an object', { message: 'plain', token: 'hunter2' }, { name: 'object', message: 'plain' }],
    ['a text', 'hunter2', { name: 'string', message: 'string was thrown' }],
    ['a number', 17, { name: 'number', message: 'number was thrown' }],
    ['undefined', undefined, { name: 'undefined', message: 'undefined was thrown' }],
    ['null', null, { name: 'object', message: 'object was thrown' }],
    ['a symbol', Symbol('hunter2'), { name: 'symbol', message: 'symbol was thrown' }],
    ['an object that cannot be read', hostile, { name: 'object', message: 'object was thrown' }],
  ])('of %s shows its facts alone', (_what, error, facts) => {
    expect(JSON.parse(JSON.stringify(new Thrown(error)))).toEqual(facts);
    expect(Object.fromEntries(Object.entries(new Thrown(error)))).toEqual(facts);
  });

  it('keeps the very error, and takes one with a cycle', () => {
    const error = Object.assign(new Error('round'), { self: {} });
    error.self = error;
    const thrown = new Thrown(error);
    expect(unwrap(thrown)).toBe(error);
    expect(unwrap(error)).toBe(error);
    expect(() => JSON.stringify(thrown)).not.toThrow();
  });
});
