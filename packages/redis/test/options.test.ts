import { Redis } from 'ioredis';
import { InvalidOptionError } from 'schmoozer';
import { describe, expect, it } from 'vitest';
import { redisBudget, type RedisBudgetOptions, redisBudgetStore } from '../src/index.js';

// Never connected: options are checked before anything is sent.
const client = new Redis({ lazyConnect: true });
const options = { client, perSecond: 10 };

describe.each([
  ['redisBudget', redisBudget],
  ['redisBudgetStore', redisBudgetStore],
] as const)('%s', (_name, make) => {
  it.each<[string, unknown]>([
    ['client', undefined],
    ['client', null],
    ['client', {}],
    ['client', 'redis://secret@localhost'],
    ['perSecond', undefined],
    ['perSecond', 0],
    ['perSecond', -1],
    ['perSecond', Infinity],
    ['perSecond', NaN],
    ['perSecond', '10'],
    ['perSecond', 0.000_009],
    ['perSecond', 1_000_001],
    ['burst', 0],
    ['burst', 1.5],
    ['burst', Infinity],
    ['keyPrefix', 7],
    ['perSeconds', 10],
  ])('refuses `%s`: %s', (name, value) => {
    const call = () => make({ ...options, [name]: value });
    expect(call).toThrow(InvalidOptionError);
    expect(call).toThrow(`\`${name}\``);
    expect(call).not.toThrow('secret');
  });

  it.each([undefined, null, 'redis://secret@localhost', 7])(
    'refuses %s for its options',
    (value) => {
      expect(() => make(value as never)).toThrow('`options` must be an object');
    },
  );

  it('takes the least, and leaves what is undefined to its default', () => {
    const burst = undefined as never;
    expect(() => make({ ...options, perSecond: 0.000_01, burst })).not.toThrow();
    expect(() => make({ ...options, burst: 1, keyPrefix: '' })).not.toThrow();
  });
});

describe('redisBudget', () => {
  const call = (more: Partial<RedisBudgetOptions>) => () => redisBudget({ ...options, ...more });

  it('has the options of connectBudget, too', () => {
    expect(call({ timeoutMs: 0.5 })).toThrow('`timeoutMs`');
    expect(call({ lease: 0 })).toThrow('`lease`');
    expect(call({ timeoutMs: 100, lease: 1, retryMs: 5, maxDelayMs: 5 })).not.toThrow();
  });

  it('refuses a lease greater than the burst: it could not be used at once', () => {
    expect(call({ burst: 3, lease: 3 })).not.toThrow();
    expect(call({ burst: 3, lease: 4 })).toThrow('`lease` must be an integer from 1 to 3');
    expect(call({ burst: 3 })).not.toThrow();
  });

  it('has by default a burst of what comes in 100 ms', () => {
    expect(call({ perSecond: 20, lease: 2 })).not.toThrow();
    expect(call({ perSecond: 20, lease: 3 })).toThrow('from 1 to 2');
    expect(call({ perSecond: 0.2, lease: 2 })).toThrow('from 1 to 1');
  });
});
