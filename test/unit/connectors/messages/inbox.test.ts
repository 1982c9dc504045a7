import { fatal } from 'schmoozer';
import {
  Inbox,
  MessageBacklogError,
  type MessageContext,
  type MessageOptions,
  PoisonMessageError,
  type RedeliveryOptions,
  resolveMessageOptions,
  resolveRedeliveryOptions,
  type Settlement,
} from 'schmoozer/messages';
import { describe, expect, it, vi } from 'vitest';
import { rejection } from '../../../support/loopback.js';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** An inbox and what happens to its messages, in order. */
function inboxOf(options: Partial<MessageOptions<string>> = {}) {
  const log: string[] = [];
  const settings = resolveMessageOptions<MessageOptions<string>, object>(
    {
      onMessage: (message) => void log.push(message),
      onError: (error) => void log.push(`error ${String(error)}`),
      ...options,
    },
    {},
    [],
  );
  const inbox = new Inbox<string>(settings);
  const settlement = (message: string): Settlement => ({
    done: () => void log.push(`done ${message}`),
    failed: () => void log.push(`failed ${message}`),
    returned: () => void log.push(`returned ${message}`),
  });
  const controller = new AbortController();
  return {
    inbox,
    log,
    take: (...messages: string[]) => messages.map((one) => inbox.take(one, settlement(one))),
    serve: (cancel?: () => unknown) =>
      inbox.serve({ epoch: 3, signal: controller.signal }, { epoch: 3, gap: true }, cancel),
    stop: () => controller.abort('stop'),
  };
}

/** A handler whose promises the test settles by hand. */
function handler() {
  const running = new Map<string, { resolve(): void; reject(error: unknown): void }>();
  const onMessage = (message: string) =>
    new Promise<void>((resolve, reject) => void running.set(message, { resolve, reject }));
  return { running, onMessage, names: () => [...running.keys()] };
}

describe('a message', () => {
  it('waits until `onSession` is done, which may be async, and is acknowledged when it is handled', async () => {
    let ready!: () => void;
    const loaded = new Promise<void>((resolve) => (ready = resolve));
    const onSession = vi.fn(() => loaded);
    const { take, serve, stop, log } = inboxOf({ onSession });
    expect(take('a')).toEqual([true]);
    const serving = serve();
    expect(take('b')).toEqual([true]);
    await turn();
    expect(log).toEqual([]);
    ready();
    await turn();
    expect(log).toEqual(['a', 'done a', 'b', 'done b']);
    expect(onSession).toHaveBeenCalledExactlyOnceWith({ epoch: 3, gap: true });
    take('c');
    expect(log.slice(4)).toEqual(['c', 'done c']);
    stop();
    await expect(serving).resolves.toMatchObject({ type: 'Continue' });
  });

  it('comes with the number and the signal of its session', async () => {
    const onMessage = vi.fn();
    const { take, serve, stop } = inboxOf({ onMessage });
    const serving = serve();
    await turn();
    take('a');
    stop();
    await serving;
    const [message, { epoch, signal }] = onMessage.mock.lastCall as unknown as [
      string,
      MessageContext,
    ];
    expect([message, epoch, signal.reason]).toEqual(['a', 3, 'stop']);
  });

  it.each([1, 2])('begins in its order, with `maxInFlight` of %i', async (maxInFlight) => {
    const { running, onMessage, names } = handler();
    const { take, serve, stop, log } = inboxOf({ onMessage, maxInFlight });
    const serving = serve();
    await turn();
    take('a', 'b', 'c');
    expect(names()).toEqual(['a', 'b'].slice(0, maxInFlight));
    running.get('a')?.resolve();
    await turn();
    expect(names()).toEqual(['a', 'b', 'c'].slice(0, maxInFlight + 1));
    expect(log).toEqual(['done a']);
    stop();
    for (const one of running.values()) one.resolve();
    await serving;
  });

  it('is no promise’s: ten thousand handlers that are not async run in the turn that brings them', async () => {
    let seen = 0;
    const { inbox, serve, stop } = inboxOf({ onMessage: () => void seen++, maxWaiting: 1 });
    const serving = serve();
    await turn();
    for (let i = 0; i < 10_000; i++) inbox.take('x');
    expect([seen, inbox.size]).toEqual([10_000, 0]);
    stop();
    await serving;
  });
});

