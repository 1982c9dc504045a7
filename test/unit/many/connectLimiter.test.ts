import { InvalidOptionError, isProgrammerError, type Permit, RetryableError } from 'schmoozer';
import {
  adaptivePace,
  connectLimiter,
  type ConnectLimiterOptions,
  fixedPace,
  type KeyPace,
  type Pace,
  QueueFullError,
} from 'schmoozer/limiter';
import { virtualClock } from 'schmoozer/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Applicant, apply } from '../../support/permits.js';

const unpaced = fixedPace({ perSecond: Infinity });

/** A limiter on a virtual clock, without a pace unless told otherwise, and the names in the order of their permits. */
function limit(options: ConnectLimiterOptions = {}) {
  const clock = virtualClock();
  const limiter = connectLimiter({ pace: unpaced, clock, now: clock.now, ...options });
  const order: string[] = [];
  const ask = (name: string, request: { key?: string; priority?: number; attempt?: number } = {}) =>
    apply(limiter, request, () => order.push(name), name);
  return { clock, limiter, order, ask };
}

/** Settles one permit after the other until nobody is left. */
function settleAll(applicants: readonly Applicant[]): void {
  const left = new Set(applicants);
  while (left.size > 0) {
    const next = [...left].find(({ permit }) => permit !== undefined);
    if (next === undefined) throw new Error(`${left.size} wait for ever`);
    left.delete(next);
    next.permit?.settle('opened');
  }
}

describe('the cap of a key', () => {
  it('lets maxConcurrent attempts be under way, and the next one when one of them is over', () => {
    const { limiter, order, ask } = limit({ maxConcurrent: 2 });
    const [first] = [ask('a'), ask('b'), ask('c'), ask('d')];
    expect(order).toEqual(['a', 'b']);
    first.permit?.settle('opened');
    expect(order).toEqual(['a', 'b', 'c']);
    expect(limiter.stats()).toMatchObject([{ key: '', queued: 1, inFlight: 2 }]);
  });

  it('is 32 by default', () => {
    const { order, ask } = limit();
    for (let i = 0; i < 40; i++) ask(String(i));
    expect(order).toHaveLength(32);
  });

  it('is one for each key', () => {
    const { order, ask } = limit({ maxConcurrent: 1 });
    ask('a', { key: 'one' });
    ask('b', { key: 'one' });
    ask('c', { key: 'two' });
    expect(order).toEqual(['a', 'c']);
  });
});

describe('the order of a queue', () => {
  it('is that of the priorities, then fresh losses before repeated failures, then that of their coming', () => {
    const { order, ask } = limit({ maxConcurrent: 1 });
    const applicants = [
      ask('first'),
      ask('again', { attempt: 2 }),
      ask('fresh', { attempt: 1 }),
      ask('new', { attempt: 0 }),
      ask('low', { priority: -1 }),
      ask('high again', { priority: 5, attempt: 9 }),
      ask('high', { priority: 5 }),
    ];
    settleAll(applicants);
    expect(order).toEqual(['first', 'high', 'high again', 'fresh', 'new', 'again', 'low']);
  });

  it('gives one grant in ten to whoever has waited longest', () => {
    const { order, ask } = limit({ maxConcurrent: 1 });
    const low = [ask('running'), ask('low 1', { priority: -1 }), ask('low 2', { priority: -1 })];
    const high = Array.from({ length: 30 }, (_, i) => ask(`high ${i}`));
    settleAll([...low, ...high]);
    expect(order.indexOf('low 1')).toBe(10);
    expect(order.indexOf('low 2')).toBe(20);
  });

  it('takes no account of grants that passed over nobody', () => {
    const { order, ask } = limit({ maxConcurrent: 1 });
    const failing = Array.from({ length: 12 }, (_, i) => ask(`again ${i}`, { attempt: 7 }));
    settleAll(failing.slice(0, 9));
    const lost = ask('lost', { attempt: 1 });
    settleAll([...failing.slice(9), lost]);
    expect(order.indexOf('lost')).toBe(10);
  });

  it('counts who waits, by priority', () => {
    const { limiter, ask } = limit({ maxConcurrent: 1 });
    ask('running');
    ask('a', { attempt: 7 });
    ask('b');
    ask('c', { priority: 2 });
    expect(limiter.stats()).toEqual([
      {
        key: '',
        queued: 3,
        queuedByPriority: [
          { priority: 2, queued: 1 },
          { priority: 0, queued: 2 },
        ],
        inFlight: 1,
        perSecond: Infinity,
      },
    ]);
  });

  it('lets nobody pass who comes when others wait', async () => {
    const { clock, limiter, order, ask } = limit({ pace: fixedPace({ perSecond: 1 }) });
    ask('a');
    ask('b');
    await clock.advance(999);
    expect(limiter.tryAcquire({ key: '', priority: 9, attempt: 0 })).toBeUndefined();
    await clock.advance(1);
    expect(order).toEqual(['a', 'b']);
  });
});

