import { Break, constantBackoff, type Permit, run } from 'schmoozer';
import { type BudgetStore, connectBudget } from 'schmoozer/budget';
import { diagnoseAll } from 'schmoozer/diagnostics';
import { createGroup } from 'schmoozer/group';
import {
  adaptivePace,
  connectLimiter,
  type ConnectLimiterOptions,
  fixedPace,
} from 'schmoozer/limiter';
import { endpoints } from 'schmoozer/many';
import { virtualClock } from 'schmoozer/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { heard } from '../../support/heard.js';

function all(): void {
  const { unsubscribe } = diagnoseAll();
  onTestFinished(unsubscribe);
}

describe('a limiter', () => {
  function limit(options: ConnectLimiterOptions) {
    all();
    const clock = virtualClock();
    const limiter = connectLimiter({ clock, now: clock.now, ...options });
    const request = { key: 'wss://u:secret@h', priority: 0, attempt: 0 };
    const permits: Permit[] = [];
    const ask = () => limiter.enqueue(request, (permit) => permits.push(permit));
    return { clock, limiter, request, permits, ask };
  }

  it('publishes its queue and what is under way, after each change', () => {
    const messages = heard('schmoozer:limiter:queue');
    const pace = fixedPace({ perSecond: Infinity });
    const { limiter, request, permits, ask } = limit({ pace, maxConcurrent: 1 });
    const first = limiter.tryAcquire(request);
    ask();
    const withdraw = ask();
    withdraw();
    withdraw();
    first?.settle('failed');
    permits[0]?.settle('opened');
    permits[0]?.unstable();
    const limiterId = messages[0]?.[1]['limiterId'];
    expect(limiterId).toEqual(expect.any(Number));
    const about = { limiterId, key: 'wss://h/' };
    expect(messages.map(([, message]) => message)).toEqual([
      { ...about, change: 'granted', queued: 0, inFlight: 1 },
      { ...about, change: 'queued', queued: 1, inFlight: 1 },
      { ...about, change: 'queued', queued: 2, inFlight: 1 },
      { ...about, change: 'withdrawn', queued: 1, inFlight: 1 },
      { ...about, change: 'settled', outcome: 'failed', queued: 1, inFlight: 0 },
      { ...about, change: 'granted', queued: 0, inFlight: 1 },
      { ...about, change: 'settled', outcome: 'opened', queued: 0, inFlight: 0 },
    ]);
  });

  it('publishes its pace when that changes, and why', async () => {
    const messages = heard('schmoozer:limiter:pace');
    const pace = adaptivePace({ burst: 100 });
    const { clock, limiter, request } = limit({ pace });
    const open = async (tookMs: number) => {
      const permit = limiter.tryAcquire(request);
      await clock.advance(tookMs);
      return permit;
    };
    const latest = () =>
      messages.splice(0).map(([, { perSecond, previousPerSecond, threshold, cause }]) => ({
        perSecond,
        previousPerSecond,
        threshold,
        cause,
      }));
    const lost = await open(1);
    lost?.settle('opened');
    expect(latest()).toEqual([
      { perSecond: 4, previousPerSecond: undefined, threshold: undefined, cause: 'start' },
    ]);
    lost?.unstable();
    expect(latest()).toEqual([
      { perSecond: 2, previousPerSecond: 4, threshold: 2, cause: 'failed' },
    ]);
    await clock.advance(2000);
    (await open(1))?.settle('opened');
    const [grown] = latest();
    expect(grown).toMatchObject({ previousPerSecond: 2, cause: 'opened' });
    await clock.advance(2000);
    (await open(1))?.settle('overloaded', 10);
    expect(latest()).toMatchObject([{ cause: 'overloaded' }]);
  });

  it('names attempts that are late, and a pause, as causes', () => {
    const messages = heard('schmoozer:limiter:pace');
    const key = {
      perSecond: 8,
      waitMs: () => 0,
      start() {},
      report() {},
      isForgotten: () => false,
    };
    const { limiter, request } = limit({ pace: { forKey: () => key } });
    const permit = limiter.tryAcquire(request);
    key.perSecond = 4;
    permit?.settle('opened');
    key.perSecond = 2;
    limiter.tryAcquire(request);
    expect(messages.map(([, { perSecond, cause }]) => [perSecond, cause])).toEqual([
      [8, 'start'],
      [4, 'late'],
      [2, 'idle'],
    ]);
  });

  it('says nothing while nobody listens', () => {
    const { limiter, request } = limit({});
    expect(limiter.tryAcquire(request)).toBeDefined();
  });
});