describe('a handler that fails', () => {
  const fail = new Error('bad');
  it.each<[string, (message: string) => unknown]>([
    [
      'throws',
      (message) => {
        if (message === 'bad') throw fail;
      },
    ],
    [
      'rejects',
      async (message) => {
        if (message === 'bad') throw fail;
      },
    ],
  ])(
    'and %s: `onError` is called, nothing is acknowledged, and the next message comes',
    async (_how, onMessage) => {
      const { take, serve, stop, log } = inboxOf({ onMessage });
      const serving = serve();
      await turn();
      take('bad', 'good');
      await turn();
      expect(log).toEqual(['error Error: bad', 'failed bad', 'done good']);
      stop();
      await serving;
    },
  );

  it('that comes after the end goes to the console with `onMessageError: "end"`, if there is no `onError`', async () => {
    const shown = vi.spyOn(console, 'error').mockReturnValue();
    const { running, onMessage } = handler();
    const options = { onMessage, onMessageError: 'end', maxInFlight: 3 } as const;
    const { inbox, take, serve } = inboxOf({ ...options, onError: undefined as never });
    const serving = serve();
    await turn();
    take('a', 'b', 'c');
    running.get('a')?.reject(new Error('a'));
    running.get('b')?.reject(new Error('b'));
    await turn();
    running.get('c')?.reject(fatal(new Error('c')));
    // The first error ends the session: an event of the link reports it.
    await expect(rejection(serving)).resolves.toMatchObject({ message: 'a' });
    await inbox.drained();
    expect(shown.mock.calls.flat().map(String)).toEqual(['Error: b', 'FatalError: fatal']);
    shown.mockRestore();
  });

  it('ends the session with `onMessageError: "end"`: what waits is given back', async () => {
    const onMessage = () => {
      throw fail;
    };
    const { take, serve, log } = inboxOf({ onMessage, onMessageError: 'end' });
    const serving = rejection(serve());
    take('bad', 'good');
    expect(await serving).toBe(fail);
    expect(log).toEqual(['error Error: bad', 'returned good', 'failed bad']);
    expect(take('late')).toEqual([false]);
    expect(log.at(-1)).toBe('returned late');
  });

  it('ends the link when it throws `fatal(error)`, whatever the option says', async () => {
    const end = fatal(fail);
    const { take, serve } = inboxOf({ onMessage: () => Promise.reject(end) });
    const serving = rejection(serve());
    take('bad');
    expect(await serving).toBe(end);
  });

  it('is reported to the console where there is no `onError`, and with "end" only by the session’s own end', async () => {
    const shown = vi.spyOn(console, 'error').mockReturnValue();
    for (const onMessageError of ['continue', 'end'] as const) {
      const { take, serve, stop } = inboxOf({
        onMessage: () => Promise.reject(fail),
        onError: undefined as never,
        onMessageError,
      });
      const serving = serve().catch(() => {});
      take('bad');
      await turn();
      stop();
      await serving;
    }
    expect(shown.mock.calls).toEqual([[fail]]);
    shown.mockRestore();
  });

  it('cannot do harm by an `onError` that throws: the console hears of it', async () => {
    const shown = vi.spyOn(console, 'error').mockReturnValue();
    const onError = () => {
      throw new Error('worse');
    };
    const { take, serve, stop, log } = inboxOf({ onMessage: () => Promise.reject(fail), onError });
    const serving = serve();
    take('bad');
    await turn();
    expect(log).toEqual(['failed bad']);
    expect(shown.mock.lastCall?.[0]).toMatchObject({ code: 'ERR_LISTENER' });
    stop();
    await serving;
    shown.mockRestore();
  });
});

