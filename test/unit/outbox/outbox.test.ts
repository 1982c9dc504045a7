import { getEventListeners } from 'node:events';
import {
  memoryStore,
  outbox,
  OutboxBusyError,
  OutboxClosedError,
  OutboxFullError,
} from 'schmoozer/outbox';
import { InvalidOptionError } from 'schmoozer';
import { describe, expect, it } from 'vitest';
import { rejection } from '../../support/loopback.js';
import { boxOf } from '../../support/outboxHarness.js';

describe('messages', () => {
  it('wait for a connection, and are sent in order, each when the one before is settled', async () => {
    const { adding, open, sent, settle, calls, box } = boxOf();
    const added = await adding('a', 'b', 'c');
    expect(await Promise.all(added)).toEqual(
      ['a', 'b', 'c'].map((key) => ({ status: 'added', key, displaced: [] })),
    );
    expect(calls.length).toBe(0);
    await open();
    expect(sent()).toBe('a');
    await settle();
    expect(sent()).toBe('a b');
    await settle();
    await settle();
    expect(sent()).toBe('a b c');
    expect(calls.map(({ connection, key, attempt }) => [connection, key, attempt])).toEqual([
      ['one', 'a', 1],
      ['one', 'b', 1],
      ['one', 'c', 1],
    ]);
    expect(box.stats()).toMatchObject({ items: 0, bytes: 0, added: 3, sent: 3, acknowledged: 3 });
  });

  it('that come while a connection is there are sent at once', async () => {
    const { add, open, sent, settle } = boxOf();
    await open();
    await add('a');
    expect(sent()).toBe('a');
    await settle();
    await add('b');
    expect(sent()).toBe('a b');
  });

  it('that were not acknowledged are sent again in the next session, the first of them first', async () => {
    const { add, open, sent, settle, calls, box } = boxOf();
    await add('a', 'b', 'c');
    const first = await open();
    await settle();
    first.end();
    expect(await first.delivered).toBe('over');
    await settle(); // too late: what a session had to say is over with it
    expect(box.stats().items).toBe(2);
    await open('two');
    await settle();
    await settle();
    expect(sent()).toBe('a b b c');
    expect(calls.map(({ attempt }) => attempt)).toEqual([1, 1, 2, 1]);
    expect(box.stats()).toMatchObject({ sent: 4, resent: 1, acknowledged: 3 });
  });

  it('have the signal of their session', async () => {
    const { add, open, calls } = boxOf();
    await add('a');
    const session = await open();
    expect(calls[0]?.signal.aborted).toBe(false);
    session.end('gone');
    expect(calls[0]?.signal.reason).toBe('gone');
  });

  it('of a key that is held are not taken twice; once acknowledged they are', async () => {
    const { add, adding, open, settle, box } = boxOf();
    await add('a');
    const [again] = await adding('a');
    expect(await again).toEqual({ status: 'duplicate', key: 'a', displaced: [] });
    await open();
    await settle();
    const [later] = await adding('a');
    expect(await later).toMatchObject({ status: 'added' });
    expect(box.stats()).toMatchObject({ added: 2, duplicates: 1 });
  });

  it('without a key get a name that no other outbox gives', async () => {
    const keys = new Set<string>();
    for (let i = 0; i < 2; i += 1) {
      const box = outbox({ send: () => {} });
      keys.add((await box.add('same')).key);
      keys.add((await box.add('same')).key);
    }
    expect(keys.size).toBe(4);
  });

  it('may be sent by a function that answers nothing, or a promise of any kind', async () => {
    const heard: unknown[] = [];
    const box = outbox({ send: (to: unknown[], message: number) => void to.push(message) });
    await box.add(1);
    const session = new AbortController();
    const delivered = box.deliver(heard, session);
    await box.add(2);
    await box.drained();
    expect(heard).toEqual([1, 2]);
    session.abort();
    await delivered;
  });
});

