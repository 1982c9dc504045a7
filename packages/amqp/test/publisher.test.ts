import { EventEmitter } from 'node:events';
import type { ConfirmChannel } from 'amqplib';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Link } from '../src/openConnection.js';
import { Publisher } from '../src/publisher.js';

/** A publisher whose broker confirms when the test says so. */
function world() {
  const confirms: (() => void)[] = [];
  const channel = Object.assign(new EventEmitter(), {
    publish: (...args: unknown[]) => void confirms.push(args[4] as () => void),
  });
  const closed = vi.fn(async () => {});
  const link = {
    channel: channel as unknown as ConfirmChannel,
    ended: new Promise<{ error: unknown }>(() => {}),
    fail: () => {},
    isBlocked: () => true,
    close: closed,
  } satisfies Link<ConfirmChannel>;
  return { publisher: new Publisher(link, 1000), confirms, closed };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('closes the connection when a blocked broker has confirmed nothing for the time it has', async () => {
  const { publisher, confirms, closed } = world();
  for (const text of ['a', 'b', 'c']) void publisher.publish('', 'q', text);
  const closing = publisher.close();
  await vi.advanceTimersByTimeAsync(900);
  confirms[0]?.();
  await vi.advanceTimersByTimeAsync(900);
  confirms[1]?.();
  await vi.advanceTimersByTimeAsync(999);
  expect(closed).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(closed).toHaveBeenCalledOnce();
  await closing;
  expect(vi.getTimerCount()).toBe(0);
});

it('closes it at once when all is confirmed, and leaves no timer', async () => {
  const { publisher, confirms, closed } = world();
  void publisher.publish('', 'q', 'a');
  const closing = publisher.close();
  confirms[0]?.();
  await closing;
  expect(closed).toHaveBeenCalledOnce();
  expect(vi.getTimerCount()).toBe(0);
});