describe('the cap of all keys', () => {
  it('lets the keys take turns, however many wait at one of them', () => {
    const { order, ask } = limit({ maxConcurrentTotal: 1 });
    const applicants = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1'].map((name) =>
      ask(name, { key: name.slice(0, 1) }),
    );
    settleAll(applicants);
    expect(order).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
  });

  it('has no turn for a key whose own cap is reached, nor for one that has nobody left', () => {
    const { limiter, order, ask } = limit({ maxConcurrent: 1, maxConcurrentTotal: 2 });
    const [a1] = [ask('a1', { key: 'a' }), ask('b1', { key: 'b' })];
    ask('a2', { key: 'a' });
    ask('c1', { key: 'c' }).cancel();
    ask('d1', { key: 'd' });
    a1.permit?.settle('failed');
    expect(order).toEqual(['a1', 'b1', 'd1']);
    expect(limiter.stats().filter(({ queued }) => queued > 0)).toMatchObject([{ key: 'a' }]);
  });

  it('has no turn for a key whose pace has not come', async () => {
    const { clock, order, ask } = limit({
      maxConcurrentTotal: 2,
      pace: fixedPace({ perSecond: 1 }),
    });
    const [a1, b1] = [ask('a1', { key: 'a' }), ask('b1', { key: 'b' })];
    ask('a2', { key: 'a' });
    ask('c1', { key: 'c' });
    a1.permit?.settle('opened');
    expect(order).toEqual(['a1', 'b1', 'c1']);
    await clock.advance(1000);
    expect(order).toHaveLength(3);
    b1.permit?.settle('opened');
    expect(order).toEqual(['a1', 'b1', 'c1', 'a2']);
  });
});

describe('a permit', () => {
  it('that is settled twice makes room once', () => {
    const { limiter, order, ask } = limit({ maxConcurrent: 1 });
    const [first] = [ask('a'), ask('b'), ask('c')];
    first.permit?.settle('failed');
    first.permit?.settle('opened');
    expect(order).toEqual(['a', 'b']);
    expect(limiter.stats()).toMatchObject([{ inFlight: 1, queued: 1 }]);
  });

  it('that is never settled holds its place, and is seen', async () => {
    const { clock, limiter, ask } = limit({ maxConcurrent: 1 });
    ask('a');
    await clock.advance(3_600_000);
    expect(limiter.stats()).toMatchObject([{ key: '', inFlight: 1 }]);
    expect(clock.pending).toEqual([]);
  });

  it('may be settled in the moment it is granted, by ten thousand in a row', () => {
    const { limiter, ask } = limit({ maxConcurrent: 1, maxConcurrentTotal: 1 });
    const first = ask('a');
    let count = 0;
    for (let i = 0; i < 10_000; i++) {
      const request = { key: String(i % 3), priority: 0, attempt: 0 };
      limiter.enqueue(request, (permit) => {
        count += 1;
        permit.settle('ignored');
      });
    }
    first.permit?.settle('ignored');
    expect(count).toBe(10_000);
    expect(limiter.stats().every(({ inFlight, queued }) => inFlight + queued === 0)).toBe(true);
  });

  it('is given back by a taker that throws; the others go on, and the error is not lost', async () => {
    const { limiter, order, ask } = limit({ maxConcurrent: 1 });
    const lost: unknown[] = [];
    const hear = (error: unknown) => void lost.push(error);
    const heard = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', hear);
    onTestFinished(() => {
      process.off('uncaughtException', hear);
      for (const listener of heard) process.on('uncaughtException', listener);
    });
    const first = ask('a');
    limiter.enqueue({ key: '', priority: 0, attempt: 0 }, () => {
      throw new Error('no taker');
    });
    ask('b');
    first.permit?.settle('opened');
    expect(order).toEqual(['a', 'b']);
    await new Promise((resolve) => setImmediate(resolve));
    expect(lost).toMatchObject([{ message: 'no taker' }]);
  });
});