describe('an acknowledgement of the peer', () => {
  it("with `ack: 'each'` is that of one message, in any order", async () => {
    const { add, open, sent, box } = boxOf({ ack: 'each' }, { isOpen: true });
    await add('a', 'b', 'c');
    const session = await open();
    expect(sent()).toBe('a b c');
    expect(box.stats()).toMatchObject({ items: 3, inFlight: 3 });
    expect(box.ack('b')).toBe(true);
    expect(box.ack('b')).toBe(false);
    expect(box.stats()).toMatchObject({ items: 2, inFlight: 2, acknowledged: 1 });
    session.end();
    expect(box.stats().inFlight).toBe(0);
    await open();
    expect(sent()).toBe('a b c a c');
  });

  it("with `ack: 'cumulative'` is that of all before it, too", async () => {
    const { add, open, sent, box } = boxOf({ ack: 'cumulative' }, { isOpen: true });
    await add('a', 'b', 'c', 'd');
    const session = await open();
    expect(box.ack('c')).toBe(true);
    expect(box.ack('a')).toBe(false);
    expect(box.stats()).toMatchObject({ items: 1, acknowledged: 3 });
    session.end();
    await open();
    expect(sent()).toBe('a b c d d');
  });

  it('may be a number, may come late, and may come before `send` has settled', async () => {
    const { add, open, calls, box, settle, sent } = boxOf({ ack: 'each' });
    await add('1', '2');
    const session = await open();
    session.end();
    expect(box.ack(1)).toBe(true);
    await open();
    expect(sent()).toBe('1 2');
    expect(box.ack('2')).toBe(true);
    await settle();
    calls[1]?.resolve();
    expect(box.stats()).toMatchObject({ items: 0, inFlight: 0, acknowledged: 2 });
  });

  it('of what is unknown, or no key at all, is no matter', () => {
    const { box } = boxOf({ ack: 'each' });
    for (const key of ['x', 7, undefined, null, {}]) expect(box.ack(key as string)).toBe(false);
  });

  it('may be given by `send` itself', async () => {
    const { add, open, box } = boxOf({ ack: 'each', window: 1, send: (_, key) => box.ack(key) });
    await add('a', 'b', 'c');
    await open();
    expect(box.stats()).toMatchObject({ items: 0, sent: 3, inFlight: 0 });
  });
});

