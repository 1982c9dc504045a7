import { afterEach, describe, expect, it, vi } from 'vitest';
import { aboutLink, attempt, publish, publishAttempt, server } from './support/messages.js';
import { type Metric, telemetry } from './support/telemetry.js';

afterEach(() => void vi.restoreAllMocks());

const error = { name: 'Error', message: 'refused', code: 'ECONNREFUSED' };

/** Attributes and value of each point. */
function valuesOf(metric: Metric | undefined) {
  return metric?.points.map(({ attributes, value }) => [attributes, value]);
}

function stopwatch() {
  let nowMs = 1000;
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  vi.spyOn(Date, 'now').mockImplementation(() => 1_700_000_000_000 + nowMs);
  return (ms: number) => {
    nowMs += ms;
  };
}

describe('links', () => {
  it('are counted by state; one that has ended is not', async () => {
    const { collect } = telemetry();
    const [a, b] = [aboutLink(), aboutLink()];
    publish('schmoozer:link:state', { ...a, from: undefined, to: 'connecting', ms: 0 });
    publish('schmoozer:link:state', { ...b, from: undefined, to: 'connecting', ms: 0 });
    publish('schmoozer:link:state', { ...a, from: 'connecting', to: 'online', ms: 5 });
    const count = (await collect())['schmoozer.connection.count'];
    expect(count?.unit).toBe('{connection}');
    expect(valuesOf(count)).toEqual([
      [{ ...server, 'schmoozer.connection.state': 'connecting' }, 1],
      [{ ...server, 'schmoozer.connection.state': 'online' }, 1],
    ]);
    publish('schmoozer:link:state', { ...a, from: 'online', to: 'ended', ms: 5 });
    const after = (await collect())['schmoozer.connection.count'];
    expect(after?.points.map(({ value }) => value)).toEqual([1, 0]);
  });

  it('move from one server to another with their state', async () => {
    const { collect } = telemetry();
    const a = aboutLink();
    publish('schmoozer:link:state', { ...a, from: undefined, to: 'connecting', ms: 0 });
    const elsewhere = { ...a, server: { address: 'b.example', port: 1 } };
    publish('schmoozer:link:state', { ...elsewhere, from: 'connecting', to: 'online', ms: 0 });
    const count = (await collect())['schmoozer.connection.count'];
    expect(
      count?.points.map(({ attributes, value }) => [attributes['server.address'], value]),
    ).toEqual([
      ['feed.example', 0],
      ['b.example', 1],
    ]);
  });

  it('availability is rate(online) / rate(all), also while nothing happens', async () => {
    const { collect } = telemetry();
    const pass = stopwatch();
    const [a, b] = [aboutLink(), aboutLink()];
    for (const link of [a, b]) {
      publish('schmoozer:link:state', { ...link, from: undefined, to: 'connecting', ms: 0 });
      publish('schmoozer:link:state', { ...link, from: 'connecting', to: 'online', ms: 0 });
    }
    const sums = async () => {
      const metric = (await collect())['schmoozer.connection.state_time'];
      expect(metric?.unit).toBe('s');
      const sum = (state?: string) =>
        (metric?.points ?? [])
          .filter(({ attributes }) => !state || attributes['schmoozer.connection.state'] === state)
          .reduce((total, { value }) => total + value, 0);
      return { online: sum('online'), all: sum() };
    };
    const before = await sums();
    pass(60_000);
    publish('schmoozer:link:state', { ...a, from: 'online', to: 'waiting', ms: 0 });
    pass(40_000);
    const after = await sums();
    expect(after.online - before.online).toBe(160);
    expect(after.all - before.all).toBe(200);
    expect((after.online - before.online) / (after.all - before.all)).toBe(0.8);
  });

  it('time in a state never goes back, and neither does the clock', async () => {
    const { collect } = telemetry();
    const pass = stopwatch();
    publish('schmoozer:link:state', { ...aboutLink(), from: undefined, to: 'online', ms: 0 });
    const seconds = async () =>
      (await collect())['schmoozer.connection.state_time']?.points[0]?.value;
    pass(0.1);
    const first = await seconds();
    pass(-5000);
    expect(await seconds()).toBe(first);
  });

  it('are last online now, or when they stopped being so', async () => {
    const { collect } = telemetry({ linkNames: true });
    const pass = stopwatch();
    const a = aboutLink({ name: 'prices' });
    publish('schmoozer:link:state', { ...a, from: undefined, to: 'online', ms: 0 });
    pass(10_000);
    const lastOnline = async () => (await collect())['schmoozer.connection.last_online'];
    expect((await lastOnline())?.unit).toBe('s');
    const attributes = { ...server, 'schmoozer.link.name': 'prices' };
    expect(valuesOf(await lastOnline())).toEqual([[attributes, 1_700_000_011]]);
    publish('schmoozer:link:state', { ...a, from: 'online', to: 'waiting', ms: 0 });
    pass(10_000);
    expect(valuesOf(await lastOnline())).toEqual([[attributes, 1_700_000_011]]);
  });
});

