import { InvalidOptionError } from 'schmoozer';
import { describe, expect, it } from 'vitest';
import { isRetryableNatsError, natsSubscriber } from '../src/index.js';

const options = { servers: 'nats://127.0.0.1:4222', subjects: ['a'], onMessage() {} };

describe('natsSubscriber', () => {
  it.each<[string, unknown]>([
    ['servers', undefined],
    ['servers', []],
    ['servers', ['']],
    ['servers', { secret: 1 }],
    ['subjects', ''],
    ['subjects', 7],
    ['queue', ''],
    ['tls', true],
    ['heartbeatMs', 0],
    ['heartbeatMs', 2 ** 31],
    ['clientOptions', 'secret'],
    ['isRetryable', true],
    ['retryDelay', 5],
    ['maxInFlight', 0],
    ['subject', 'a'],
  ])('refuses `%s`: %s', (name, value) => {
    const call = () => natsSubscriber({ ...options, [name]: value });
    expect(call).toThrow(InvalidOptionError);
    expect(call).toThrow(`\`${name}\``);
    expect(call).not.toThrow('secret');
  });

  it('refuses what it decides itself', () => {
    const call = () => natsSubscriber({ ...options, clientOptions: { reconnect: true } as object });
    expect(call).toThrow('`clientOptions.reconnect` must be left out');
  });

  it('takes one server or several, one subject or several', () => {
    expect(() =>
      natsSubscriber({ ...options, servers: ['a:1', 'b:2'], subjects: 'a' }),
    ).not.toThrow();
  });
});

describe('isRetryableNatsError', () => {
  it('sorts what the client did not make as TCP errors are', () => {
    expect(isRetryableNatsError({ code: 'ECONNREFUSED' })).toBe(true);
    expect(isRetryableNatsError(Object.assign(new Error('x'), { code: 'CERT_HAS_EXPIRED' }))).toBe(
      false,
    );
  });
});