describe('a full outbox', () => {
  it('rejects by default, by messages or bytes', async () => {
    const { add, box } = boxOf({ maxItems: 2, maxBytes: 5 });
    await add('aa', 'bb');
    const error = await rejection(box.add('c'));
    expect(error).toBeInstanceOf(OutboxFullError);
    expect(error).toMatchObject({ items: 2, bytes: 4 });
    box.ack('aa');
    expect(await rejection(box.add('cccc'))).toBeInstanceOf(OutboxFullError);
    expect(await box.add('ccc')).toMatchObject({ status: 'added' });
    expect(box.stats()).toMatchObject({ items: 2, bytes: 5, rejected: 2 });
  });

  it("drops the oldest with 'drop-oldest', and says which", async () => {
    const { add, open, sent, box } = boxOf(
      { maxBytes: 4, onFull: 'drop-oldest' },
      { isOpen: true },
    );
    await add('a', 'b', 'c');
    expect(await box.add('ddd')).toEqual({ status: 'added', key: 'ddd', displaced: ['a', 'b'] });
    expect(box.stats()).toMatchObject({ items: 2, bytes: 4, dropped: 2 });
    await open();
    expect(sent()).toBe('c ddd');
  });

  it("drops one that is on its way with 'drop-oldest', and goes on", async () => {
    const { add, open, sent, settle, box } = boxOf({ maxItems: 1, onFull: 'drop-oldest' });
    await add('a');
    await open();
    await add('b');
    expect(box.stats()).toMatchObject({ items: 1, inFlight: 0 });
    await settle();
    await settle();
    expect(sent()).toBe('a b');
    expect(box.stats()).toMatchObject({ items: 0, dropped: 1, acknowledged: 1 });
  });

  it("drops the new one with 'drop-newest'", async () => {
    const { box } = boxOf({ maxItems: 1, onFull: 'drop-newest' });
    await box.add('a');
    expect(await box.add('b')).toEqual({ status: 'dropped', key: 'b', displaced: [] });
    expect(await box.add('a')).toMatchObject({ status: 'duplicate' });
    expect(box.stats()).toMatchObject({ items: 1, dropped: 1, duplicates: 1 });
  });

  it("waits for room with 'wait', in order, and no later message passes", async () => {
    const { clock, adding, box } = boxOf({ maxBytes: 4, onFull: 'wait' });
    const [, long, short] = await adding('aaa', 'bbbb', 'c');
    expect(box.stats()).toMatchObject({ items: 1, waiting: 2 });
    box.ack('aaa');
    expect(await long).toMatchObject({ status: 'added' });
    expect(box.stats()).toMatchObject({ items: 1, waiting: 1 });
    box.ack('bbbb');
    await clock.drain();
    expect(await short).toMatchObject({ status: 'added' });
    expect(box.stats()).toMatchObject({ items: 1, waiting: 0 });
  });

  it('lets no wait outlive its signal', async () => {
    const { add, box, clock } = boxOf({ maxItems: 1, onFull: 'wait' });
    await add('a');
    const { signal, abort } = abortable();
    const waiting = rejection(box.add('b', { signal }));
    await clock.drain();
    abort('enough');
    expect(await waiting).toBe('enough');
    expect(box.stats().waiting).toBe(0);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(await rejection(box.add('c', { signal }))).toBe('enough');
  });

  it('keeps no listener of a wait that has got its room', async () => {
    const { add, box, clock } = boxOf({ maxItems: 1, onFull: 'wait' });
    await add('a');
    const { signal } = abortable();
    const waiting = box.add('b', { signal });
    await clock.drain();
    box.ack('a');
    await waiting;
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('a message that cannot be held', () => {
  it.each([
    ['that has no JSON', undefined, {}],
    ['with a BigInt', 1n, {}],
    ['of more than `maxBytes`', 'abc', { maxBytes: 2 }],
    ['with a size that is no number', 'a', { sizeOf: () => NaN }],
    ['with a size below 0', 'a', { sizeOf: () => -1 }],
    ['with a key that is no text', 'a', { key: () => 7 as unknown as string }],
  ])('%s is refused at once', (_what, message, options) => {
    const box = outbox({ send: () => {}, ...options });
    expect(() => box.add(message)).toThrow(InvalidOptionError);
  });

  it('has the bytes of a text, of a view, or of its JSON', async () => {
    const box = outbox<unknown, unknown>({ send: () => {} });
    for (const message of ['é', new Uint8Array(3), { a: 1 }]) await box.add(message);
    expect(box.stats().bytes).toBe(2 + 3 + 7);
  });
});

describe('a store that does not answer', () => {
  /** A box whose store answers every method but one. */
  const hanging = (method: 'load' | 'remove') =>
    boxOf({
      ack: 'each',
      store: { ...memoryStore<string>(), [method]: () => new Promise<never>(() => {}) },
    });

  it('while it loads, keeps no `add`, `drained` or `deliver` whose signal is aborted', async () => {
    const { box, open, clock } = hanging('load');
    const { signal, abort } = abortable();
    const waits = [rejection(box.add('a', { signal })), rejection(box.drained({ signal }))];
    const session = await open();
    abort('enough');
    session.end('stop');
    await clock.drain();
    expect(await Promise.all(waits)).toEqual(['enough', 'enough']);
    expect(await session.delivered).toBe('over');
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    await clock.advance(10_000);
    expect(box.stats()).toMatchObject({ items: 0, storeFailures: 1 });
    expect(clock.pending).toEqual([]);
  });

  it('while it loads, ends the delivery of a closed box without an error', async () => {
    const { box, open, clock } = hanging('load');
    const session = await open();
    const closed = box.close();
    await clock.advance(10_000);
    await closed;
    expect(await session.delivered).toBe('over');
  });

  it('while it removes, keeps no `drained` whose signal is aborted', async () => {
    const { box, add, clock } = hanging('remove');
    await add('a');
    box.ack('a');
    const { signal, abort } = abortable();
    const drained = rejection(box.drained({ signal }));
    await clock.drain();
    abort('enough');
    expect(await drained).toBe('enough');
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    await clock.advance(10_000);
    expect(clock.pending).toEqual([]);
  });
});

describe('drained', () => {
  it('resolves when all is acknowledged, also what waits for room', async () => {
    const { add, open, settle, box } = boxOf({ maxItems: 1, onFull: 'wait' });
    await box.drained();
    await add('a', 'b');
    let isDrained = false;
    const drained = box.drained().then(() => (isDrained = true));
    await open();
    await settle();
    expect(isDrained).toBe(false);
    await settle();
    await drained;
  });

  it('rejects with the reason of its signal, during an outage too', async () => {
    const { add, box, clock } = boxOf();
    await add('a');
    const { signal, abort } = abortable();
    const drained = rejection(box.drained({ signal }));
    await clock.drain();
    abort('enough');
    expect(await drained).toBe('enough');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(await rejection(box.drained({ signal }))).toBe('enough');
  });

  it('rejects when the outbox is closed before', async () => {
    const { add, box, clock } = boxOf();
    await add('a');
    const drained = rejection(box.drained());
    await clock.drain();
    await box.close();
    expect(await drained).toBeInstanceOf(OutboxClosedError);
    expect(await rejection(box.drained())).toBeInstanceOf(OutboxClosedError);
  });
});

describe('a closed outbox', () => {
  it('takes and sends nothing more, and its store has the rest', async () => {
    const store = memoryStore<string>();
    const { add, open, sent, calls, box } = boxOf({ store });
    await add('a', 'b');
    const session = await open();
    const last = box.add('c');
    const closed = [box.close(), box.close()];
    session.end();
    await Promise.all(closed);
    expect(await session.delivered).toBe('over');
    expect(await rejection(last)).toBeInstanceOf(OutboxClosedError);
    expect(await rejection(box.add('d'))).toBeInstanceOf(OutboxClosedError);
    calls[0]?.resolve();
    const other = await open('two');
    expect(await other.delivered).toBe('over');
    expect(sent()).toBe('a');
    const next = boxOf({ store }, { isOpen: true });
    await next.open();
    expect(next.sent()).toBe('a b');
  });

  it('lets an `add` that the store is at come to its end, and refuses those that wait for room', async () => {
    const kept: string[] = [];
    const appending: (() => void)[] = [];
    const store = {
      ...memoryStore<string>(),
      append: (items: readonly { message: string }[]) =>
        new Promise<void>((resolve) => {
          kept.push(...items.map(({ message }) => message));
          appending.push(resolve);
        }),
    };
    const { adding, box } = boxOf({ store, maxItems: 1, onFull: 'wait' });
    const [first, second] = await adding('a', 'b');
    const closed = box.close();
    appending[0]?.();
    expect(await first).toMatchObject({ status: 'added' });
    expect(await rejection(second as Promise<unknown>)).toBeInstanceOf(OutboxClosedError);
    await closed;
    expect(kept).toEqual(['a']);
  });

  it('counts no acknowledgement: its store is told nothing more', async () => {
    const store = memoryStore<string>();
    const { add, box } = boxOf({ store, ack: 'each' });
    await add('a');
    await box.close();
    expect(box.ack('a')).toBe(false);
    expect([...(await store.load())].length).toBe(1);
    expect(box.stats()).toMatchObject({ items: 1, acknowledged: 0 });
  });

  it('that was never loaded can be closed, and loads no more', async () => {
    const { box } = boxOf();
    await box.close();
    expect(await rejection(box.ready())).toBeInstanceOf(OutboxClosedError);
  });
});

describe('deliver', () => {
  it('refuses a second connection while the first is served', async () => {
    const { open } = boxOf();
    const first = await open();
    const second = await open('two');
    expect(await second.delivered).toBeInstanceOf(OutboxBusyError);
    first.end();
    const third = await open('three');
    third.end();
    expect(await third.delivered).toBe('over');
  });

  it('lets the next begin in the step in which the first ends', async () => {
    const { add, box, open, calls, clock } = boxOf();
    await add('a');
    const first = await open();
    const { signal, abort } = abortable();
    const second = box.deliver('two', { signal });
    first.end();
    await clock.drain();
    expect(calls.map(({ connection }) => connection)).toEqual(['one', 'two']);
    abort();
    await second;
  });

  it('serves one at a time, in whichever step the first ends', async () => {
    for (let steps = 0; steps < 12; steps += 1) {
      const { box, open } = boxOf();
      const first = await open();
      const { signal, abort } = abortable();
      const second = box.deliver('two', { signal }).catch((error: unknown) => error);
      for (let step = 0; step < steps; step += 1) await Promise.resolve();
      first.end();
      await first.delivered;
      const third = await open('three');
      const isSecondServed = (await Promise.race([second, Promise.resolve('served')])) === 'served';
      if (isSecondServed) expect(await third.delivered).toBeInstanceOf(OutboxBusyError);
      else expect(await second).toBeInstanceOf(OutboxBusyError);
      abort();
      third.end();
      await Promise.all([second, third.delivered]);
    }
  });

  it('does nothing with a signal that has fired, and keeps no listener', async () => {
    const { add, box, sent, clock } = boxOf();
    await add('a');
    await box.deliver('one', { signal: AbortSignal.abort() });
    expect(sent()).toBe('');
    const { signal, abort } = abortable();
    const delivered = box.deliver('one', { signal });
    await clock.drain();
    abort();
    await delivered;
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(clock.pending).toEqual([]);
  });

  it.each([undefined, null, {}, { signal: 7 }, { sginal: 7 }])(
    'refuses at once to begin without a signal: %j',
    (options) => {
      const { box } = boxOf();
      expect(() => box.deliver('one', options as never)).toThrow(InvalidOptionError);
    },
  );
});

function abortable() {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    abort: (reason?: unknown) => controller.abort(reason),
  };
}
