import { AckTimeoutError, memoryStore } from 'schmoozer/outbox';
import { virtualClock } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import { boxOf } from '../../support/outboxHarness.js';

describe('the window', () => {
  it('is how many messages may be unacknowledged, 100 by default', async () => {
    const { add, open, calls, box, clock } = boxOf({ ack: 'each' }, { isOpen: true });
    await add(...Array.from({ length: 102 }, (_, i) => String(i)));
    await open();
    expect(calls.length).toBe(100);
    box.ack(0);
    await clock.drain();
    expect(calls.length).toBe(101);
  });

  it('opens again for a message that is set aside, or dropped', async () => {
    const { add, open, calls, sent, clock } = boxOf({
      window: 1,
      ack: 'each',
      maxItems: 2,
      onFull: 'drop-oldest',
      onSendError: () => 'skip',
    });
    await add('a', 'b');
    await open();
    calls[0]?.reject(new Error('bad'));
    await clock.drain();
    expect(sent()).toBe('a b');
    calls[1]?.resolve();
    await add('c');
    expect(sent()).toBe('a b');
    await add('d');
    expect(sent()).toBe('a b c');
  });
});

describe('a `send` that fails', () => {
  const failure = new Error('no');

  it.each([
    [
      'throws',
      () => {
        throw failure;
      },
    ],
    ['rejects', () => Promise.reject(failure)],
  ])('because it %s ends the session, and the message stays the first', async (_how, send) => {
    const { add, open, box, clock } = boxOf({ send });
    await add('a', 'b');
    const session = await open();
    expect(await session.delivered).toBe(failure);
    expect(box.stats()).toMatchObject({ items: 2, sent: 1, inFlight: 0 });
    expect(clock.pending).toEqual([]);
  });

  it('after the end of its session is no matter', async () => {
    const { add, open, calls, clock, sent } = boxOf();
    await add('a');
    const session = await open();
    session.end();
    await open('two');
    calls[0]?.reject(failure);
    await clock.drain();
    expect(await session.delivered).toBe('over');
    expect(sent()).toBe('a a');
  });

  it("is set aside when `onSendError` answers 'skip', which is told the attempt", async () => {
    const failures: unknown[] = [];
    const { add, open, calls, settle, sent, box, clock } = boxOf({
      onSendError(error, { message, key, attempt }) {
        failures.push([error, message, key, attempt]);
        return attempt < 2 ? 'end' : 'skip';
      },
    });
    await add('a', 'b');
    const first = await open();
    calls[0]?.reject(failure);
    expect(await first.delivered).toBe(failure);
    await open('two');
    calls[1]?.reject(failure);
    await clock.drain();
    await settle();
    expect(sent()).toBe('a a b');
    expect(failures).toEqual([
      [failure, 'a', 'a', 1],
      [failure, 'a', 'a', 2],
    ]);
    expect(box.stats()).toMatchObject({ items: 0, setAside: 1, acknowledged: 1 });
  });

  it('ends the session with what `onSendError` throws, if it does', async () => {
    const bug = new TypeError('bug');
    const { add, open, calls } = boxOf({
      onSendError: () => {
        throw bug;
      },
    });
    await add('a');
    const session = await open();
    calls[0]?.reject(failure);
    expect(await session.delivered).toBe(bug);
  });

  it('for a message that was acknowledged meanwhile sets nothing aside', async () => {
    const { add, open, calls, box, clock } = boxOf({ ack: 'each', onSendError: () => 'skip' });
    await add('a');
    await open();
    box.ack('a');
    calls[0]?.reject(failure);
    await clock.drain();
    expect(box.stats()).toMatchObject({ acknowledged: 1, setAside: 0, inFlight: 0 });
  });
});

