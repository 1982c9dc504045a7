import { memoryStore, type OutboxItem, type OutboxStore, OutboxStoreError } from 'schmoozer/outbox';
import { describe, expect, it } from 'vitest';
import { rejection } from '../../support/loopback.js';
import { boxOf } from '../../support/outboxHarness.js';

type Store = OutboxStore<string>;

/** A store in memory whose methods a test replaces; it remembers how it was called. */
function storeOf(replaced: Partial<Store> = {}) {
  const memory = memoryStore<string>();
  const calls: string[] = [];
  const store: Store = {
    load: () => memory.load(),
    append(items) {
      calls.push(`append ${items.map(({ message }) => message).join('')}`);
      return (replaced.append ?? memory.append)(items);
    },
    remove(seqs) {
      calls.push(`remove ${seqs.join(' ')}`);
      return (replaced.remove ?? memory.remove)(seqs);
    },
    close: () => memory.close(),
    ...(replaced.load && { load: replaced.load }),
    ...(replaced.close && { close: replaced.close }),
  };
  const kept = async () =>
    [...(await memory.load())].map(({ message }: OutboxItem<string>) => message).join('');
  return { store, memory, calls, kept };
}

const away = new Error('away\u001b[2J');
const never = () => new Promise<never>(() => {});

/** What the promise rejects with, if it is an OutboxStoreError. */
async function storeError(promise: Promise<unknown>): Promise<OutboxStoreError> {
  const error = await rejection(promise);
  expect(error).toBeInstanceOf(OutboxStoreError);
  return error as OutboxStoreError;
}

describe('a store', () => {
  it('gets what comes while it works in one call', async () => {
    let resolve = () => {};
    const { store, calls } = storeOf({
      append: () => new Promise<void>((done) => (resolve = done)),
    });
    const { add, box, clock } = boxOf({ store });
    await add('a', 'b', 'c');
    expect(calls).toEqual(['append a']);
    box.ack('a');
    resolve();
    await clock.drain();
    expect(calls).toEqual(['append a', 'append bc']);
    box.ack('b');
    resolve();
    await clock.drain();
    expect(calls).toEqual(['append a', 'append bc', 'remove 1', 'remove 2']);
  });

  it('has a message before it is sent, and before `add` resolves', async () => {
    let resolve = () => {};
    const { store } = storeOf({ append: () => new Promise<void>((done) => (resolve = done)) });
    const { adding, open, sent, clock } = boxOf({ store });
    await open();
    const [added] = await adding('a');
    let isAdded = false;
    void added?.then(() => (isAdded = true));
    await clock.drain();
    expect([sent(), isAdded]).toEqual(['', false]);
    resolve();
    await clock.drain();
    expect([sent(), isAdded]).toEqual(['a', true]);
  });

  it('gives the next outbox what is not acknowledged, with its key, and no `seq` again', async () => {
    const { store, memory } = storeOf();
    const first = boxOf({ store, maxItems: 3 });
    await first.add('a', 'b', 'c');
    first.box.ack('b');
    await first.box.close();
    const next = boxOf({ store, maxItems: 1, key: () => 'other' }, { isOpen: true });
    await next.box.ready();
    expect(next.box.stats()).toMatchObject({ items: 2, bytes: 2, added: 0 });
    expect(await storeless(next.box.add('d'))).toBe('ERR_OUTBOX_FULL');
    await next.open();
    expect(next.calls.map(({ key }) => key)).toEqual(['a', 'c']);
    await next.box.add('e');
    expect(next.sent()).toBe('a c e');
    await next.box.drained();
    expect([...(await memory.load())]).toEqual([]);
  });

  it.each(['ready', 'drained'] as const)(
    'acknowledges what an earlier outbox left only after `%s` has loaded it',
    async (first) => {
      const { store } = storeOf({ load: () => [{ seq: 1, key: 'a', message: 'a' }] });
      const { box, clock } = boxOf({ store, ack: 'each' });
      expect([box.ack('a'), box.stats().items]).toEqual([false, 0]);
      await clock.drain();
      expect([box.ack('a'), box.stats().items]).toEqual([false, 0]);
      void box[first]();
      await clock.drain();
      expect(box.stats().items).toBe(1);
      expect(box.ack('a')).toBe(true);
    },
  );
});

