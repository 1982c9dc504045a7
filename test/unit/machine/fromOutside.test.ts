import { getEventListeners } from 'node:events';
import { inspect } from 'node:util';
import {
  Break,
  Continue,
  createReconnectActor,
  fatal,
  LinkEndedError,
  type ReconnectActor,
  type RunContext,
} from 'schmoozer';
import { type ScriptedCall, scriptedConnector, virtualClock } from 'schmoozer/testing';
import { describe, expect, it, vi } from 'vitest';
import { everywhere, goTo, harness, places, settle, told } from '../../support/harness.js';

/** An actor that has not begun. */
function unbegun() {
  const script = scriptedConnector<string>();
  const clock = virtualClock();
  const actor = createReconnectActor(script.connector, { clock, now: clock.now });
  return { actor, script, clock };
}

/** What a promise came to, as soon as it has. */
function watched(promise: Promise<unknown>): { value?: unknown; error?: unknown } {
  const seen: { value?: unknown; error?: unknown } = {};
  promise.then(
    (value) => void (seen.value = value),
    (error: unknown) => void (seen.error = error),
  );
  return seen;
}

describe('link.connection', () => {
  it.each(places)('in %s is there exactly while the link is online', async (place) => {
    const h = harness(everywhere);
    await goTo(h, place);
    const isOnline = h.actor.getSnapshot().hasTag('online');
    expect(isOnline).toBe(['running.settling', 'running.stable'].includes(place));
    expect(h.actor.connection).toBe(isOnline ? h.script.connections.at(-1) : undefined);
  });

  it('comes with connection.opened and goes with connection.closing', async () => {
    const h = harness();
    const seen: unknown[] = [];
    h.actor.on('*', ({ type }) => void seen.push([type, h.actor.connection?.id]));
    await goTo(h, 'running.stable');
    await settle(h, () => h.script.runs[0]?.resolve(Continue()));
    await h.clock.advance(1000);
    await settle(h, () => h.script.connects[1]?.resolve());
    expect(seen).toEqual([
      ['attempt.started', undefined],
      ['connection.opened', 1],
      ['connection.stable', 1],
      ['connection.closing', undefined],
      ['connection.closed', undefined],
      ['retry.scheduled', undefined],
      ['attempt.started', undefined],
      ['connection.opened', 2],
    ]);
  });

  it('is gone when the release begins, and a wait in it gets the next one', async () => {
    const seen: unknown[] = [];
    let next: Promise<unknown> | undefined;
    let made = 0;
    const clock = virtualClock();
    const link: ReconnectActor<void, object> = createReconnectActor(
      {
        connect: async () => ({ id: ++made }),
        run: async () => (made === 1 ? Continue() : new Promise<never>(() => {})),
        disconnect: () => {
          seen.push(link.connection);
          next ??= link.opened();
        },
        retryDelay: () => 0,
      },
      { clock },
    );
    link.start();
    await clock.drain();
    await clock.advance(0);
    expect(await next).toEqual({ id: 2 });
    expect(seen).toEqual([undefined]);
    link.stop();
    expect(seen).toEqual([undefined, undefined]);
  });

  it('is what `connect` resolved to, whatever that is', async () => {
    const clock = virtualClock();
    const link = createReconnectActor(
      { connect: async () => undefined, run: () => new Promise<Break>(() => {}) },
      { clock },
    );
    const opened = watched(link.start().opened());
    await clock.drain();
    expect(opened).toEqual({ value: undefined });
    expect('value' in opened).toBe(true);
    link.stop();
  });

  it('is seen by no serializer and by no walk over what the actor shows', async () => {
    const secret = 'hunter2';
    const clock = virtualClock();
    const link = createReconnectActor(
      { connect: async () => ({ secret }), run: () => new Promise<Break>(() => {}) },
      { clock, id: 'link' },
    ).start();
    await clock.drain();
    expect(link.connection).toEqual({ secret });
    const snapshot = link.getSnapshot();
    const { context } = snapshot;
    const texts = [
      ...[link, snapshot, context, context.lease, link.getPersistedSnapshot()].flatMap((value) => [
        JSON.stringify(value) as string | undefined,
        inspect(value, { depth: 5, showHidden: true }),
      ]),
      inspect(structuredClone(context), { depth: Infinity }),
      inspect(structuredClone(link.getPersistedSnapshot()), { depth: Infinity }),
      inspect(context.lease, { getters: true, showHidden: true }),
      Object.keys(link).join(),
    ];
    expect(texts.filter((text) => text?.includes(secret) === true)).toEqual([]);
    expect(Object.keys(link)).not.toContain('connection');
    link.stop();
  });
});

