import { type BudgetEvent, type BudgetRequest, connectBudget } from 'schmoozer/budget';
import type { ConnectBudgetOptions } from 'schmoozer/budget';
import { connectLimiter, type ConnectLimiterOptions, fixedPace } from 'schmoozer/limiter';
import { virtualClock } from 'schmoozer/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { apply } from '../../support/permits.js';

interface Reservation extends BudgetRequest {
  answer(delayMs: unknown): void;
  reject(error: unknown): void;
}

/** A limiter whose budget is kept by a store that a test answers for, on a virtual clock. */
function share(
  options: ConnectBudgetOptions = {},
  limits: ConnectLimiterOptions = {},
  reserve?: (request: BudgetRequest) => unknown,
) {
  const clock = virtualClock();
  const { now } = clock;
  const reservations: Reservation[] = [];
  const store = {
    reserve: (request: BudgetRequest) =>
      new Promise<{ delayMs: number }>((resolve, reject) => {
        const answer = (delayMs: unknown) => resolve({ delayMs } as { delayMs: number });
        reservations.push({ ...request, answer, reject });
        if (reserve) resolve(reserve(request) as { delayMs: number });
      }),
  };
  const budget = connectBudget(store, { clock, now, ...options });
  const events: BudgetEvent[] = [];
  budget.on('budget.degraded', (event) => void events.push(event));
  budget.on('budget.restored', (event) => void events.push(event));
  const limiter = connectLimiter({
    pace: fixedPace({ perSecond: Infinity }),
    clock,
    now,
    budget,
    ...limits,
  });
  const order: string[] = [];
  const ask = (name: string, key = '') => apply(limiter, { key }, () => order.push(name), name);
  /** The newest reservation. */
  const last = () => reservations.at(-1) as Reservation;
  return { clock, budget, limiter, events, order, ask, reservations, last };
}

/** A share whose store has just rejected: the first attempt has gone at the local pace. */
async function degraded(options: ConnectBudgetOptions = {}) {
  const shared = share(options);
  shared.ask('first');
  shared.last().reject(new Error('away'));
  await shared.clock.drain();
  expect(shared.events).toMatchObject([{ type: 'budget.degraded' }]);
  return shared;
}

