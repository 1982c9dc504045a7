import { describe, expect, it, vi } from 'vitest';
import { Lease } from '../../src/actors/lease.js';

const connector = { connect: async () => ({}), run: async () => ({}) as never };

describe('a lease', () => {
  it('releases once by connector.disconnect, before any dispose method', () => {
    const disconnect = vi.fn();
    const connection = { [Symbol.dispose]: vi.fn(), [Symbol.asyncDispose]: vi.fn() };
    const lease = new Lease(connection, { ...connector, disconnect });
    expect(lease.take()).toBe(connection);
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
    const lease = new Lease(connection, connector);
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
    void new Lease(connection, connector).release();
    expect(connection[Symbol.dispose]).toHaveBeenCalledTimes(1);
  });

  it.each([[{}], ['socket'], [undefined], [null]])('else leaves %o as it is', (connection) => {
    const lease = new Lease(connection, connector);
    expect(lease.release()).toBeUndefined();
    expect(lease.state).toBe('released');
    expect(lease.failure).toBeUndefined();
  });

  it('does without the symbols where an engine lacks them', () => {
    vi.stubGlobal('Symbol', { iterator: Symbol.iterator });
    try {
      const lease = new Lease({ undefined: vi.fn() }, connector);
      void lease.release();
      expect(lease.failure).toBeUndefined();
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