describe('the end of a session', () => {
  it('begins no message more, gives back what waits, cancels, and waits for what is in flight', async () => {
    const { running, onMessage, names } = handler();
    const { inbox, take, serve, stop, log } = inboxOf({ onMessage });
    const serving = serve(() => void log.push('cancelled'));
    await turn();
    take('a', 'b');
    stop();
    let isOver = false;
    void serving.finally(() => (isOver = true));
    await turn();
    expect([names(), log, isOver, inbox.size]).toEqual([
      ['a'],
      ['returned b', 'cancelled'],
      false,
      1,
    ]);
    running.get('a')?.resolve();
    await serving;
    expect(log.at(-1)).toBe('done a');
  });

  it('waits for an acknowledgement that takes its time, and for one of a failure', async () => {
    for (const onMessage of [() => {}, () => Promise.reject(new Error('bad'))]) {
      let acknowledged!: () => void;
      const acknowledging = new Promise<void>((resolve) => (acknowledged = resolve));
      const { inbox, serve, stop } = inboxOf({ onMessage });
      const serving = serve();
      await turn();
      inbox.take('a', { done: () => acknowledging, failed: () => acknowledging });
      stop();
      let isOver = false;
      void serving.finally(() => (isOver = true));
      await turn();
      expect(isOver).toBe(false);
      acknowledged();
      await serving;
    }
  });

  it('is no failure where the subscription cannot be cancelled', async () => {
    const { serve, stop } = inboxOf();
    const serving = serve(() => {
      throw new Error('gone');
    });
    stop();
    await expect(serving).resolves.toMatchObject({ type: 'Continue' });
  });

  it.each<[string, Settlement]>([
    [
      'throws',
      {
        done: () => {
          throw new Error('not told');
        },
      },
    ],
    ['rejects', { done: () => Promise.reject(new Error('not told')) }],
  ])('comes when the server cannot be told: it %s', async (_how, settlement) => {
    const { inbox, serve } = inboxOf();
    const serving = rejection(serve());
    inbox.take('a', settlement);
    expect(String(await serving)).toBe('Error: not told');
  });

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('no state');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no state'))],
  ])('comes when `onSession` %s', async (_how, onSession) => {
    const { take, serve, log } = inboxOf({ onSession });
    take('a');
    expect(String(await rejection(serve()))).toBe('Error: no state');
    expect(log).toEqual(['returned a']);
  });

  it('does not wait for an `onSession` that hangs, and brings no message when that is done', async () => {
    let ready!: () => void;
    const loaded = new Promise<void>((resolve) => (ready = resolve));
    const { take, serve, stop, log } = inboxOf({ onSession: () => loaded });
    const serving = serve();
    take('a');
    stop();
    ready();
    await serving;
    expect(log).toEqual(['returned a']);
  });

  it('comes by a MessageBacklogError when more than `maxWaiting` wait', async () => {
    const { take, serve, log } = inboxOf({ maxWaiting: 2 });
    expect(take('a', 'b', 'c')).toEqual([true, true, false]);
    const error = await rejection(serve());
    expect(error).toBeInstanceOf(MessageBacklogError);
    expect(error).toMatchObject({ code: 'ERR_MESSAGE_BACKLOG', maxWaiting: 2 });
    expect(log).toEqual(['returned a', 'returned b', 'returned c']);
  });

  it('resolves `drained` when all that has come is settled', async () => {
    const { running, onMessage } = handler();
    const { inbox, take, serve, stop } = inboxOf({ onMessage });
    await inbox.drained();
    const serving = serve();
    await turn();
    take('a');
    const drained = inbox.drained();
    running.get('a')?.resolve();
    await drained;
    expect(inbox.size).toBe(0);
    stop();
    await serving;
  });
});