describe('a request that is taken back', () => {
  it('gets no permit, and leaves no timer', async () => {
    const { clock, limiter, order, ask } = limit({ pace: fixedPace({ perSecond: 1 }) });
    ask('a');
    const [b, c] = [ask('b'), ask('c')];
    expect(clock.pending).toHaveLength(1);
    b.cancel();
    b.cancel();
    expect(limiter.stats()).toMatchObject([{ queued: 1 }]);
    c.cancel();
    expect(clock.pending).toEqual([]);
    await clock.advance(10_000);
    expect(order).toEqual(['a']);
  });

  it('does nothing after its grant', () => {
    const { limiter, ask } = limit({ maxConcurrent: 1 });
    const [a, b] = [ask('a'), ask('b')];
    a.permit?.settle('opened');
    b.cancel();
    expect(limiter.stats()).toMatchObject([{ inFlight: 1, queued: 0 }]);
  });

  it('leaves from the middle of its queue', () => {
    const { order, ask } = limit({ maxConcurrent: 1 });
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => ask(name)) as [
      Applicant,
      Applicant,
      Applicant,
      Applicant,
    ];
    c.cancel();
    settleAll([a, b, d]);
    expect(order).toEqual(['a', 'b', 'd']);
  });
});

describe('a queue that is full', () => {
  it('says when to ask again, and counts no attempt', () => {
    const { ask } = limit({ maxConcurrent: 1, maxQueued: 1, pace: fixedPace({ perSecond: 0.1 }) });
    ask('a');
    ask('b');
    const error = thrownBy(() => ask('c')) as RetryableError;
    expect(error).toBeInstanceOf(RetryableError);
    expect(error).toMatchObject({ delayMs: 10_000, spreadMs: 10_000, consumesAttempt: false });
    expect(error.cause).toBeInstanceOf(QueueFullError);
    expect(error.cause).toMatchObject({ code: 'ERR_QUEUE_FULL', maxQueued: 1 });
  });

  it('asks for 1 to 30 s', () => {
    const delayOf = (perSecond: number) => {
      const { ask } = limit({ maxConcurrent: 1, maxQueued: 1, pace: fixedPace({ perSecond }) });
      ask('a');
      ask('b');
      return (thrownBy(() => ask('c')) as RetryableError).delayMs;
    };
    expect([0.001, 0.5, 1000].map(delayOf)).toEqual([30_000, 2000, 1000]);
  });
});

describe('keys that are gone', () => {
  it('leave nothing, once their pace says no more than a new one', async () => {
    const { clock, limiter, ask } = limit({ pace: fixedPace({ perSecond: 0.1 }) });
    for (let i = 0; i < 1000; i++) ask('a', { key: String(i) }).permit?.settle('opened');
    const held = ask('held', { key: 'held' });
    await clock.advance(9999);
    expect(limiter.stats()).toHaveLength(1001);
    await clock.advance(1);
    expect(limiter.stats().map(({ key }) => key)).toEqual(['held']);
    held.permit?.settle('opened');
    expect(limiter.stats()).toEqual([]);
  });

  it('are looked for when somebody asks, 10 s after the last time', async () => {
    let made = 0;
    const pace = {
      forKey: (nowMs: number) => {
        made += 1;
        return unpaced.forKey(nowMs);
      },
    };
    const { clock, ask } = limit({ pace });
    ask('a', { key: 'one' }).permit?.settle('opened');
    await clock.advance(9999);
    ask('a', { key: 'one' }).permit?.settle('opened');
    expect(made).toBe(1);
    await clock.advance(1);
    ask('a', { key: 'one' });
    expect(made).toBe(2);
  });
});

describe('a clock', () => {
  it('that jumps back makes nobody wait longer, and one that jumps ahead grants no more than the burst', async () => {
    const clock = virtualClock();
    let shiftMs = 0;
    const limiter = connectLimiter({
      pace: fixedPace({ perSecond: 1, burst: 2 }),
      clock,
      now: () => clock.now() + shiftMs,
    });
    const granted: number[] = [];
    const ask = () => apply(limiter, {}, () => granted.push(clock.now()));
    for (let i = 0; i < 6; i++) ask();
    expect(granted).toEqual([0, 0]);
    shiftMs = -1e12;
    await clock.advance(1000);
    // What had passed before the jump is lost: it cannot be told.
    expect(granted).toHaveLength(2);
    await clock.advance(1000);
    expect(granted).toHaveLength(3);
    shiftMs = 1e12;
    await clock.advance(1000);
    expect(granted).toHaveLength(5);
  });

  it.each([NaN, Infinity, -Infinity])('that shows %s stands still meanwhile', async (broken) => {
    const clock = virtualClock();
    let isBroken = false;
    const now = () => (isBroken ? broken : clock.now());
    const limiter = connectLimiter({ pace: fixedPace({ perSecond: 1 }), clock, now });
    const granted: number[] = [];
    for (let i = 0; i < 3; i++) apply(limiter, {}, () => granted.push(clock.now()));
    isBroken = true;
    await clock.advance(1000);
    isBroken = false;
    await clock.advance(1000);
    expect(granted).toEqual([0, 2000]);
    await clock.advance(1000);
    expect(granted).toEqual([0, 2000, 3000]);
  });

  it('is that of the host by default', () => {
    const limiter = connectLimiter();
    const permits = [1, 2, 3].map(() => limiter.tryAcquire({ key: '', priority: 0, attempt: 0 }));
    expect(permits.map((permit) => permit !== undefined)).toEqual([true, true, false]);
    const cancel = limiter.enqueue({ key: '', priority: 0, attempt: 0 }, () => {});
    cancel();
  });
});