describe('a reservation', () => {
  it('lets no attempt start before the store has answered and the delay is over', async () => {
    const { clock, order, ask, last } = share();
    ask('a');
    await clock.advance(249);
    expect(order).toEqual([]);
    last().answer(1000);
    await clock.advance(999);
    expect(order).toEqual([]);
    await clock.advance(1);
    expect(order).toEqual(['a']);
    expect(clock.pending).toEqual([]);
  });

  it('is for those that wait, 5 at most, one after the other, and all go at once', async () => {
    const { clock, order, ask, reservations, last } = share();
    for (const name of 'abcdefghi') ask(name);
    last().answer(0);
    await clock.drain();
    expect(order).toEqual(['a']);
    last().answer(10);
    await clock.advance(10);
    expect(order.join('')).toBe('abcdef');
    last().answer(0);
    await clock.drain();
    expect(order.join('')).toBe('abcdefghi');
    expect(reservations.map(({ permits }) => permits)).toEqual([1, 5, 3]);
  });

  it('is for no more than there is room, and than the pace brings in 100 ms', async () => {
    const roomy = share({ lease: 50 }, { maxConcurrent: 3 });
    const paced = share({}, { pace: fixedPace({ perSecond: 25, burst: 9 }) });
    const slow = share({}, { pace: fixedPace({ perSecond: 0.2, burst: 9 }) });
    for (const { clock, ask, last } of [roomy, paced, slow]) {
      for (const name of 'abcdef') ask(name);
      last().answer(0);
      await clock.drain();
    }
    expect([roomy, paced, slow].map(({ last }) => last().permits)).toEqual([2, 3, 1]);
  });

  it.each([NaN, 0])(
    'is for one link at a pace of yours that says %d a second',
    async (perSecond) => {
      const key = {
        perSecond,
        waitMs: () => 0,
        start() {},
        report() {},
        isForgotten: () => true,
      };
      const pace = { forKey: () => key };
      const { clock, order, ask, reservations } = share({}, { pace }, () => ({ delayMs: 0 }));
      for (const name of 'abc') ask(name);
      await clock.drain();
      expect(order).toEqual(['a', 'b', 'c']);
      expect(reservations.map(({ permits }) => permits)).toEqual([1, 1, 1]);
    },
  );

  it('comes after the local pace: a key whose pace holds it asks nothing', async () => {
    const { clock, ask, reservations, last } = share({}, { pace: fixedPace({ perSecond: 1 }) });
    ask('a');
    last().answer(0);
    await clock.drain();
    ask('b');
    await clock.advance(999);
    expect(reservations).toHaveLength(1);
    await clock.advance(1);
    expect(reservations).toHaveLength(2);
  });

  it('is one for each key', async () => {
    const { clock, order, ask, reservations } = share();
    ask('a', 'one');
    ask('b', 'two');
    ask('c', 'one');
    reservations[1]?.answer(0);
    await clock.drain();
    expect(order).toEqual(['b']);
    expect(reservations.map(({ key, permits }) => [key, permits])).toEqual([
      ['one', 1],
      ['two', 1],
    ]);
  });

  it('holds with a cap of all keys, which take turns', async () => {
    const limits = { maxConcurrentTotal: 1 };
    const { clock, order, ask } = share({}, limits, () => ({ delayMs: 10 }));
    const applicants = ['a1', 'a2', 'b1', 'b2'].map((name) => ask(name, name.slice(0, 1)));
    for (let granted = 1; granted <= 4; granted++) {
      await clock.advance(40);
      expect(order).toHaveLength(granted);
      applicants.find(({ name }) => name === order.at(-1))?.permit?.settle('opened');
    }
    expect(
      order
        .map((name) => name.slice(0, 1))
        .toSorted()
        .join(''),
    ).toBe('aabb');
    expect(clock.pending).toEqual([]);
  });

  it('whose link has left is given up when no other waits: its signal fires, an answer changes nothing', async () => {
    const { clock, order, ask, events, reservations, last } = share();
    ask('gone').cancel();
    expect(last().signal.aborted).toBe(true);
    expect(clock.pending).toEqual([]);
    reservations[0]?.answer(0);
    await clock.drain();
    ask('a');
    expect(reservations).toHaveLength(2);
    await clock.drain();
    expect(order).toEqual([]);
    last().answer(0);
    await clock.drain();
    expect(order).toEqual(['a']);
    // The rejection of a store that listens to the signal is no failure of it.
    ask('gone').cancel();
    last().reject(last().signal.reason);
    await clock.drain();
    expect(events).toEqual([]);
  });

  it('whose link has left serves whoever waits, also one who came later', async () => {
    const { clock, order, ask, last } = share();
    const gone = ask('gone');
    ask('later');
    gone.cancel();
    expect(last().signal.aborted).toBe(false);
    last().answer(10);
    await clock.advance(10);
    expect(order).toEqual(['later']);
  });

  it('lapses when all leave while its slot is waited for: no timer is left, the next link reserves for itself', async () => {
    const { clock, order, ask, reservations, last } = share();
    const gone = ask('gone');
    last().answer(1000);
    await clock.advance(500);
    gone.cancel();
    expect(clock.pending).toEqual([]);
    ask('a');
    await clock.advance(100);
    expect([order, reservations.length]).toEqual([[], 2]);
  });

  it('that was for more than still wait leaves nothing for those that come later', async () => {
    const { clock, order, ask, reservations, last } = share();
    const [, b, c] = [ask('a'), ask('b'), ask('c'), ask('d')];
    last().answer(0);
    await clock.drain();
    expect(last().permits).toBe(3);
    b.cancel();
    c.cancel();
    last().answer(0);
    await clock.drain();
    expect(order).toEqual(['a', 'd']);
    ask('e');
    await clock.drain();
    expect([order.length, reservations.length]).toEqual([2, 3]);
  });
});