describe('attempts', () => {
  it('are counted by outcome, and timed in seconds unless they were given up', async () => {
    const { collect } = telemetry();
    const link = aboutLink();
    publishAttempt({ ...link, ...attempt });
    publishAttempt({
      ...link,
      ...attempt,
      outcome: 'failed',
      connectMs: 500,
      error,
      queuedMs: 2000,
    });
    publishAttempt({ ...link, ...attempt, outcome: 'aborted', connectMs: 9000, cause: 'stop' });
    const metrics = await collect();
    expect(metrics['schmoozer.connection.attempts']?.unit).toBe('{attempt}');
    expect(valuesOf(metrics['schmoozer.connection.attempts'])).toEqual([
      [{ ...server, 'schmoozer.attempt.outcome': 'opened' }, 1],
      [{ ...server, 'schmoozer.attempt.outcome': 'failed', 'error.type': 'ECONNREFUSED' }, 1],
      [{ ...server, 'schmoozer.attempt.outcome': 'aborted' }, 1],
    ]);
    const times = metrics['schmoozer.connection.create_time'];
    expect(times?.unit).toBe('s');
    expect(valuesOf(times)).toEqual([
      [server, 0.04],
      [{ ...server, 'error.type': 'ECONNREFUSED' }, 0.5],
    ]);
    expect(times?.points[0]?.boundaries?.at(0)).toBe(0.005);
    expect(times?.points[0]?.boundaries?.at(-1)).toBe(30);
    expect(valuesOf(metrics['schmoozer.connection.wait_time'])).toEqual([[server, 2]]);
  });

  it('the wait before the next one is recorded, unless it has no end', async () => {
    const { collect } = telemetry();
    const retry = { ...aboutLink(), attempt: 1, error, verdict: 'transient' } as const;
    publish('schmoozer:retry:scheduled', { ...retry, delayMs: 1500 });
    publish('schmoozer:retry:scheduled', { ...retry, delayMs: Infinity });
    expect(valuesOf((await collect())['schmoozer.retry.delay'])).toEqual([[server, 1.5]]);
  });
});

describe('sessions', () => {
  it('are timed by what ended them', async () => {
    const { collect } = telemetry();
    const closed = { ...aboutLink(), epoch: 1, isStable: true, releaseError: undefined } as const;
    publish('schmoozer:connection:closed', { ...closed, cause: 'lost', upMs: 81_000, error });
    publish('schmoozer:connection:closed', {
      ...closed,
      cause: 'stop',
      upMs: 500,
      error: undefined,
    });
    const duration = (await collect())['schmoozer.connection.duration'];
    expect(duration?.points[0]?.boundaries?.at(-1)).toBe(7 * 86_400);
    expect(valuesOf(duration)).toEqual([
      [{ ...server, 'schmoozer.close.cause': 'lost', 'error.type': 'ECONNREFUSED' }, 81],
      [{ ...server, 'schmoozer.close.cause': 'stop' }, 0.5],
    ]);
  });

  it('an outage counts once, when the session after it is stable; the first start is none', async () => {
    const { collect } = telemetry();
    const link = aboutLink();
    const open = (downMs: number) =>
      publish('schmoozer:connection:opened', {
        ...link,
        attempt: 0,
        epoch: 1,
        connectMs: 1,
        queuedMs: 0,
        downMs,
      });
    const settle = () => publish('schmoozer:connection:stable', { ...link, epoch: 1 });
    open(100);
    settle();
    open(2000);
    open(7000);
    settle();
    const { points } = (await collect())['schmoozer.connection.down_time'] ?? expect.fail();
    expect(points).toMatchObject([{ attributes: server, value: 7, count: 1 }]);
    publish('schmoozer:link:state', { ...link, from: 'online', to: 'ended', ms: 0 });
    open(9000);
    settle();
    expect((await collect())['schmoozer.connection.down_time']?.points).toEqual(points);
  });
});

