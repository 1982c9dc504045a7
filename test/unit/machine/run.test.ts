import { Break, constantBackoff, Continue, run } from 'schmoozer';
import { scriptedConnector, virtualClock } from 'schmoozer/testing';
import { describe, expect, it, vi } from 'vitest';

describe('run', () => {
  it('leaves no listener on the signal, however it ends', async () => {
    const endings: [() => Promise<Break<string>>, boolean][] = [
      [async () => Break('done'), true],
      [() => Promise.reject(new TypeError('bug')), false],
    ];
    for (const [connectorRun, resolves] of endings) {
      const { signal } = new AbortController();
      const add = vi.spyOn(signal, 'addEventListener');
      const remove = vi.spyOn(signal, 'removeEventListener');
      const done = run({ connect: async () => ({}), run: connectorRun }, { signal });
      await (resolves ? done : expect(done).rejects.toThrow('bug'));
      expect(remove.mock.calls).toEqual(add.mock.calls.map(([type, listener]) => [type, listener]));
      expect(add).toHaveBeenCalledTimes(1);
    }
  });

  it('passes the options of machine and actor on', async () => {
    const { connector } = scriptedConnector();
    const clock = virtualClock();
    const controller = new AbortController();
    const types: string[] = [];
    const done = run(connector, {
      clock,
      connectTimeoutMs: 50,
      backoff: constantBackoff(7),
      inspect: ({ type }) => void types.push(type),
      signal: controller.signal,
    });
    expect(clock.pending).toEqual([50]);
    await clock.advance(50);
    expect(clock.pending).toEqual([7]);
    controller.abort();
    expect(await done).toMatchObject({ status: 'stopped' });
    expect(types).toContain('@xstate.snapshot');
  });

  it('rejects when an error of XState itself ends the actor, and releases what still opens', async () => {
    const bug = new Error('clock is broken');
    const clock = {
      setTimeout: () => {
        throw bug;
      },
      clearTimeout: () => {},
    };
    const disconnect = vi.fn();
    const connector = { connect: async () => ({}), run: async () => Continue(), disconnect };
    await expect(run(connector, { clock })).rejects.toBe(bug);
    await virtualClock().drain();
    expect(disconnect).toHaveBeenCalledTimes(1);
  });
});