describe('a budget', () => {
  function budgeted(reserve: BudgetStore['reserve']) {
    all();
    const messages = heard('schmoozer:budget:waited');
    const clock = virtualClock();
    const budget = connectBudget({ reserve }, { clock, now: clock.now });
    const limiter = connectLimiter({ budget, clock, now: clock.now });
    const ask = () => limiter.enqueue({ key: 'k', priority: 0, attempt: 0 }, () => {});
    return { messages, clock, ask };
  }

  it('publishes each wait for permits when it is over, to the millisecond of the slot', async () => {
    const { messages, clock, ask } = budgeted(async () => ({ delayMs: 120 }));
    ask();
    await clock.advance(119);
    expect(messages).toEqual([]);
    await clock.advance(1);
    const wait = { key: 'k', permits: 1, outcome: 'granted', delayMs: 120, waitMs: 120 };
    expect(messages).toEqual([['schmoozer:budget:waited', wait]]);
  });

  it('publishes a wait that no attempt needs any more, once', async () => {
    const { messages, clock, ask } = budgeted(async () => ({ delayMs: 120 }));
    const withdraw = ask();
    await clock.advance(50);
    withdraw();
    await clock.advance(1000);
    const wait = { key: 'k', permits: 1, outcome: 'withdrawn', delayMs: 120, waitMs: 50 };
    expect(messages).toEqual([['schmoozer:budget:waited', wait]]);
  });

  it('publishes a wait without an answer: the store is away', async () => {
    const { messages, clock, ask } = budgeted(() => new Promise(() => {}));
    ask();
    await clock.advance(250);
    await vi.waitUntil(() => messages.length > 0);
    expect(messages).toEqual([
      ['schmoozer:budget:waited', { key: 'k', permits: 1, outcome: 'degraded', waitMs: 250 }],
    ]);
  });

  it('publishes no wait while nobody listens', async () => {
    all();
    const clock = virtualClock();
    const budget = connectBudget({ reserve: async () => ({ delayMs: 0 }) }, { clock });
    const limiter = connectLimiter({ budget, clock, now: clock.now });
    const granted = vi.fn();
    limiter.enqueue({ key: 'k', priority: 0, attempt: 0 }, granted);
    await clock.drain();
    expect(granted).toHaveBeenCalledOnce();
  });

  it('publishes that its store is away, and that it is back', async () => {
    all();
    const messages = heard('schmoozer:budget:degraded', 'schmoozer:budget:restored');
    const clock = virtualClock();
    let isAway = true;
    const store = {
      reserve: async () => {
        if (isAway) throw new Error('redis://u:secret@h is away');
        return { delayMs: 0 };
      },
    };
    const budget = connectBudget(store, { clock, now: clock.now });
    const limiter = connectLimiter({ budget, clock, now: clock.now });
    const ask = () => limiter.enqueue({ key: 'k', priority: 0, attempt: 0 }, () => {});
    ask();
    await clock.drain();
    expect(messages.splice(0)).toEqual([
      [
        'schmoozer:budget:degraded',
        { key: 'k', error: { name: 'Error', message: 'redis://h is away' } },
      ],
    ]);
    isAway = false;
    await clock.advance(2000);
    ask();
    await clock.drain();
    expect(messages).toEqual([['schmoozer:budget:restored', { downMs: 2000 }]]);
  });
});

describe('endpoints', () => {
  it('publish that one is set aside, with the link that it belongs to', async () => {
    all();
    const messages = heard('schmoozer:endpoint:ejected');
    const connectTo = (address: string) => ({
      peer: () => ({ address, port: 1 }),
      connect: () =>
        address === 'a.example' ? Promise.reject(new Error('no')) : Promise.resolve(address),
      run: async () => Break('done'),
    });
    const options = { order: 'failover', eject: { consecutiveFailures: 1 } } as const;
    const link = endpoints(['a.example', 'b.example'], connectTo, options);
    await run(link, { id: 'feed', backoff: constantBackoff(0) });
    expect(messages).toEqual([
      [
        'schmoozer:endpoint:ejected',
        {
          linkId: expect.any(Number) as number,
          name: 'feed',
          server: { address: 'a.example', port: 1 },
          network: { transport: undefined, protocol: { name: undefined } },
          endpoint: 'a.example',
          forMs: 30_000,
        },
      ],
    ]);
    // One that is not heard has no name.
    messages.length = 0;
    const unheard = endpoints(['a.example', 'b.example'], connectTo, options);
    const signal = new AbortController().signal;
    await expect(
      unheard.connect({ signal, attempt: 0, epoch: 1, lastError: undefined }),
    ).rejects.toThrow('retryable');
    expect(messages).toEqual([
      ['schmoozer:endpoint:ejected', { endpoint: 'a.example', forMs: 30_000 }],
    ]);
  });

  it('have no peer before the first attempt, and that of a connector which has a plain one', async () => {
    const connectTo = () => ({
      peer: { address: 'h' },
      connect: async () => 1,
      run: async () => Break(1),
    });
    const link = endpoints(['a'], connectTo);
    const peer = () => (link.peer as () => unknown)();
    expect(peer()).toBeUndefined();
    await run(link);
    expect(peer()).toEqual({ address: 'h' });
  });
});

describe('a group', () => {
  it('publishes restarts, and the links that it gives up', async () => {
    all();
    const messages = heard('schmoozer:restart:scheduled', 'schmoozer:link:givenUp');
    const clock = virtualClock();
    const group = createGroup({ clock, now: clock.now, restart: { intensity: 1 } });
    const bug = { connect: () => Promise.reject(new TypeError('bug')), run: async () => Break(1) };
    group.add('device', bug);
    await clock.advance(2000);
    await group.stop();
    const error = { name: 'TypeError', message: 'bug' };
    expect(messages).toEqual([
      ['schmoozer:restart:scheduled', { name: 'device', restarts: 1, delayMs: 1000, error }],
      ['schmoozer:link:givenUp', { name: 'device', error }],
    ]);
  });
});