describe('limiters and budgets', () => {
  it('the attempts of all limiters with a key are summed, and are 0 in the end', async () => {
    const { collect } = telemetry();
    const queue = { key: 'feed.example:443', change: 'queued', outcome: undefined } as const;
    const key = { 'schmoozer.limiter.key': 'feed.example:443' };
    const sums = async () => {
      const metrics = await collect();
      return ['pending', 'in_flight'].map((name) => valuesOf(metrics[`schmoozer.limiter.${name}`]));
    };
    publish('schmoozer:limiter:queue', { ...queue, limiterId: -1, queued: 3, inFlight: 8 });
    publish('schmoozer:limiter:queue', { ...queue, limiterId: -2, queued: 1, inFlight: 1 });
    expect(await sums()).toEqual([[[key, 4]], [[key, 9]]]);
    publish('schmoozer:limiter:queue', { ...queue, limiterId: -1, queued: 0, inFlight: 0 });
    publish('schmoozer:limiter:queue', { ...queue, limiterId: -2, queued: 0, inFlight: 0 });
    expect(await sums()).toEqual([[[key, 0]], [[key, 0]]]);
  });

  it('a pace is a gauge per second, unless there is none', async () => {
    const { collect } = telemetry();
    const pace = {
      limiterId: -1,
      key: 'feed.example:443',
      previousPerSecond: undefined,
      threshold: undefined,
      cause: 'start',
    } as const;
    publish('schmoozer:limiter:pace', { ...pace, perSecond: 41.5 });
    publish('schmoozer:limiter:pace', { ...pace, perSecond: Infinity });
    const rate = (await collect())['schmoozer.limiter.rate'];
    expect(rate?.unit).toBe('{connection}/s');
    expect(valuesOf(rate)).toEqual([[{ 'schmoozer.limiter.key': 'feed.example:443' }, 41.5]]);
  });

  it('waits for permits of a budget are timed by key and outcome, without a queue of that key', async () => {
    const { collect } = telemetry();
    const wait = { key: 'k', permits: 5, delayMs: 120 } as const;
    publish('schmoozer:budget:waited', { ...wait, outcome: 'granted', waitMs: 120 });
    publish('schmoozer:budget:waited', { ...wait, outcome: 'withdrawn', waitMs: 50 });
    const metrics = await collect();
    expect(metrics['schmoozer.budget.wait_time']?.unit).toBe('s');
    const attributes = { 'schmoozer.limiter.key': 'k' };
    expect(valuesOf(metrics['schmoozer.budget.wait_time'])).toEqual([
      [{ ...attributes, 'schmoozer.budget.outcome': 'granted' }, 0.12],
      [{ ...attributes, 'schmoozer.budget.outcome': 'withdrawn' }, 0.05],
    ]);
    expect(metrics['schmoozer.limiter.pending']?.points ?? []).toEqual([]);
  });

  it('a budget whose store is away is counted, and timed when it is back', async () => {
    const { collect } = telemetry();
    const failure = { name: 'BudgetError', message: 'late', code: 'ERR_BUDGET' };
    publish('schmoozer:budget:degraded', { key: 'k', error: failure });
    publish('schmoozer:budget:restored', { downMs: 4000 });
    const metrics = await collect();
    expect(valuesOf(metrics['schmoozer.budget.degradations'])).toEqual([
      [{ 'error.type': 'ERR_BUDGET' }, 1],
    ]);
    expect(valuesOf(metrics['schmoozer.budget.down_time'])).toEqual([[{}, 4]]);
  });
});