describe('a pace', () => {
  it('does not grow while the budget is what holds its attempts up', async () => {
    let delayMs = 0;
    const { clock, limiter, ask } = share({}, { pace: undefined as never }, () => ({ delayMs }));
    const perSecond = () => limiter.stats()[0]?.perSecond as number;
    const applicants = Array.from({ length: 200 }, (_, i) => ask(String(i)));
    const settle = () => {
      for (const each of applicants.splice(0)) {
        if (each.permit === undefined) applicants.push(each);
        else each.permit.settle('opened');
      }
    };
    for (let i = 0; i < 20; i++) {
      await clock.advance(50);
      settle();
    }
    const grown = perSecond();
    expect(grown).toBeGreaterThan(8);
    delayMs = 100;
    await clock.advance(200);
    settle();
    const held = perSecond();
    for (let i = 0; i < 10; i++) {
      await clock.advance(50);
      settle();
    }
    expect(applicants.length).toBeGreaterThan(0);
    expect(perSecond()).toBe(held);
  });
});

describe('a store that', () => {
  const broken: [string, (request: BudgetRequest) => unknown][] = [
    ['rejects', () => Promise.reject(new Error('away'))],
    ['answers NaN', () => ({ delayMs: NaN })],
    ['answers less than 0', () => ({ delayMs: -1 })],
    ['answers a year', () => ({ delayMs: 365 * 86_400_000 })],
    ['answers more than `maxDelayMs`', () => ({ delayMs: 600_001 })],
    ['answers Infinity', () => ({ delayMs: Infinity })],
    ['answers a text', () => ({ delayMs: '10' })],
    ['answers an object without a delay', () => ({})],
    ['answers nothing', () => undefined],
    ['answers null', () => null],
  ];

  it.each(broken)('%s: the local pace decides at once', async (_title, reserve) => {
    const { clock, order, ask, events } = share({}, {}, reserve);
    for (const name of 'abc') ask(name, 'key');
    await clock.drain();
    expect(order.join('')).toBe('abc');
    expect(events).toEqual([{ type: 'budget.degraded', key: 'key', error: expect.any(Error) }]);
  });

  it('throws: the local pace decides at once', async () => {
    const clock = virtualClock();
    const error = new Error('thrown');
    const budget = connectBudget(
      {
        reserve() {
          throw error;
        },
      },
      { clock, now: clock.now },
    );
    const events: BudgetEvent[] = [];
    budget.on('budget.degraded', (event) => void events.push(event));
    const limiter = connectLimiter({ clock, now: clock.now, budget });
    const applicant = apply(limiter);
    await clock.drain();
    expect(applicant.permit).toBeDefined();
    expect(events).toEqual([{ type: 'budget.degraded', key: '', error }]);
  });

  it('answers `maxDelayMs` is believed', async () => {
    const { clock, order, ask, events } = share({}, {}, () => ({ delayMs: 600_000 }));
    ask('a');
    await clock.advance(599_999);
    expect([order, events]).toEqual([[], []]);
    await clock.advance(1);
    expect(order).toEqual(['a']);
  });

  it('says what it answered, without what may be secret', async () => {
    const messages: unknown[] = [];
    for (const answer of [{ delayMs: NaN }, { delayMs: 'hunter2' }, 'hunter2', null]) {
      const { clock, ask, events } = share({ maxDelayMs: 5 }, {}, () => answer);
      ask('a');
      await clock.drain();
      const [event] = events;
      messages.push(event?.type === 'budget.degraded' && (event.error as Error).message);
    }
    const says = 'the budget must return { delayMs: 0 to 5 }; received ';
    expect(messages).toEqual([
      `${says}\`delayMs\`: NaN`,
      `${says}\`delayMs\`: a string of 7 characters`,
      `${says}a string of 7 characters`,
      `${says}null`,
    ]);
  });

  it('hangs costs 250 ms once: all keys go on, and an answer that comes later is ignored', async () => {
    const { clock, order, ask, events, reservations } = share();
    ask('a', 'one');
    await clock.advance(100);
    ask('b', 'two');
    await clock.advance(149);
    expect([order, events]).toEqual([[], []]);
    await clock.advance(1);
    expect(order).toEqual(['a', 'b']);
    expect(events).toMatchObject([
      { key: 'one', error: { code: 'ERR_BUDGET', message: expect.stringContaining('250 ms') } },
    ]);
    expect(reservations.map(({ signal }) => signal.aborted)).toEqual([true, true]);
    expect(clock.pending).toEqual([]);
    for (const { answer } of reservations) answer(0);
    await clock.drain();
    ask('c', 'one');
    ask('d', 'three');
    expect(order).toEqual(['a', 'b', 'c', 'd']);
    expect([events.length, reservations.length]).toEqual([1, 2]);
  });

  it('answers in time is believed although the timer of the deadline fires first, as in a busy process', async () => {
    const timers: (() => void)[] = [];
    const clock = {
      setTimeout: (callback: () => void) => timers.push(callback),
      clearTimeout() {},
    };
    const { clock: real, order, ask, events, last } = share({ clock });
    ask('a');
    for (const fire of timers) fire();
    last().answer(0);
    await real.drain();
    expect([order, events]).toEqual([['a'], []]);
  });
});

