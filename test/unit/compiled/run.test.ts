import { Break, constantBackoff, Continue, fatal, ListenerError, run } from 'schmoozer';
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
    const done = run(connector, {
      clock,
      connectTimeoutMs: 50,
      backoff: constantBackoff(7),
      signal: controller.signal,
    });
    expect(clock.pending).toEqual([50]);
    await clock.advance(50);
    expect(clock.pending).toEqual([7]);
    controller.abort();
    expect(await done).toMatchObject({ status: 'stopped' });
  });

  it('hands every event to `onEvent`, link.ended last', async () => {
    const heard: string[] = [];
    const connector = { connect: async () => 1, run: async () => Break('done') };
    await run(connector, { onEvent: ({ type }) => void heard.push(type) });
    expect(heard).toEqual([
      'attempt.started',
      'connection.opened',
      'connection.closing',
      'connection.closed',
      'link.ended',
    ]);
  });

  it('reports what `onEvent` throws to the logger, and goes on', async () => {
    const bug = new Error('bug in a listener');
    const logged: unknown[] = [];
    const connector = { connect: async () => 1, run: async () => Break('done') };
    const onEvent = () => {
      throw bug;
    };
    const done = run(connector, { onEvent, logger: (error) => void logged.push(error) });
    expect(await done).toEqual({ status: 'completed', value: 'done' });
    expect(logged).toEqual(Array.from({ length: 5 }, () => new ListenerError(bug)));
  });

  it('hands link.ended to `onEvent` before it rejects', async () => {
    const heard: unknown[] = [];
    const error = new Error('revoked');
    const connector = { connect: () => Promise.reject(fatal(error)), run: async () => Break() };
    const done = run(connector, { onEvent: (event) => void heard.push(event) });
    await expect(done).rejects.toBe(error);
    expect(heard.at(-1)).toEqual({ type: 'link.ended', output: { status: 'failed', error } });
  });

  it.each([5, 'log', null, {}])('refuses an `onEvent` of %j', async (onEvent) => {
    const connector = { connect: async () => 1, run: async () => Break() };
    await expect(run(connector, { onEvent: onEvent as never })).rejects.toThrow(
      /^`onEvent` must be a function; received/,
    );
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