describe('redelivery', () => {
  type Options = MessageOptions<string> & RedeliveryOptions<string>;

  /** An inbox that delivers again; `log` has what the server and the callbacks were asked. */
  function redelivering(options: Partial<Options>, { byServer = false } = {}) {
    const log: string[] = [];
    const settings = resolveRedeliveryOptions<Options, object>(
      {
        onMessage: () => Promise.reject(new Error('bad')),
        onError: (error) => void log.push((error as Error).message),
        onDeadLetter: (message) => void log.push(`aside ${message}`),
        redeliveryDelayMs: 0,
        ...options,
      },
      {},
      [],
    );
    const inbox = new Inbox<string>(settings);
    const controller = new AbortController();
    const settlement: Settlement = {
      done: () => void log.push('done'),
      ...(byServer && { failed: () => void log.push('failed') }),
      returned: () => void log.push('returned'),
      deadLettered: () => void log.push('dead-lettered'),
    };
    return {
      inbox,
      log,
      take: (message: string, redeliveries?: number) =>
        inbox.take(message, settlement, redeliveries),
      serve: () => inbox.serve({ epoch: 1, signal: controller.signal }, { epoch: 1, gap: false }),
      stop: () => controller.abort('stop'),
    };
  }

  it('hands a message out again `maxRedeliveries` times, with its number, then puts it aside', async () => {
    const seen: number[] = [];
    const onMessage = (_message: string, { redeliveries }: MessageContext) => {
      seen.push(redeliveries);
      throw new Error('bad');
    };
    const { inbox, take, serve, stop, log } = redelivering({ onMessage, maxRedeliveries: 2 });
    const serving = serve();
    take('a');
    await vi.waitUntil(() => log.includes('dead-lettered'));
    expect(seen).toEqual([0, 1, 2]);
    expect(log).toEqual(['bad', 'bad', 'bad', 'aside a', 'dead-lettered']);
    expect(inbox.size).toBe(0);
    stop();
    await serving;
  });

  it('handles the others meanwhile, and acknowledges what succeeds at last', async () => {
    let failures = 0;
    const order: string[] = [];
    const onMessage = (message: string) => {
      order.push(message);
      if (message === 'a' && failures++ < 1) throw new Error('bad');
    };
    const { inbox, take, serve, stop, log } = redelivering({ onMessage });
    const serving = serve();
    take('a');
    take('b');
    await vi.waitUntil(() => inbox.size === 0 && order.length === 3);
    expect([order, log]).toEqual([
      ['a', 'b', 'a'],
      ['bad', 'done', 'done'],
    ]);
    stop();
    await serving;
  });

  it('asks the server where that delivers again, and puts the last one aside', async () => {
    const { take, serve, stop, log } = redelivering({ maxRedeliveries: 3 }, { byServer: true });
    const serving = serve();
    take('a', 2);
    await vi.waitUntil(() => log.length === 2);
    take('a', 3);
    await vi.waitUntil(() => log.length === 5);
    expect(log).toEqual(['bad', 'failed', 'bad', 'aside a', 'dead-lettered']);
    stop();
    await serving;
  });

  it('puts a message aside that was delivered too often already, and does not call `onMessage`', async () => {
    const onMessage = vi.fn();
    const aside = vi.fn();
    const { take, serve, stop, log } = redelivering({
      onMessage,
      onDeadLetter: aside,
      maxRedeliveries: 3,
    });
    const serving = serve();
    take('a', 4);
    await vi.waitUntil(() => log.includes('dead-lettered'));
    expect(onMessage).not.toHaveBeenCalled();
    const [, error] = aside.mock.lastCall as unknown as [string, PoisonMessageError];
    expect(error).toBeInstanceOf(PoisonMessageError);
    expect(error).toMatchObject({ code: 'ERR_POISON_MESSAGE', redeliveries: 4 });
    expect(log[0]).toBe(error.message);
    stop();
    await serving;
  });

  it('reports such a message to the console where there is no `onError`, with "end", too', async () => {
    const shown = vi.spyOn(console, 'error').mockReturnValue();
    for (const onMessageError of ['continue', 'end'] as const) {
      const { take, serve, stop, log } = redelivering({
        onError: undefined as never,
        onMessageError,
        maxRedeliveries: 3,
      });
      const serving = serve();
      take('a', 4);
      await vi.waitUntil(() => log.includes('dead-lettered'));
      stop();
      await serving;
    }
    expect(shown.mock.calls.flat().map((error) => (error as PoisonMessageError).code)).toEqual([
      'ERR_POISON_MESSAGE',
      'ERR_POISON_MESSAGE',
    ]);
    shown.mockRestore();
  });

  it('reports an error of `onDeadLetter` after the end to `onError`, or to the console: no session ends with it', async () => {
    const shown = vi.spyOn(console, 'error').mockReturnValue();
    const heard: unknown[] = [];
    const late = new Error('the disk is full');
    for (const [onMessageError, onError] of [
      ['continue', (error: unknown) => void heard.push(error)],
      ['end', (error: unknown) => void heard.push(error)],
      ['continue', undefined],
      ['end', undefined],
    ] as const) {
      let refuse!: () => void;
      const onDeadLetter = () =>
        new Promise<void>((_resolve, reject) => (refuse = () => reject(late)));
      const { take, serve, stop, log } = redelivering({
        onError: onError as never,
        onMessageError,
        onDeadLetter,
        maxRedeliveries: 3,
      });
      const serving = serve();
      take('a', 4);
      await vi.waitUntil(() => refuse !== undefined);
      stop();
      await turn();
      refuse();
      await serving;
      expect(log).toContain('returned');
    }
    const isLate = (error: unknown) => error === late;
    expect(heard.filter(isLate)).toEqual([late, late]);
    expect(shown.mock.calls.flat().filter(isLate)).toEqual([late, late]);
    shown.mockRestore();
  });

  it('is over at the end of the session: a message that waits for it is given back, and its timer is gone', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { inbox, take, serve, stop, log } = redelivering({ redeliveryDelayMs: 60_000 });
    const serving = serve();
    take('a');
    await vi.waitUntil(() => vi.getTimerCount() === 1);
    expect(inbox.size).toBe(1);
    stop();
    await serving;
    expect([log, vi.getTimerCount()]).toEqual([['bad', 'returned'], 0]);
    vi.useRealTimers();
  });

  it('gives a message back that fails after the end, and with `onMessageError: "end"`', async () => {
    const { take, serve, log } = redelivering({ onMessageError: 'end' });
    const serving = rejection(serve());
    take('a');
    expect(await serving).toMatchObject({ message: 'bad' });
    expect(log).toEqual(['bad', 'returned']);
  });

  it('puts nothing aside for a `fatal(error)`', async () => {
    const { take, serve, log } = redelivering({
      onMessage: () => Promise.reject(fatal(new Error('bad'))),
      maxRedeliveries: 0,
    });
    const serving = rejection(serve());
    take('a');
    await serving;
    expect(log.at(-1)).toBe('returned');
  });

  it('ends the session by what `onDeadLetter` throws, and gives the message back', async () => {
    const onDeadLetter = () => Promise.reject(new Error('no room'));
    const { take, serve, log } = redelivering({ onDeadLetter, maxRedeliveries: 0 });
    const serving = rejection(serve());
    take('a');
    expect(await serving).toMatchObject({ message: 'no room' });
    expect(log).toEqual(['bad', 'returned']);
  });

  it('has its defaults', () => {
    const { maxRedeliveries, redeliveryDelayMs, onDeadLetter } = resolveRedeliveryOptions<
      Options,
      object
    >({ onMessage() {} }, {}, []);
    expect([maxRedeliveries, redeliveryDelayMs]).toEqual([5, 1000]);
    expect((onDeadLetter as () => unknown)()).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['maxRedeliveries', -1],
    ['maxRedeliveries', 1.5],
    ['redeliveryDelayMs', -1],
    ['redeliveryDelayMs', 2 ** 31],
    ['redeliveryDelayMs', NaN],
    ['onDeadLetter', 1],
    ['clock', {}],
    ['onDeadleter', () => {}],
  ])('refuses `%s`: %s', (name, value) => {
    const options = { onMessage() {}, [name]: value };
    expect(() => resolveRedeliveryOptions<Options, object>(options, {}, [])).toThrow(
      new RegExp(`\`${name}(\\.setTimeout)?\` must be`),
    );
  });
});

describe('resolveMessageOptions', () => {
  const onMessage = () => {};
  const resolve = (options: object) =>
    resolveMessageOptions<
      MessageOptions<string> & { own?: number; bare?: string },
      { own: number }
    >({ onMessage, ...options }, { own: 7 }, ['bare']);

  it('has the defaults of the shared options, and those of the connector', () => {
    expect(resolve({ bare: 'x' })).toMatchObject({
      onMessageError: 'continue',
      maxInFlight: 1,
      maxWaiting: 10_000,
      own: 7,
      bare: 'x',
      onMessage,
    });
    expect(resolve({ maxWaiting: Infinity }).maxWaiting).toBe(Infinity);
  });

  it.each<[string, unknown]>([
    ['onMessage', undefined],
    ['onMessage', 'x'],
    ['onSession', 1],
    ['onError', 'x'],
    ['onMessageError', 'ignore'],
    ['maxInFlight', 0],
    ['maxInFlight', 1.5],
    ['maxInFlight', Infinity],
    ['maxWaiting', 0],
    ['maxWaiting', NaN],
    ['onMesage', onMessage],
  ])('refuses `%s`: %s', (name, value) => {
    expect(() => resolve({ [name]: value })).toThrow(`\`${name}\` must be`);
  });
});