describe('a pace', () => {
  it('that grows while somebody waits does not make it wait as long as before', async () => {
    const pace = adaptivePace({ initialPerSecond: 0.1, minPerSecond: 0.1, burst: 1 });
    const { clock, order, ask } = limit({ pace });
    const [a] = [ask('a'), ask('b')];
    await clock.advance(1000);
    a.permit?.settle('opened');
    expect(clock.pending).toEqual([1123]);
    await clock.advance(1122);
    expect(order).toEqual(['a']);
    await clock.advance(1);
    expect(order).toEqual(['a', 'b']);
  });

  /** A pace of the user's own, of which some methods are replaced. */
  const own = (methods: Partial<KeyPace>): Pace => ({
    forKey: () => ({
      perSecond: 1,
      waitMs: () => 0,
      start: () => {},
      report: () => {},
      isForgotten: () => false,
      ...methods,
    }),
  });

  it.each([-1, NaN, undefined as never])('that answers %s has a permit now', (waitMs) => {
    const { limiter, order, ask } = limit({ pace: own({ waitMs: () => waitMs }) });
    ask('a');
    limiter.enqueue({ key: '', priority: 0, attempt: 0 }, () => void order.push('b'));
    expect(order).toEqual(['a', 'b']);
  });

  it.each(['waitMs', 'start'] as const)(
    'whose %s throws once keeps nobody out for ever',
    (method) => {
      let isBroken = false;
      const broken = new Error('no pace');
      const answer = { waitMs: () => 0, start: () => {} }[method];
      const pace = own({
        [method]: () => {
          if (isBroken) throw broken;
          return answer();
        },
      });
      const { order, ask } = limit({ pace, maxConcurrent: 1, maxConcurrentTotal: 1 });
      const [a] = [ask('a', { key: 'a' }), ask('b', { key: 'b' }), ask('c', { key: 'b' })];
      isBroken = true;
      expect(() => a.permit?.settle('opened')).toThrow(broken);
      isBroken = false;
      ask('d', { key: 'b' });
      expect(order).toEqual(['a', 'b']);
    },
  );
});

describe('the options of connectLimiter', () => {
  it.each<[object, string]>([
    [{ maxConcurrent: 0 }, 'maxConcurrent'],
    [{ maxConcurrent: '3' }, 'maxConcurrent'],
    [{ maxConcurrentTotal: 0.5 }, 'maxConcurrentTotal'],
    [{ maxQueued: -1 }, 'maxQueued'],
    [{ maxQueued: NaN }, 'maxQueued'],
    [{ pace: 'fast' }, 'pace'],
    [{ pace: {} }, 'pace.forKey'],
    [{ clock: 1 }, 'clock'],
    [{ clock: { setTimeout() {} } }, 'clock.clearTimeout'],
    [{ now: 0 }, 'now'],
    [{ maxParallel: 3 }, 'maxParallel'],
  ])('%o are refused', (options, option) => {
    const error = thrownBy(() => connectLimiter(options));
    expect(error).toBeInstanceOf(InvalidOptionError);
    expect(error).toMatchObject({ option });
    expect(isProgrammerError(error)).toBe(true);
  });

  it('are an object', () => {
    expect(() => connectLimiter(null as never)).toThrow(InvalidOptionError);
  });

  it('may be at their bounds', () => {
    const options = { maxConcurrent: 1, maxConcurrentTotal: 1, maxQueued: 0 };
    const limiter = connectLimiter(options);
    const request = { key: '', priority: 0, attempt: 0 };
    const permit: Permit | undefined = limiter.tryAcquire(request);
    expect(permit).toBeDefined();
    expect(() => limiter.enqueue(request, () => {})).toThrow(RetryableError);
  });
});

function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
