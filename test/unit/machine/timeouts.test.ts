import { ConnectTimeoutError, constantBackoff } from 'schmoozer';
import { describe, expect, it } from 'vitest';
import { goTo, harness, settle, told } from '../../support/harness.js';

describe('connectTimeoutMs', () => {
  it('ends a connect that never settles at 20 000 ms, not a millisecond before', async () => {
    const h = harness();
    await h.clock.advance(19_999);
    expect(h.state()).toBe('connecting.attempting');
    await h.clock.advance(1);
    expect(h.state()).toBe('waiting.delaying');
    expect(h.actor.getSnapshot().context.lastError).toEqual({
      name: 'ConnectTimeoutError',
      message: 'connect did not settle within 20000 ms',
      code: 'ERR_CONNECT_TIMEOUT',
    });
    expect(told(h, 'retry.scheduled')).toEqual([
      {
        type: 'retry.scheduled',
        attempt: 1,
        delayMs: 1000,
        error: new ConnectTimeoutError(20_000),
        verdict: 'transient',
      },
    ]);
  });

  it('tells connect why, before the machine leaves it', async () => {
    const h = harness({ connectTimeoutMs: 50 });
    await h.clock.drain();
    const signal = h.script.connects[0]?.argument.signal;
    await h.clock.advance(50);
    expect(signal?.reason).toEqual(new ConnectTimeoutError(50));
    expect(signal?.reason).toMatchObject({ code: 'ERR_CONNECT_TIMEOUT', timeoutMs: 50 });
  });

  it('goes on trying at connectTimeoutMs + backoff when no connect ever settles', async () => {
    const h = harness({ connectTimeoutMs: 4000, backoff: constantBackoff(1000) });
    await h.clock.advance(5000 * 9 + 4999);
    expect(h.script.connects).toHaveLength(10);
    await h.clock.advance(1);
    expect(h.script.connects).toHaveLength(11);
    expect(h.clock.pending).toEqual([4000]);
  });

  it('releases a connection that comes after the timeout, and never runs it', async () => {
    const h = harness({ connectTimeoutMs: 50 });
    await h.clock.advance(50);
    await settle(h, () => h.script.connects[0]?.resolve());
    expect(h.script.connections).toEqual([{ id: 1, releases: 1 }]);
    expect(h.script.runs).toEqual([]);
    expect(h.state()).toBe('waiting.delaying');
  });

  it('is retried even when isRetryable would not have it', async () => {
    const h = harness({ connectTimeoutMs: 50 });
    Object.assign(h.script.connector, { isRetryable: () => false });
    await h.clock.advance(50);
    expect(h.state()).toBe('waiting.delaying');
  });

  it('Infinity sets the longest timer there is, 2^31-1 ms', async () => {
    const h = harness({ connectTimeoutMs: Infinity });
    expect(h.clock.pending).toEqual([2 ** 31 - 1]);
  });
});

describe('a delay of Infinity', () => {
  it('is over at the reconnect command, not when the longest timer fires', async () => {
    const h = harness({ backoff: constantBackoff(Infinity) });
    await goTo(h, 'connecting.attempting');
    await settle(h, () => h.script.connects[0]?.reject(new Error('refused')));
    expect(told(h, 'retry.scheduled')).toMatchObject([{ delayMs: Infinity }]);
    await h.clock.advance(2 ** 31);
    expect(h.state()).toBe('waiting.delaying');
    h.actor.send({ type: 'reconnect' });
    expect(h.state()).toBe('connecting.attempting');
  });
});