describe('link.opened()', () => {
  it('resolves to the live connection, or to the next one', async () => {
    const h = harness();
    const first = watched(h.actor.opened());
    await goTo(h, 'running.settling');
    const { connections } = h.script;
    expect(first.value).toBe(connections[0]);
    expect(await h.actor.opened()).toBe(connections[0]);
    await settle(h, () => h.script.runs[0]?.resolve(Continue()));
    const second = watched(h.actor.opened());
    await h.clock.advance(999);
    expect(second).toEqual({});
    await h.clock.advance(1);
    await settle(h, () => h.script.connects[1]?.resolve());
    expect(second.value).toBe(connections[1]);
  });

  it('waits for a link that has not begun', async () => {
    const { actor, script, clock } = unbegun();
    const opened = watched(actor.opened());
    await clock.drain();
    actor.start();
    await clock.drain();
    script.connects[0]?.resolve();
    await clock.drain();
    expect(opened).toEqual({ value: { id: 1, releases: 0 } });
    actor.stop();
  });

  it.each([
    ['fails', (h: ReturnType<typeof harness>) => h.script.connects[0]?.reject(fatal('no'))],
    ['is stopped', (h: ReturnType<typeof harness>) => h.actor.send({ type: 'stop' })],
    ['is halted', (h: ReturnType<typeof harness>) => h.actor.stop()],
  ])('rejects when the link %s first, and after that', async (how, end) => {
    const h = harness({ isWhole: false });
    const opened = watched(h.actor.opened());
    await settle(h, () => end(h));
    await settle(h, () =>
      h.script.connects[0]?.reject(h.script.connects[0].argument.signal.reason),
    );
    const status = how === 'fails' ? 'failed' : 'stopped';
    const expected = { code: 'ERR_LINK_ENDED', name: 'LinkEndedError', output: { status } };
    expect(opened.error).toBeInstanceOf(LinkEndedError);
    expect(opened.error).toMatchObject(expected);
    expect((opened.error as Error).cause).toBe(how === 'fails' ? 'no' : undefined);
    expect((opened.error as Error).message).toBe(`the link has ended: ${status}`);
    await expect(h.actor.opened()).rejects.toMatchObject(expected);
  });

  it('rejects with the reason of its signal, and keeps no listener', async () => {
    const h = harness();
    const controller = new AbortController();
    const { signal } = controller;
    const aborted = watched(h.actor.opened({ signal }));
    const kept = watched(h.actor.opened());
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    controller.abort('enough');
    await h.clock.drain();
    expect(aborted).toEqual({ error: 'enough' });
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    await expect(h.actor.opened({ signal })).rejects.toBe('enough');
    await goTo(h, 'running.settling');
    expect(kept.value).toBe(h.script.connections[0]);
    // Also where there is a connection: who has given up wants none.
    await expect(h.actor.opened({ signal })).rejects.toBe('enough');
  });

  it('keeps no listener on its signal after a connection came, or the end', async () => {
    const h = harness();
    const { signal } = new AbortController();
    void h.actor.opened({ signal });
    await goTo(h, 'running.settling');
    await h.actor.opened({ signal });
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    await settle(h, () => h.script.runs[0]?.resolve(Continue()));
    const late = watched(h.actor.opened({ signal }));
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    h.actor.send({ type: 'stop' });
    await h.clock.drain();
    expect(late.error).toBeInstanceOf(LinkEndedError);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('listens to the actor no longer than it waits', async () => {
    const h = harness();
    const listeners = [vi.spyOn(h.actor, 'on'), vi.spyOn(h.actor, 'subscribe')];
    const opened = h.actor.opened();
    const unsubscribes = listeners.map(({ mock }) => {
      expect(mock.results).toHaveLength(1);
      return vi.spyOn(mock.results[0]?.value as { unsubscribe(): void }, 'unsubscribe');
    });
    await goTo(h, 'running.settling');
    await opened;
    for (const unsubscribe of unsubscribes) expect(unsubscribe).toHaveBeenCalledTimes(1);
    await h.actor.opened();
    for (const { mock } of listeners) expect(mock.results).toHaveLength(1);
  });

  it('rejects what is no option', async () => {
    const { actor } = unbegun();
    await expect(actor.opened({ sgnal: 1 } as never)).rejects.toMatchObject({
      code: 'ERR_INVALID_OPTION',
    });
    await expect(actor.opened('now' as never)).rejects.toMatchObject({
      code: 'ERR_INVALID_OPTION',
    });
  });
});

describe('link.ended()', () => {
  it('resolves to the output, whatever that is, before the end and after it', async () => {
    const h = harness();
    const before = watched(h.actor.ended());
    await goTo(h, 'running.settling');
    expect(before).toEqual({});
    await settle(h, () => h.script.runs[0]?.resolve(Break('bye')));
    expect(before).toEqual({ value: { status: 'completed', value: 'bye' } });
    expect(await h.actor.ended()).toEqual({ status: 'completed', value: 'bye' });
  });

  it('does not reject when the link fails', async () => {
    const h = harness();
    const error = new Error('no');
    await settle(h, () => h.script.connects[0]?.reject(fatal(error)));
    expect(await h.actor.ended()).toEqual({ status: 'failed', error });
  });

  it('resolves to `stopped` when the actor is halted, before that and after it', async () => {
    const h = harness({ isWhole: false });
    await goTo(h, 'running.settling');
    const before = watched(h.actor.ended());
    h.actor.stop();
    await h.clock.drain();
    expect(before).toEqual({ value: { status: 'stopped' } });
    expect(await h.actor.ended()).toEqual({ status: 'stopped' });
  });

  it('resolves to `failed` when the actor itself breaks', async () => {
    const error = new Error('a clock that breaks');
    let isBroken = false;
    const h = harness({
      isWhole: false,
      now: () => {
        if (isBroken) throw error;
        return 0;
      },
    });
    const before = watched(h.actor.ended());
    isBroken = true;
    await h.clock.drain();
    expect(before).toEqual({ value: { status: 'failed', error } });
    expect(await h.actor.close()).toEqual({ status: 'failed', error });
  });
});

describe('link.close()', () => {
  it('stops, and waits for the end: run has settled and the connection is released', async () => {
    const h = harness();
    await goTo(h, 'running.settling');
    const closed = watched(h.actor.close('night'));
    const again = watched(h.actor.close('day'));
    await h.clock.drain();
    expect(h.script.runs[0]?.argument.signal.reason).toMatchObject({
      code: 'ERR_STOP_REQUESTED',
      reason: 'night',
    });
    expect(closed).toEqual({});
    await settle(h, () => h.script.runs[0]?.reject(h.script.runs[0]?.argument.signal.reason));
    expect(closed).toEqual({ value: { status: 'stopped', reason: 'night' } });
    expect(again).toEqual(closed);
    expect(h.script.live).toBe(0);
    expect(await h.actor.close()).toEqual({ status: 'stopped', reason: 'night' });
    expect(told(h, 'link.ended')).toHaveLength(1);
    expect(h.clock.pending).toEqual([]);
  });

  it('takes no longer than gracePeriodMs where run does not listen', async () => {
    const h = harness({ gracePeriodMs: 70 });
    await goTo(h, 'running.settling');
    const closed = watched(h.actor.close());
    await h.clock.advance(69);
    expect(closed).toEqual({});
    await h.clock.advance(1);
    expect(closed).toMatchObject({ value: { status: 'stopped' } });
    expect(h.script.live).toBe(0);
  });

  it.each(places)('ends a link in %s', async (place) => {
    const h = harness(everywhere);
    await goTo(h, place);
    const closed = watched(h.actor.close());
    await h.clock.advance(10_000);
    expect(closed).toMatchObject({ value: { status: 'stopped' } });
    expect(h.script.live).toBe(0);
  });

  it('of a link that has not begun: it ends without an attempt', async () => {
    const { actor, script, clock } = unbegun();
    const ended = watched(actor.ended());
    const closed = watched(actor.close('never mind'));
    await clock.drain();
    expect(closed).toEqual({ value: { status: 'stopped', reason: 'never mind' } });
    expect(ended).toEqual(closed);
    expect(script.connects).toHaveLength(0);
    expect(clock.pending).toEqual([]);
  });

  it('of a link that was halted before it began, too', async () => {
    const { actor, script, clock } = unbegun();
    actor.stop();
    const closed = watched(actor.close());
    await clock.drain();
    expect(closed).toEqual({ value: { status: 'stopped' } });
    expect(script.connects).toHaveLength(0);
  });

  it('leaves an output alone that was there before', async () => {
    const h = harness({ isWhole: false });
    await settle(h, () => h.script.connects[0]?.reject(fatal('no')));
    expect(await h.actor.close()).toEqual({ status: 'failed', error: 'no' });
  });

  it('comes at the end of `await using`', async () => {
    const { actor, script, clock } = unbegun();
    {
      await using link = actor.start();
      await clock.drain();
      script.connects[0]?.resolve();
      await clock.drain();
      expect(await link.opened()).toEqual({ id: 1, releases: 0 });
      const { signal } = (script.runs[0] as ScriptedCall<RunContext, unknown>).argument;
      signal.addEventListener('abort', () => script.runs[0]?.resolve(Continue()));
    }
    expect(actor.getSnapshot().output).toEqual({ status: 'stopped' });
    expect(script.live).toBe(0);
  });
});
