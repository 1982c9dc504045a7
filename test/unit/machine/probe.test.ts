import { ConnectionLost, Continue, fatal } from 'schmoozer';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { LazySignal } from '../../../src/core/lazySignal.js';
import { goTo, type Harness, harness, settle, told } from '../../support/harness.js';

const silent = new Error('no pong');

async function probing(options = {}): Promise<Harness> {
  const h = harness({ probe: true, ...options });
  await goTo(h, 'running.settling');
  h.actor.send({ type: 'probe' });
  return h;
}

const signalOf = (h: Harness) => h.script.probes[0]?.argument.signal as AbortSignal;

describe('probe', () => {
  it.each(['running.settling', 'running.stable'] as const)(
    'in %s asks the connector; its answer changes nothing',
    async (place) => {
      const h = harness({ probe: true });
      const asked: unknown[] = [];
      const { connector } = h.script;
      const { probe } = connector;
      connector.probe = function (this: unknown, connection, context) {
        asked.push([this === connector, connection, context.signal.aborted]);
        return (probe as NonNullable<typeof probe>)(connection, context);
      };
      await goTo(h, place);
      h.actor.send({ type: 'probe' });
      expect(asked).toEqual([[true, { id: 1, releases: 0 }, false]]);
      const before = h.emitted.length;
      await settle(h, () => h.script.probes[0]?.resolve());
      expect(h.state()).toBe(place);
      expect(h.emitted).toHaveLength(before);
      expect(h.script.runs[0]?.argument.signal.aborted).toBe(false);
      expect(signalOf(h).aborted).toBe(false);
    },
  );

  it('whose answer is a rejection is a loss', async () => {
    const h = await probing();
    await settle(h, () => h.script.probes[0]?.reject(silent));
    expect(h.state()).toBe('running.closing');
    expect(h.script.runs[0]?.argument.signal.reason).toEqual(new ConnectionLost({ error: silent }));
    expect(told(h, 'connection.closing')).toEqual([
      { type: 'connection.closing', epoch: 1, cause: 'lost', error: silent, upMs: 0 },
    ]);
    await settle(h, () => h.script.runs[0]?.resolve(Continue()));
    expect(told(h, 'retry.scheduled')).toMatchObject([{ attempt: 1, error: silent }]);
  });

  it('that is marked fatal ends the loop', async () => {
    const h = await probing();
    await settle(h, () => h.script.probes[0]?.reject(fatal(silent)));
    await settle(h, () => h.script.runs[0]?.resolve(Continue()));
    expect(h.actor.getSnapshot().output).toEqual({ status: 'failed', error: silent });
  });

  it.each<[string, () => unknown, boolean]>([
    [
      'throws',
      () => {
        throw silent;
      },
      true,
    ],
    ['rejects with undefined', () => Promise.reject<void>(undefined), true],
    ['answers nothing', () => undefined, false],
    ['answers false', () => false, false],
  ])('that %s is a loss: %#', async (_, probe, isLoss) => {
    const h = harness();
    h.script.connector.probe = probe as never;
    await goTo(h, 'running.settling');
    h.actor.send({ type: 'probe' });
    await h.clock.drain();
    expect(h.state()).toBe(isLoss ? 'running.closing' : 'running.settling');
  });

  it('is one at a time: a command that comes meanwhile is ignored, one that comes later asks again', async () => {
    const h = await probing();
    h.actor.send({ type: 'probe' });
    expect(h.script.probes).toHaveLength(1);
    await settle(h, () => h.script.probes[0]?.resolve());
    h.actor.send({ type: 'probe' });
    expect(h.script.probes).toHaveLength(2);
    await settle(h, () => h.script.probes[1]?.reject(silent));
    expect(h.state()).toBe('running.closing');
  });

  it('leaves nothing behind in a session that is probed for ever', async () => {
    let listeners = 0;
    vi.spyOn(LazySignal.prototype, 'addListener').mockImplementation(() => void listeners++);
    vi.spyOn(LazySignal.prototype, 'removeListener').mockImplementation(() => void listeners--);
    onTestFinished(() => void vi.restoreAllMocks());
    const h = await probing();
    expect(listeners).toBe(1);
    await settle(h, () => h.script.probes[0]?.resolve());
    expect(listeners).toBe(0);
  });

  it('is nothing to a connector without it', async () => {
    const h = harness();
    await goTo(h, 'running.settling');
    h.actor.send({ type: 'probe' });
    await h.clock.drain();
    expect(h.state()).toBe('running.settling');
  });

  it.each(['stop', 'reconnect', 'suspend'] as const)(
    'its signal fires with the reason of %s, and what it answers then is nothing',
    async (type) => {
      const h = await probing();
      const signal = signalOf(h);
      h.actor.send({ type });
      expect(signal.reason).toBe(h.script.runs[0]?.argument.signal.reason);
      await settle(h, () => h.script.probes[0]?.reject(silent));
      await settle(h, () => h.script.runs[0]?.resolve(Continue()));
      const closed = told(h, 'connection.closed');
      expect(closed).toMatchObject([{ cause: type }]);
      expect('error' in (closed[0] as object)).toBe(false);
    },
  );

  it('its signal fires when `run` has settled by itself', async () => {
    const h = await probing();
    const signal = signalOf(h);
    await settle(h, () => h.script.runs[0]?.resolve(Continue()));
    expect(signal.reason).toMatchObject({ name: 'AbortError' });
    const before = h.emitted.length;
    await settle(h, () => h.script.probes[0]?.reject(silent));
    expect(h.emitted).toHaveLength(before);
  });

  it('its signal fires when the connection is lost, or a parent stops the actor', async () => {
    const lost = await probing({ closed: true });
    const lostSignal = signalOf(lost);
    await settle(lost, () => lost.script.closes[0]?.resolve());
    expect(lostSignal.reason).toBeInstanceOf(ConnectionLost);
    const stopped = await probing();
    const signal = signalOf(stopped);
    stopped.actor.stop();
    expect(signal.aborted).toBe(true);
    await settle(stopped, () => stopped.script.probes[0]?.reject(silent));
  });

  it('that `disconnect` itself sends asks no more', async () => {
    const h = harness({ probe: true });
    const disconnect = vi.fn(() => h.actor.send({ type: 'probe' }));
    h.script.connector.disconnect = disconnect;
    await goTo(h, 'running.settling');
    await settle(h, () => h.script.runs[0]?.resolve(Continue()));
    expect(disconnect).toHaveBeenCalledTimes(1);
    expect(h.script.probes).toEqual([]);
  });

  it('that comes while the release lasts asks no more', async () => {
    const h = harness({ probe: true });
    h.script.connector.disconnect = () => new Promise(() => {});
    await goTo(h, 'running.settling');
    const [run] = h.script.runs;
    run?.resolve(Continue());
    // Between the settling of `run` and the machine's hearing of it.
    for (let i = 0; i < 4; i++) {
      h.actor.send({ type: 'probe' });
      await Promise.resolve();
    }
    await h.clock.drain();
    const before = h.script.probes.length;
    h.actor.send({ type: 'probe' });
    expect(h.state()).toBe('running.closing');
    expect(h.script.probes).toHaveLength(before);
  });
});