describe('ackTimeoutMs', () => {
  it('ends a session in which an acknowledgement is due for so long', async () => {
    const { add, open, clock, box } = boxOf({ ack: 'each', ackTimeoutMs: 100 }, { isOpen: true });
    await add('a', 'b');
    const session = await open();
    await clock.advance(99);
    box.ack('b');
    await clock.advance(99);
    expect(box.stats().inFlight).toBe(1);
    await clock.advance(1);
    const error = await session.delivered;
    expect(error).toBeInstanceOf(AckTimeoutError);
    expect(error).toMatchObject({ timeoutMs: 100 });
    expect(clock.pending).toEqual([]);
    box.ack('a'); // late: no timer begins again
    expect(clock.pending).toEqual([]);
  });

  it('is 30 s by default, for a `send` that never settles, too', async () => {
    const { add, open, clock } = boxOf();
    await add('a');
    const session = await open();
    await clock.advance(30_000);
    expect(await session.delivered).toBeInstanceOf(AckTimeoutError);
  });

  it('does not run while nothing is due', async () => {
    const { add, open, clock, settle } = boxOf({ ackTimeoutMs: 100 });
    await open();
    expect(clock.pending).toEqual([]);
    await add('a');
    expect(clock.pending).toEqual([100]);
    await settle();
    expect(clock.pending).toEqual([]);
  });

  it('that comes late looks first at what has arrived', async () => {
    const clock = virtualClock();
    // As in a process that stood still: the timer is first, the acknowledgement has arrived.
    const late = {
      ...clock,
      setTimeout: (callback: () => void, delayMs: number) =>
        clock.setTimeout(() => {
          callback();
          if (box.stats().items === 2) queueMicrotask(() => box.ack('a'));
        }, delayMs),
    };
    const { add, open, box } = boxOf(
      { ack: 'each', ackTimeoutMs: 100, clock: late },
      { isOpen: true },
    );
    await add('a', 'b');
    const session = await open();
    await clock.advance(100);
    expect(box.stats()).toMatchObject({ inFlight: 1, items: 1 });
    expect(clock.pending).toEqual([100]);
    await clock.advance(100);
    expect(await session.delivered).toBeInstanceOf(AckTimeoutError);
  });

  it('is not put off by messages that are dropped on their way', async () => {
    for (const ack of ['send', 'each'] as const) {
      const { add, open, clock, box } = boxOf({
        ack,
        ackTimeoutMs: 100,
        maxItems: 1,
        onFull: 'drop-oldest',
      });
      await add('a');
      const session = await open();
      await clock.advance(60);
      await add('b');
      await clock.advance(39);
      expect(box.stats().dropped).toBe(1);
      await clock.advance(1);
      expect(await session.delivered).toBeInstanceOf(AckTimeoutError);
    }
  });

  it('is put off by the acknowledgement of a message that was dropped', async () => {
    const { add, open, clock, box } = boxOf(
      { ack: 'each', ackTimeoutMs: 100, maxItems: 1, onFull: 'drop-oldest' },
      { isOpen: true },
    );
    await add('a', 'b');
    const session = await open();
    await clock.advance(60);
    expect(box.ack('a')).toBe(false);
    await clock.advance(99);
    session.end();
    expect(await session.delivered).toBe('over');
  });

  it('ends nothing when all that was due was dropped', async () => {
    const { add, open, clock, calls, box } = boxOf({
      ack: 'each',
      ackTimeoutMs: 100,
      window: 1,
      maxItems: 1,
      onFull: 'drop-oldest',
      store: { ...memoryStore<string>(), append: () => clock.drain().then(() => gate) },
    });
    let openGate = () => {};
    let gate: Promise<void> | undefined;
    await add('a');
    await clock.drain();
    const session = await open();
    calls[0]?.resolve();
    await clock.drain();
    // The next message is not in the store yet when the first is dropped.
    gate = new Promise((resolve) => (openGate = resolve));
    await add('b');
    await clock.advance(100);
    expect(box.stats()).toMatchObject({ inFlight: 0, dropped: 1 });
    openGate();
    await clock.drain();
    await clock.drain();
    expect(calls.length).toBe(2);
    session.end();
    expect(await session.delivered).toBe('over');
  });

  it('may be Infinity', async () => {
    const { add, open, clock } = boxOf({ ackTimeoutMs: Infinity });
    await add('a');
    await open();
    expect(clock.pending).toEqual([]);
  });
});