describe('a store that fails', () => {
  it.each([
    [
      'throws',
      () => {
        throw away;
      },
    ],
    ['rejects', () => Promise.reject(away)],
  ])(
    'to load because it %s fails each call, and is asked again by the next',
    async (_how, load) => {
      let isAway = true;
      const { store, memory } = storeOf({ load: () => (isAway ? load() : memory.load()) });
      const { box, add, open, sent } = boxOf({ store });
      const error = await storeError(box.add('a'));
      expect(error).toMatchObject({ code: 'ERR_OUTBOX_STORE', method: 'load', cause: away });
      expect(error.message).toBe('`load` of the store failed: away\\u{1B}[2J');
      expect(await (await open()).delivered).toBeInstanceOf(OutboxStoreError);
      expect(await rejection(box.drained())).toBeInstanceOf(OutboxStoreError);
      expect(box.stats().storeFailures).toBe(3);
      isAway = false;
      await open();
      await add('b');
      expect(sent()).toBe('b');
    },
  );

  it.each([
    ['nothing', undefined],
    ['a number', 7],
    ['items that are none', [undefined]],
    ['an item without a place', [{ key: 'a', message: 'a' }]],
    ['a place of 0', [{ seq: 0, key: 'a', message: 'a' }]],
    ['items out of order', [2, 1].map((seq) => ({ seq, key: String(seq), message: 'a' }))],
    ['an item without a key', [{ seq: 1, message: 'a' }]],
    ['a key twice', [1, 2].map((seq) => ({ seq, key: 'a', message: 'a' }))],
  ])('by loading %s is refused', async (_what, answer) => {
    const { store } = storeOf({ load: () => answer as never });
    const error = await storeError(boxOf({ store }).box.ready());
    expect(error.method).toBe('load');
    expect(error.message).toContain('did not return an ordered list of items');
  });

  it('to append rejects those calls of `add`, and is told to forget what it may have', async () => {
    let isAway = true;
    const { store, memory, calls, kept } = storeOf({
      append: (items) => {
        memory.append(items);
        if (isAway) throw away;
      },
    });
    const { box, add, adding } = boxOf({ store });
    const [first, second, again] = await adding('a', 'b', 'b');
    expect(await storeError(first as never)).toMatchObject({ method: 'append', cause: away });
    expect(await storeError(second as never)).toMatchObject({ method: 'append' });
    expect(await storeError(again as never)).toMatchObject({ method: 'append' });
    expect(box.stats()).toMatchObject({ items: 0, bytes: 0, added: 0 });
    isAway = false;
    await add('c');
    await box.drained({ signal: AbortSignal.abort('held') }).catch(() => {});
    expect(await kept()).toBe('c');
    expect(calls).toContain('remove 1');
  });

  it('to append a message that was dropped meanwhile rejects all the same', async () => {
    let reject = (_error: Error) => {};
    const { store } = storeOf({
      append: () => new Promise<never>((_, fail) => (reject = fail)),
    });
    const { adding, box, clock } = boxOf({ store, maxItems: 1, onFull: 'drop-oldest' });
    const [first, second] = await adding('a', 'b');
    expect(box.stats()).toMatchObject({ items: 1, dropped: 1 });
    reject(away);
    await storeError(first as never);
    await clock.drain();
    reject(away);
    await storeError(second as never);
    expect(box.stats()).toMatchObject({ items: 0 });
  });

  it('to append makes room for those that wait', async () => {
    let failures = 1;
    const { store } = storeOf({
      append() {
        if (failures-- > 0) throw away;
      },
    });
    const { adding } = boxOf({ store, maxItems: 1, onFull: 'wait' });
    const [first, second] = await adding('a', 'b');
    await storeError(first as never);
    expect(await second).toMatchObject({ status: 'added' });
  });

  it('to remove is asked again with the next call; `drained` and `close` say so', async () => {
    let isAway = true;
    const { store, memory, calls, kept } = storeOf({
      remove: (seqs) => (isAway ? Promise.reject(away) : memory.remove(seqs)),
    });
    const { box, add } = boxOf({ store });
    await add('a', 'b');
    box.ack('a');
    box.ack('b');
    expect(await storeError(box.drained())).toMatchObject({ method: 'remove', cause: away });
    expect(await kept()).toBe('ab');
    isAway = false;
    await box.drained();
    expect(await kept()).toBe('');
    expect(calls.at(-1)).toBe('remove 1 2');
    isAway = true;
    await add('c');
    box.ack('c');
    expect(await storeError(box.close())).toMatchObject({ method: 'remove' });
  });

  it('to close fails `close`', async () => {
    const { store } = storeOf({ close: () => Promise.reject(away) });
    expect(await storeError(boxOf({ store }).box.close())).toMatchObject({ method: 'close' });
  });
});

describe('a store that hangs', () => {
  it('fails the call after `storeTimeoutMs`, 10 s by default', async () => {
    const { store } = storeOf({ append: never });
    const { adding, clock, box } = boxOf({ store });
    const [added] = await adding('a');
    const error = storeError(added as never);
    await clock.advance(9999);
    expect(box.stats().storeFailures).toBe(0);
    await clock.advance(1);
    expect((await error).message).toContain('did not settle within 10000 ms');
    expect(clock.pending).toEqual([]);
  });

  it('holds no session longer than that', async () => {
    const { store } = storeOf({ load: never });
    const { open, clock } = boxOf({ store, storeTimeoutMs: 50 });
    const session = await open();
    await clock.advance(50);
    expect(await session.delivered).toBeInstanceOf(OutboxStoreError);
    expect(clock.pending).toEqual([]);
  });

  it('while it loads is closed when that is over', async () => {
    const order: string[] = [];
    let load = (_items: []) => {};
    const { store } = storeOf({
      load: () => new Promise((resolve) => (load = resolve)).then(() => (order.push('load'), [])),
      close: () => order.push('close'),
    });
    const { box, clock } = boxOf({ store });
    const added = rejection(box.add('a'));
    const closed = box.close();
    await clock.drain();
    expect(order).toEqual([]);
    load([]);
    await closed;
    expect(order).toEqual(['load', 'close']);
    expect(await added).toMatchObject({ code: 'ERR_OUTBOX_CLOSED' });
  });
});

async function storeless(promise: Promise<unknown>): Promise<unknown> {
  return ((await rejection(promise)) as { code: unknown }).code;
}
