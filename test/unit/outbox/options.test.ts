import { InvalidOptionError } from 'schmoozer';
import { memoryStore, outbox } from 'schmoozer/outbox';
import { describe, expect, it } from 'vitest';

const send = () => {};
const { close: _close, ...unclosable } = memoryStore();

describe('options', () => {
  it.each([
    [{ send: 'a' }, '`send` must be a function'],
    [{ key: 'id' }, '`key` must be a function'],
    [{ sizeOf: 1 }, '`sizeOf` must be a function'],
    [{ onSendError: 'skip' }, '`onSendError` must be a function'],
    [{ ack: 'all' }, "`ack` must be 'send', 'each' or 'cumulative'"],
    [{ window: 0, ack: 'each' }, '`window` must be an integer >= 1'],
    [{ window: 2 }, "`window` must be left out with `ack: 'send'`"],
    [{ ackTimeoutMs: 0 }, '`ackTimeoutMs` must be a number from 1 to 2147483647'],
    [{ ackTimeoutMs: 2 ** 31 }, '`ackTimeoutMs`'],
    [{ maxItems: 0 }, '`maxItems` must be an integer >= 1'],
    [{ maxBytes: 1.5 }, '`maxBytes` must be an integer >= 1'],
    [{ onFull: 'drop' }, '`onFull` must be'],
    [{ store: unclosable }, '`store.close` must be a function'],
    [{ store: 'file' }, '`store` must be an object'],
    [{ storeTimeoutMs: Infinity }, '`storeTimeoutMs` must be a number from 1 to 2147483647'],
    [{ clock: {} }, '`clock.setTimeout` must be a function'],
  ])('%j are refused', (options, message) => {
    const make = () => outbox({ send, ...options } as never);
    expect(make).toThrow(InvalidOptionError);
    expect(make).toThrow(message);
  });

  it('may be Infinity where nothing is to be bounded', () => {
    const endless = { ackTimeoutMs: Infinity, maxItems: Infinity, maxBytes: Infinity };
    expect(() => outbox({ send, ...endless, window: 1 })).not.toThrow();
  });
});
