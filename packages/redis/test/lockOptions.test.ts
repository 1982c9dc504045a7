import { Redis } from 'ioredis';
import { InvalidOptionError } from 'schmoozer';
import { describe, expect, it } from 'vitest';
import { redisLock } from '../src/index.js';

// Never connected: options are checked before anything is sent.
const client = new Redis({ lazyConnect: true });

describe('redisLock', () => {
  it.each<[string, unknown]>([
    ['client', undefined],
    ['client', {}],
    ['client', 'redis://secret@localhost'],
    ['keyPrefix', 7],
    ['lifeMs', 499],
    ['pollMs', 0],
    ['life', 1000],
  ])('refuses `%s`: %s', (name, value) => {
    const call = () => redisLock({ client, [name]: value });
    expect(call).toThrow(InvalidOptionError);
    expect(call).toThrow(`\`${name}\``);
    expect(call).not.toThrow('secret');
  });

  it.each([undefined, null, 'redis://secret@localhost'])('refuses %s for its options', (value) => {
    expect(() => redisLock(value as never)).toThrow('`options` must be an object');
  });

  it('takes the least', () => {
    expect(() => redisLock({ client, keyPrefix: '', lifeMs: 500, pollMs: 1 })).not.toThrow();
  });
});
