import { describe, expect, it, vi } from 'vitest';
import type { AnyConnector } from '../../../src/core/connector.js';
import { Lease } from '../../../src/actors/lease.js';

const leaseOf = (connection: unknown, by: AnyConnector = connector) =>
  new Lease(
    connection,
    { connector: by, gracePeriodMs: 5000, stableAfterMs: 10_000, now: () => 0 },
    1,
  );

const connector = { connect: async () => ({}), run: async () => ({}) as never };

describe('a lease', () => {
  it('releases once by connector.disconnect, before any dispose method', () => {
    const disconnect = vi.fn();
    const connection = { [Symbol.dispose]: vi.fn(), [Symbol.asyncDispose]: vi.fn() };
    const lease = leaseOf(connection, { ...connector, disconnect });
    expect(lease.take().connection).toBe(connection);
    expect(lease.release()).toBeUndefined();
    expect(lease.release()).toBeUndefined();
    expect(disconnect.mock.calls).toEqual([[connection]]);
    expect(connection[Symbol.dispose]).not.toHaveBeenCalled();
    expect(connection[Symbol.asyncDispose]).not.toHaveBeenCalled();
  });

  it('else by Symbol.asyncDispose, before Symbol.dispose', async () => {
    const connection = {
      [Symbol.dispose]: vi.fn(),
      [Symbol.asyncDispose]: vi.fn(() => Promise.resolve()),
    };
    const lease = leaseOf(connection);
    const closing = lease.release();
    expect(lease.state).toBe('releasing');
    expect(lease.release()).toBe(closing);
    await closing;
    expect(lease.state).toBe('released');
    expect(connection[Symbol.asyncDispose]).toHaveBeenCalledTimes(1);
    expect(connection[Symbol.dispose]).not.toHaveBeenCalled();
  });

  it('else by Symbol.dispose', () => {
    const connection = { [Symbol.dispose]: vi.fn() };
    void leaseOf(connection).release();
    expect(connection[Symbol.dispose]).toHaveBeenCalledTimes(1);
  });

  it.each([[{}], ['socket'], [undefined], [null]])('else leaves %o as it is', (connection) => {
    const lease = leaseOf(connection);
    expect(lease.release()).toBeUndefined();
    expect(lease.state).toBe('released');
    expect(lease.failure).toBeUndefined();
  });

  it('does without the symbols where an engine lacks them', () => {
    vi.stubGlobal('Symbol', { iterator: Symbol.iterator });
    try {
      const lease = leaseOf({ undefined: vi.fn() });
      void lease.release();
      expect(lease.failure).toBeUndefined();
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