describe('a store that was away', () => {
  it('is asked again after 1 s, then after twice as long each time, up to 30 s; no attempt waits for it', async () => {
    const { clock, order, ask, events, reservations, last } = await degraded();
    const askedAtMs: number[] = [];
    for (let i = 0; clock.now() < 100_000; i++) {
      await clock.advance(250);
      const before = reservations.length;
      ask(`again ${i}`).permit?.settle('opened');
      expect(order.at(-1)).toBe(`again ${i}`);
      if (reservations.length === before) continue;
      expect(last().permits).toBe(1);
      askedAtMs.push(clock.now());
      last().reject(new Error('still away'));
      await clock.drain();
    }
    expect(askedAtMs).toEqual([1000, 3000, 7000, 15_000, 31_000, 61_000, 91_000]);
    expect(events).toHaveLength(1);
  });

  it('hangs when it is asked again: still no attempt waits, and it is asked once at a time', async () => {
    const { clock, order, ask, reservations, events, last } = await degraded();
    await clock.advance(1000);
    for (const name of 'abc') ask(name).permit?.settle('opened');
    expect([order.length, reservations.length]).toEqual([4, 2]);
    await clock.advance(250);
    expect(last().signal.aborted).toBe(true);
    await clock.advance(1999);
    ask('d');
    expect(reservations).toHaveLength(2);
    await clock.advance(1);
    ask('e');
    expect([reservations.length, events.length]).toEqual([3, 1]);
  });

  it('answers again: that is reported once, and it decides from then on', async () => {
    const { clock, order, ask, events, last } = await degraded();
    await clock.advance(1000);
    ask('pays');
    last().answer(5000);
    await clock.drain();
    expect(events[1]).toEqual({ type: 'budget.restored', downMs: 1000 });
    ask('a');
    await clock.drain();
    expect(order).toEqual(['first', 'pays']);
    last().answer(10);
    await clock.advance(10);
    expect(order).toEqual(['first', 'pays', 'a']);
    expect(events).toHaveLength(2);
  });

  it('is away again: that is reported again, and the first pause is 1 s again', async () => {
    const { clock, order, ask, events, reservations, last } = await degraded();
    for (const afterMs of [1000, 2000]) {
      await clock.advance(afterMs);
      ask('x').permit?.settle('opened');
      if (afterMs === 1000) last().reject(new Error('still away'));
      else last().answer(0);
      await clock.drain();
    }
    ask('a');
    last().reject(new Error('away again'));
    await clock.drain();
    expect(order.at(-1)).toBe('a');
    expect(events.map(({ type }) => type)).toEqual([
      'budget.degraded',
      'budget.restored',
      'budget.degraded',
    ]);
    const asked = reservations.length;
    await clock.advance(999);
    ask('b');
    expect(reservations).toHaveLength(asked);
    await clock.advance(1);
    ask('c');
    expect(reservations).toHaveLength(asked + 1);
  });

  it('has granted nothing: links that the pace holds reserve again when it is back', async () => {
    const pace = fixedPace({ perSecond: 30 });
    const { clock, order, ask, events, reservations, last } = share({ retryMs: 1 }, { pace });
    for (const name of 'abcd') ask(name);
    last().answer(0);
    await clock.advance(34);
    expect(last().permits).toBe(3);
    last().reject(new Error('away'));
    await clock.advance(34);
    expect(order.join('')).toBe('abc');
    last().answer(0);
    await clock.advance(34);
    expect(events).toHaveLength(2);
    expect(reservations.map(({ permits }) => permits)).toEqual([1, 3, 1, 1]);
    expect(order.join('')).toBe('abc');
  });

  it('is asked again at the time of a clock that never goes back', async () => {
    let nowMs = 0;
    const { clock, ask, events, reservations, last } = share({ now: () => nowMs });
    ask('first');
    last().reject(new Error('away'));
    await clock.drain();
    // Back by an hour: as if no time had passed. What is no time is none.
    for (const jump of [-3_600_000, NaN, -3_600_000 + 999]) {
      nowMs = jump;
      ask('early').permit?.settle('opened');
      expect(reservations).toHaveLength(1);
    }
    nowMs = -3_600_000 + 1000;
    ask('due').permit?.settle('opened');
    expect(reservations).toHaveLength(2);
    last().reject(new Error('still away'));
    await clock.drain();
    // On by a year: it is asked at once, and that is all.
    nowMs = 365 * 86_400_000;
    ask('due').permit?.settle('opened');
    ask('due').permit?.settle('opened');
    expect(reservations).toHaveLength(3);
    last().answer(0);
    await clock.drain();
    expect(events).toHaveLength(2);
  });

  it('lets a link wait for the slot that it had already reserved, if nothing else wakes it', async () => {
    const { clock, order, ask, reservations } = share();
    ask('gone', 'one').cancel();
    ask('a', 'one');
    reservations[1]?.answer(1000);
    await clock.drain();
    ask('b', 'two');
    reservations[2]?.reject(new Error('away'));
    await clock.drain();
    expect(order).toEqual(['b']);
    await clock.advance(1000);
    expect(order).toEqual(['b', 'a']);
    expect(clock.pending).toEqual([]);
  });
});

