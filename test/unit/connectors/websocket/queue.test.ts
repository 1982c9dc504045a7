import { describe, expect, it } from 'vitest';
import { MessageQueue, weight } from '../../../../src/connectors/websocket/queue.js';
import { attempts } from '../../../support/attempt.js';
import { rejection } from '../../../support/loopback.js';

const make = () => new MessageQueue(() => {});
const value = (message: unknown) => ({ done: false, value: message });
const done = { done: true, value: undefined };

describe('MessageQueue', () => {
  it('keeps the order, whether messages or readers wait', async () => {
    const queue = make();
    queue.put('a');
    queue.put('b');
    const taken = [1, 2, 3, 4].map(() => queue.take());
    queue.put('c');
    queue.put('d');
    expect(await Promise.all(taken)).toEqual(['a', 'b', 'c', 'd'].map(value));
  });

  it('keeps the order of 5000 messages, and weighs nothing in the end', async () => {
    const queue = make();
    for (let i = 0; i < 5000; i++) queue.put(String(i));
    for (let i = 0; i < 5000; i++) expect(await queue.take()).toEqual(value(String(i)));
    expect(queue.bytes).toBe(0);
  });

  it('weighs a message by its length and 64 bytes, the empty one too', () => {
    const queue = make();
    queue.put('');
    queue.put('abc');
    queue.put(new Uint8Array(5));
    expect(queue.bytes).toBe(64 + 67 + 69);
    expect([weight(''), weight('abc'), weight(new Uint8Array(5))]).toEqual([64, 67, 69]);
  });

  it('hands out what waits before its end, and the end again and again', async () => {
    const queue = make();
    queue.put('last');
    queue.end();
    queue.put('too late');
    queue.end(new Error('a second end'));
    expect(await queue.take()).toEqual(value('last'));
    expect(await queue.take()).toEqual(done);
    expect(await queue.take()).toEqual(done);
  });

  it('hands out what waits before its error, and the error again and again', async () => {
    const queue = make();
    const error = new Error('cut');
    queue.put('last');
    queue.end(error);
    expect(await queue.take()).toEqual(value('last'));
    expect(await rejection(queue.take())).toBe(error);
    expect(await rejection(queue.take())).toBe(error);
  });

  it('ends for all who wait', async () => {
    const [ended, failed] = [make(), make()];
    const error = new Error('cut');
    const takes = [ended.take(), ended.take()];
    const rejections = [failed.take(), failed.take()].map(rejection);
    ended.end();
    failed.end(error);
    expect(await Promise.all(takes)).toEqual([done, done]);
    expect(await Promise.all(rejections)).toEqual([error, error]);
  });

  it.each(attempts)(
    'rejects with the reason of an abort of $whose, before and while it waits, and loses no message',
    async ({ makeAttempt }) => {
      const queue = make();
      const { attempt, abort, listeners } = makeAttempt();
      const waiting = rejection(queue.take(attempt));
      const other = queue.take();
      expect(listeners()).toBe(1);
      const reason = new Error('stop');
      abort(reason);
      expect(await waiting).toBe(reason);
      queue.put('for the other');
      expect(await other).toEqual(value('for the other'));
      queue.put('kept');
      expect(await rejection(queue.take(attempt))).toBe(reason);
      expect(await queue.take()).toEqual(value('kept'));
      expect(listeners()).toBe(0);
    },
  );

  it.each(attempts)(
    'leaves no listener on a signal of $whose once a message, an end or an error came',
    async ({ makeAttempt }) => {
      const { attempt, listeners } = makeAttempt();
      const queue = make();
      const first = queue.take(attempt);
      queue.put('x');
      await first;
      const second = queue.take(attempt);
      queue.end();
      await second;
      const failing = make();
      const third = rejection(failing.take(attempt));
      failing.end(new Error('cut'));
      await third;
      expect(listeners()).toBe(0);
    },
  );

  it.each(attempts)(
    'hands out its end, and not the reason of an abort of $whose, when all has been read',
    async ({ makeAttempt }) => {
      const [ended, failed, unread, discarded] = [make(), make(), make(), make()];
      const { attempt, abort } = makeAttempt();
      const error = new Error('cut');
      ended.end();
      failed.end(error);
      unread.put('waits');
      unread.end(error);
      discarded.discard();
      const reason = new Error('lost');
      abort(reason);
      expect(await ended.take(attempt)).toEqual(done);
      expect(await rejection(failed.take(attempt))).toBe(error);
      expect(await rejection(unread.take(attempt))).toBe(reason);
      expect(await rejection(discarded.take(attempt))).toBe(reason);
    },
  );

  it('drops what waits when it is discarded', async () => {
    const queue = make();
    queue.put('x');
    queue.discard();
    expect(queue.bytes).toBe(0);
    expect(await queue.take()).toEqual(done);
  });

  it('tells each taking of a message that had waited', async () => {
    let takes = 0;
    const queue = new MessageQueue(() => takes++);
    queue.put('x');
    await queue.take();
    expect(takes).toBe(1);
  });
});