describe('listeners', () => {
  it('cannot change anything by what they throw: it goes to the logger', async () => {
    const logged: unknown[] = [];
    const { clock, budget, order, ask, events, last } = share({
      logger: (error) => void logged.push(error),
    });
    const heard: string[] = [];
    budget.on('budget.degraded', () => {
      throw new Error('bad listener');
    });
    budget.on('budget.degraded', ({ key }) => void heard.push(key));
    ask('a', 'key');
    last().reject(new Error('away'));
    await clock.drain();
    expect(order).toEqual(['a']);
    expect([heard, events.length]).toEqual([['key'], 1]);
    expect(logged).toMatchObject([{ code: 'ERR_LISTENER', cause: { message: 'bad listener' } }]);
  });

  it('hear nothing after they have unsubscribed, and one added in an event hears of the next', async () => {
    const { clock, budget, ask, last } = share();
    const heard: string[] = [];
    const subscription = budget.on('budget.degraded', () => {
      heard.push('once');
      subscription.unsubscribe();
      budget.on('budget.restored', () => void heard.push('added'));
    });
    ask('a');
    last().reject(new Error('away'));
    await clock.advance(1000);
    expect(heard).toEqual(['once']);
    ask('b');
    last().answer(0);
    await clock.drain();
    expect(heard).toEqual(['once', 'added']);
  });

  it('are functions, and what they throw goes to the console by default', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    onTestFinished(() => log.mockRestore());
    const { clock, budget, ask, last } = share();
    expect(() => budget.on('budget.degraded', 'no' as never)).toThrow('`listener`');
    budget.on('budget.degraded', () => {
      throw new Error('bad listener');
    });
    ask('a');
    last().reject(new Error('away'));
    await clock.drain();
    expect(log.mock.calls).toMatchObject([[{ code: 'ERR_LISTENER' }]]);
  });
});

describe('by default', () => {
  it('time is that of the host', async () => {
    const budget = connectBudget({ reserve: () => Promise.reject(new Error('away')) });
    const away = new Promise((resolve) => {
      budget.on('budget.degraded', resolve);
    });
    const applicant = apply(connectLimiter({ budget }));
    await away;
    expect(applicant.permit).toBeDefined();
  });
});

describe('without a budget', () => {
  it('a permit is there at once, as before', () => {
    const { limiter } = share({}, { budget: undefined as never });
    expect(limiter.tryAcquire({ key: '', priority: 0, attempt: 0 })).toBeDefined();
  });
});
