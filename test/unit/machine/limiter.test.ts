import {
  ConnectTimeoutError,
  Continue,
  createReconnectActor,
  Break,
  fatal,
  LimiterError,
  retryable,
  type ConnectLimiter,
  type Permit,
  type PermitOutcome,
  type ReconnectCommand,
} from 'schmoozer';
import { scriptedConnector, scriptedLimiter } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import {
  type Harness,
  harness,
  type HarnessOptions,
  settle,
  told,
  toldTypes,
} from '../../support/harness.js';

const refused = new Error('refused');
const mistake = new TypeError('x is not a function');
const broken = new Error('the limiter is broken');

/** A link on a scripted limiter, in the queue. */
async function queued(options: HarnessOptions = {}): Promise<Harness> {
  const h = harness({ limits: true, ...options });
  await h.clock.drain();
  expect(h.state()).toBe('connecting.queued');
  return h;
}

/** A link whose attempt has its permit. */
async function admitted(options: HarnessOptions = {}): Promise<Harness> {
  const h = await queued(options);
  await settle(h, () => h.permits?.requests[0]?.grant());
  return h;
}

const outcomes = (h: Harness) => h.permits?.permits.map((permit) => permit.outcomes);
const cancelled = (h: Harness) => h.permits?.requests.map(({ isCancelled }) => isCancelled);

describe('a limiter', () => {
  it('is told the key, the priority and the attempt, first without a wait', async () => {
    const asked: unknown[] = [];
    const { limiter } = scriptedLimiter({ admits: true });
    const spying: ConnectLimiter = {
      ...limiter,
      tryAcquire(request) {
        asked.push(request);
        return limiter.tryAcquire(request);
      },
    };
    const h = harness({ limiter: spying, limiterKey: 'feed', priority: -2 });
    await settle(h, () => h.script.connects[0]?.reject(refused));
    await h.clock.advance(1000);
    expect(asked).toEqual([
      { key: 'feed', priority: -2, attempt: 0 },
      { key: 'feed', priority: -2, attempt: 1 },
    ]);
    expect(toldTypes(h).includes('connection.queued')).toBe(false);
  });

  it('that has no permit lets the attempt wait, without a timeout and without a call', async () => {
    const h = harness({ limits: true, limiterKey: 'feed', priority: 3 });
    await h.clock.drain();
    expect(h.state()).toBe('connecting.queued');
    expect(h.permits?.requests).toMatchObject([
      { request: { key: 'feed', priority: 3, attempt: 0 }, isCancelled: false },
    ]);
    expect(h.emitted).toEqual([{ type: 'connection.queued', key: 'feed' }]);
    expect(h.clock.pending).toEqual([]);
    await h.clock.advance(86_400_000);
    expect(h.state()).toBe('connecting.queued');
    expect(h.script.connects).toEqual([]);
  });

  it('starts the timeout with its permit', async () => {
    const h = await queued();
    await h.clock.advance(90_000);
    await settle(h, () => h.permits?.requests[0]?.grant());
    expect(h.state()).toBe('connecting.attempting');
    expect(h.clock.pending).toEqual([20_000]);
    await h.clock.advance(300);
    await settle(h, () => h.script.connects[0]?.resolve());
    expect(told(h, 'connection.opened')).toEqual([
      {
        type: 'connection.opened',
        epoch: 1,
        attempt: 0,
        connectMs: 300,
        queuedMs: 90_000,
        downMs: 90_300,
      },
    ]);
  });

  it('measures the wait of each attempt by itself', async () => {
    const h = await queued();
    await h.clock.advance(500);
    await settle(h, () => h.permits?.requests[0]?.grant());
    await settle(h, () => h.script.connects[0]?.reject(refused));
    await h.clock.advance(1000);
    await h.clock.advance(70);
    await settle(h, () => h.permits?.requests[1]?.grant());
    await settle(h, () => h.script.connects[1]?.resolve());
    expect(told(h, 'connection.opened')).toMatchObject([
      { connectMs: 0, queuedMs: 70, downMs: 1570, attempt: 1 },
    ]);
  });
});

describe('an attempt that need not wait', () => {
  it('was not queued, whatever the one before it was', async () => {
    const script = scriptedLimiter();
    let isFull = true;
    const tryAcquire: ConnectLimiter['tryAcquire'] = (request) =>
      isFull ? undefined : scriptedLimiter({ admits: true }).limiter.tryAcquire(request);
    const h = harness({ limiter: { ...script.limiter, tryAcquire } });
    await h.clock.advance(500);
    await settle(h, () => script.requests[0]?.grant());
    await settle(h, () => h.script.connects[0]?.reject(refused));
    isFull = false;
    await h.clock.advance(1000);
    await settle(h, () => h.script.connects[1]?.resolve());
    expect(told(h, 'connection.queued')).toHaveLength(1);
    expect(told(h, 'connection.opened')).toMatchObject([{ queuedMs: 0 }]);
  });
});

describe('a permit is settled once, as', () => {
  const settlements: readonly (readonly [string, PermitOutcome, (h: Harness) => void])[] = [
    ['opened: connect resolved', 'opened', ({ script }) => script.connects[0]?.resolve()],
    ['failed: connect rejected', 'failed', ({ script }) => script.connects[0]?.reject(refused)],
    [
      'failed: retryable(e)',
      'failed',
      ({ script }) => script.connects[0]?.reject(retryable(mistake)),
    ],
    [
      'overloaded: the error brings a hint',
      'overloaded',
      ({ script }) => script.connects[0]?.reject(retryable(refused, { delayMs: 5000 })),
    ],
    [
      'ignored: no attempt was made',
      'ignored',
      ({ script }) =>
        script.connects[0]?.reject(retryable(refused, { delayMs: 5, consumesAttempt: false })),
    ],
    ['ignored: fatal(e)', 'ignored', ({ script }) => script.connects[0]?.reject(fatal(refused))],
    ['ignored: a permanent error', 'ignored', ({ script }) => script.connects[0]?.reject(mistake)],
  ];

  it.each(settlements)('%s', async (_, outcome, end) => {
    for (const options of [{}, { failFast: 'never' }] as const) {
      const h = await admitted(options);
      expect(outcomes(h)).toEqual([[]]);
      await settle(h, () => end(h));
      expect(outcomes(h)).toEqual([[outcome]]);
      await settle(h, () => h.script.runs[0]?.resolve(Break()));
      h.actor.stop();
      expect(outcomes(h)).toEqual([[outcome]]);
    }
  });

  it('failed: the time is over, and what comes later changes nothing', async () => {
    for (const late of ['resolve', 'reject'] as const) {
      const h = await admitted();
      await h.clock.advance(20_000);
      expect(h.script.connects[0]?.argument.signal.reason).toEqual(new ConnectTimeoutError(20_000));
      expect(outcomes(h)).toEqual([['failed']]);
      await settle(h, () => h.script.connects[0]?.[late](refused as never));
      expect(outcomes(h)).toEqual([['failed']]);
      expect(h.script.live).toBe(0);
    }
  });

  it('failed: the time is over and came late', async () => {
    const h = await admitted();
    await h.stall(20_000);
    expect(h.state()).toBe('connecting.overdue');
    expect(outcomes(h)).toEqual([[]]);
    await h.clock.advance(0);
    await h.clock.drain();
    expect(outcomes(h)).toEqual([['failed']]);
  });

  it.each(['stop', 'suspend', 'reconnect'] as const)(
    'ignored: %s ended the attempt, whatever connect then does',
    async (type) => {
      const endings: ((h: Harness) => Promise<void> | void)[] = [
        (h) => h.script.connects[0]?.reject(h.script.connects[0].argument.signal.reason),
        (h) => h.script.connects[0]?.reject(refused),
        (h) => h.script.connects[0]?.reject(fatal(refused)),
        (h) => h.script.connects[0]?.reject(retryable(refused, { delayMs: 5 })),
        (h) => h.script.connects[0]?.resolve(),
        (h) => h.clock.advance(5000),
      ];
      for (const end of endings) {
        const h = await admitted();
        h.actor.send({ type });
        expect(outcomes(h)).toEqual([[]]);
        await end(h);
        await h.clock.drain();
        expect(outcomes(h)?.[0]).toEqual(['ignored']);
        expect(h.script.live).toBe(0);
      }
    },
  );

  it.each(['stop', 'suspend', 'reconnect'] as const)(
    'ignored: %s came from a listener of attempt.started, and connect was not called',
    async (type) => {
      const h = await queued();
      h.actor.on('attempt.started', () => {
        if (h.script.connects.length === 0 && h.permits?.requests.length === 1) {
          h.actor.send({ type });
        }
      });
      await settle(h, () => h.permits?.requests[0]?.grant());
      expect(h.script.connects).toEqual([]);
      expect(outcomes(h)).toEqual([['ignored']]);
      expect(told(h, 'attempt.aborted')).toMatchObject([{ cause: type }]);
    },
  );

  it('ignored: a parent stopped the actor', async () => {
    const h = await admitted();
    h.actor.stop();
    expect(outcomes(h)).toEqual([['ignored']]);
    await settle(h, () => h.script.connects[0]?.resolve());
    expect(outcomes(h)).toEqual([['ignored']]);
    expect(h.script.live).toBe(0);
  });

  it('opened: the parent’s stop comes after the connection', async () => {
    const h = await admitted();
    await settle(h, () => h.script.connects[0]?.resolve());
    h.actor.stop();
    expect(outcomes(h)).toEqual([['opened']]);
  });

  it('once for each attempt: the fresh one of a restart asks again', async () => {
    const h = await admitted();
    h.actor.send({ type: 'reconnect' });
    await settle(h, () => h.script.connects[0]?.reject(refused));
    expect(h.state()).toBe('connecting.queued');
    expect(h.permits?.requests).toHaveLength(2);
    await settle(h, () => h.permits?.requests[1]?.grant());
    await settle(h, () => h.script.connects[1]?.resolve());
    expect(outcomes(h)).toEqual([['ignored'], ['opened']]);
  });
});

describe('in the queue', () => {
  it.each([
    ['stop', 'stopped', ['link.ended']],
    ['suspend', 'waiting.suspended', ['link.suspended']],
  ] as const)('%s leads to %s at once, and takes the request back', async (type, next, types) => {
    const h = await queued();
    h.actor.send({ type });
    expect(h.state()).toBe(next);
    expect(cancelled(h)).toEqual([true]);
    expect(toldTypes(h)).toEqual(['connection.queued', ...types]);
    expect(h.clock.pending).toEqual([]);
    // The limiter had granted already, or does not hear.
    await settle(h, () => h.permits?.requests[0]?.grant());
    expect(outcomes(h)).toEqual([['ignored']]);
    expect(h.script.connects).toEqual([]);
    expect(h.state()).toBe(next);
  });

  it('a parent’s stop takes the request back', async () => {
    const h = await queued();
    h.actor.stop();
    expect(cancelled(h)).toEqual([true]);
    h.permits?.requests[0]?.grant();
    expect(outcomes(h)).toEqual([['ignored']]);
  });

  it('resume asks again', async () => {
    const h = await queued();
    h.actor.send({ type: 'suspend' });
    h.actor.send({ type: 'resume' });
    await h.clock.drain();
    expect(h.state()).toBe('connecting.queued');
    expect(cancelled(h)).toEqual([true, false]);
  });

  it('reconnect is ignored', async () => {
    const h = await queued();
    h.actor.send({ type: 'reconnect' });
    await h.clock.drain();
    expect(h.state()).toBe('connecting.queued');
    expect(cancelled(h)).toEqual([false]);
  });

  it.each(['stop', 'suspend', 'reconnect', 'resume', 'probe'] as const)(
    '%s from a listener of connection.queued is heard like any other',
    async (type) => {
      const h = harness({ limits: true });
      h.actor.on('connection.queued', () => h.actor.send({ type } as ReconnectCommand));
      await h.clock.drain();
      const leaves = type === 'stop' || type === 'suspend';
      expect(h.actor.getSnapshot().hasTag('queued')).toBe(!leaves);
      expect(cancelled(h)).toEqual([leaves]);
    },
  );
});

describe('a session that ended early', () => {
  const unstables = (h: Harness) => h.permits?.permits.map((permit) => permit.unstables);

  it.each<[string, number, (h: Harness) => void, number]>([
    ['by Continue', 9999, ({ script }) => script.runs[0]?.resolve(Continue()), 1],
    ['by an error', 9999, ({ script }) => script.runs[0]?.reject(refused), 1],
    ['by a loss', 9999, ({ script }) => script.closes[0]?.resolve(), 1],
    ['by a probe', 9999, ({ script }) => script.probes[0]?.reject(refused), 1],
    ['by Break', 9999, ({ script }) => script.runs[0]?.resolve(Break()), 0],
    ['by fatal(e)', 9999, ({ script }) => script.runs[0]?.reject(fatal(refused)), 0],
    [
      'at the moment it was good, by Continue',
      10_000,
      ({ script }) => script.runs[0]?.resolve(Continue()),
      0,
    ],
    [
      'at the moment it was good, by a loss',
      10_000,
      ({ script }) => script.closes[0]?.resolve(),
      0,
    ],
    ['by stop', 9999, ({ actor }) => actor.send({ type: 'stop' }), 0],
    ['by reconnect', 9999, ({ actor }) => actor.send({ type: 'reconnect' }), 0],
    ['by suspend', 9999, ({ actor }) => actor.send({ type: 'suspend' }), 0],
    ['by the parent', 9999, ({ actor }) => actor.stop(), 0],
  ])('%s after %d ms', async (_, ageMs, end, times) => {
    const h = await admitted({ closed: true, probe: true });
    await settle(h, () => h.script.connects[0]?.resolve());
    await h.clock.advance(ageMs);
    h.actor.send({ type: 'probe' });
    await settle(h, () => end(h));
    await settle(h, () => h.script.runs[0]?.resolve(Continue()));
    expect(unstables(h)).toEqual([times]);
    expect(outcomes(h)?.[0]).toEqual(['opened']);
  });
});

describe('a limiter that does what it should not', () => {
  /** A limiter of which some methods are replaced. */
  function harnessOn(methods: object, options: HarnessOptions = {}) {
    const script = scriptedLimiter();
    const h = harness({ limiter: { ...script.limiter, ...methods }, ...options });
    return { h, script };
  }
  const thrower = (error: unknown) => () => {
    throw error;
  };

  it.each(['tryAcquire', 'enqueue'])(
    'throws in %s: a failed attempt of which no connect was called, never fatal',
    async (method) => {
      for (const error of [broken, mistake, fatal(broken), undefined]) {
        const { h } = harnessOn({ [method]: thrower(error) });
        await h.clock.drain();
        expect(h.state()).toBe('waiting.delaying');
        expect(h.script.connects).toEqual([]);
        expect(h.emitted).toEqual([
          {
            type: 'retry.scheduled',
            attempt: 1,
            delayMs: 1000,
            error: new LimiterError('the limiter threw', { cause: error }),
            verdict: 'transient',
          },
        ]);
        expect(told(h, 'retry.scheduled')[0]?.error).toMatchObject({
          code: 'ERR_LIMITER',
          cause: error,
        });
        expect(h.logged).toEqual([]);
      }
    },
  );

  it('throws retryable(e): that is the failure, with its hint', async () => {
    const { h } = harnessOn({
      enqueue: thrower(retryable(broken, { delayMs: 7000, spreadMs: 0 })),
    });
    await h.clock.drain();
    expect(h.emitted).toEqual([
      { type: 'retry.scheduled', attempt: 1, delayMs: 7000, error: broken, verdict: 'transient' },
    ]);
  });

  it('throws retryable(e) that does not count: no attempt is used up', async () => {
    const { h } = harnessOn({
      enqueue: thrower(retryable(broken, { delayMs: 700, consumesAttempt: false })),
    });
    await h.clock.advance(700 * 9);
    expect(told(h, 'retry.scheduled')).toHaveLength(10);
    expect(told(h, 'retry.scheduled').at(-1)).toMatchObject({ attempt: 0, delayMs: 700 });
  });

  it('throws again and again: the backoff is waited each time', async () => {
    const { h } = harnessOn({ tryAcquire: thrower(broken) });
    await h.clock.advance(9999);
    expect(told(h, 'retry.scheduled')).toHaveLength(10);
  });

  it('throws after it has granted inside enqueue: the attempt goes on, the logger hears', async () => {
    const permits = scriptedLimiter({ admits: true });
    const { h } = harnessOn({
      enqueue(request: never, granted: (permit: unknown) => void) {
        granted(permits.limiter.tryAcquire(request));
        throw broken;
      },
    });
    await settle(h, () => h.script.connects[0]?.resolve());
    expect(h.state()).toBe('running.settling');
    expect(h.logged).toEqual([new LimiterError('the limiter threw', { cause: broken })]);
    expect(permits.permits[0]?.outcomes).toEqual(['opened']);
  });

  it('grants at once inside enqueue: nothing was queued', async () => {
    const permits = scriptedLimiter({ admits: true });
    let cancels = 0;
    const { h } = harnessOn({
      enqueue(request: never, granted: (permit: unknown) => void) {
        granted(permits.limiter.tryAcquire(request));
        return () => void cancels++;
      },
    });
    await h.clock.drain();
    expect(h.state()).toBe('connecting.attempting');
    expect(toldTypes(h)).toEqual(['attempt.started']);
    h.actor.send({ type: 'stop' });
    await settle(h, () => h.script.connects[0]?.reject(refused));
    expect(permits.permits[0]?.outcomes).toEqual(['ignored']);
    expect(cancels).toBe(0);
  });

  it('grants twice: the second permit is given back at once', async () => {
    const h = await admitted();
    h.permits?.requests[0]?.grant();
    expect(outcomes(h)).toEqual([[], ['ignored']]);
    await h.clock.drain();
    expect(h.script.connects).toHaveLength(1);
    await settle(h, () => h.script.connects[0]?.resolve());
    h.permits?.requests[0]?.grant();
    expect(outcomes(h)).toEqual([['opened'], ['ignored'], ['ignored']]);
  });

  it.each([[undefined], [null], [true], [{}], [{ settle: 5 }], ['permit']])(
    'grants %j: a failed attempt, and what it grants later is given back',
    async (permit) => {
      let granted: (permit: unknown) => void = () => {};
      const { h, script } = harnessOn({
        enqueue(_request: never, grant: typeof granted) {
          granted = grant;
          return () => {};
        },
      });
      await settle(h, () => {
        granted(permit);
        granted(permit);
        granted(script.limiter.tryAcquire({} as never));
      });
      expect(h.state()).toBe('waiting.delaying');
      expect(toldTypes(h)).toEqual(['connection.queued', 'retry.scheduled']);
      expect(told(h, 'retry.scheduled')[0]?.error).toEqual(
        new LimiterError('the limiter granted something that is not a permit'),
      );
      const good: PermitOutcome[] = [];
      granted({ settle: (outcome: PermitOutcome) => void good.push(outcome), unstable() {} });
      expect(good).toEqual(['ignored']);
    },
  );

  it('answers null for undefined: it has no permit', async () => {
    const { h } = harnessOn({ tryAcquire: () => null });
    await h.clock.drain();
    expect(h.state()).toBe('connecting.queued');
  });

  it('answers tryAcquire with what is no permit: a failed attempt', async () => {
    const { h, script } = harnessOn({ tryAcquire: () => Promise.resolve() });
    await h.clock.drain();
    expect(told(h, 'retry.scheduled')[0]?.error).toBeInstanceOf(LimiterError);
    expect(script.requests).toEqual([]);
  });

  it.each(['settle', 'unstable'] as const)(
    'has a permit whose %s throws: the logger hears, the link goes on',
    async (method) => {
      const permit: Permit = { settle() {}, unstable() {}, [method]: thrower(broken) };
      const { h } = harnessOn({ tryAcquire: () => permit });
      await settle(h, () => h.script.connects[0]?.resolve());
      expect(h.state()).toBe('running.settling');
      await settle(h, () => h.script.runs[0]?.resolve(Continue()));
      expect(h.state()).toBe('waiting.delaying');
      expect(h.logged).toEqual([new LimiterError('the limiter threw', { cause: broken })]);
    },
  );

  it('has a cancel that throws: the logger hears, and stop ends at once', async () => {
    const { h } = harnessOn({ enqueue: () => thrower(broken) });
    await h.clock.drain();
    h.actor.send({ type: 'stop' });
    expect(h.state()).toBe('stopped');
    expect(h.logged).toEqual([new LimiterError('the limiter threw', { cause: broken })]);
  });

  it('has no cancel: stop ends at once, and a late permit is given back', async () => {
    let granted: (permit: Permit) => void = () => {};
    const { h } = harnessOn({
      enqueue: (_request: never, grant: typeof granted) => void (granted = grant),
    });
    await h.clock.drain();
    h.actor.send({ type: 'stop' });
    expect(h.state()).toBe('stopped');
    const late: PermitOutcome[] = [];
    granted({ settle: (outcome) => void late.push(outcome), unstable() {} });
    expect(late).toEqual(['ignored']);
    expect(h.logged).toEqual([]);
  });

  it('grants from inside cancel: the permit is given back', async () => {
    let granted: (permit: Permit) => void = () => {};
    const late: PermitOutcome[] = [];
    const { h } = harnessOn({
      enqueue(_request: never, grant: typeof granted) {
        granted = grant;
        return () => granted({ settle: (outcome) => void late.push(outcome), unstable() {} });
      },
    });
    await h.clock.drain();
    h.actor.send({ type: 'suspend' });
    expect(h.state()).toBe('waiting.suspended');
    expect(late).toEqual(['ignored']);
  });

  it('sends a command from inside tryAcquire or enqueue: it is heard', async () => {
    for (const method of ['tryAcquire', 'enqueue'] as const) {
      for (const type of ['stop', 'suspend'] as const) {
        const script = scriptedLimiter();
        const { h } = harnessOn({
          [method](...args: never[]) {
            h.actor.send({ type });
            return (script.limiter[method] as (...all: never[]) => unknown)(...args);
          },
        });
        await h.clock.drain();
        expect(h.state()).toBe(type === 'stop' ? 'stopped' : 'waiting.suspended');
        expect(h.script.connects).toEqual([]);
        expect(script.requests.every(({ isCancelled }) => isCancelled)).toBe(true);
        await settle(h, () => script.requests[0]?.grant());
        expect(script.permits.map((permit) => permit.outcomes)).toEqual(
          script.requests.map(() => ['ignored']),
        );
      }
    }
  });

  it('gives a permit from tryAcquire in which it stopped the link: it is given back', async () => {
    const { limiter, permits } = scriptedLimiter({ admits: true });
    const { h } = harnessOn({
      tryAcquire(request: never) {
        h.actor.send({ type: 'stop' });
        return limiter.tryAcquire(request);
      },
    });
    await h.clock.drain();
    expect(h.state()).toBe('stopped');
    expect(permits.map((permit) => permit.outcomes)).toEqual([['ignored']]);
    expect(h.script.connects).toEqual([]);
  });
});

describe('a session that was lost', () => {
  it('ended early once, though `run` settles before it is told', async () => {
    const h = await admitted({ closed: true });
    await settle(h, () => h.script.connects[0]?.resolve());
    await settle(h, () => h.script.closes[0]?.resolve({ drained: new Promise(() => {}) }));
    expect(h.state()).toBe('running.draining');
    await settle(h, () => h.script.runs[0]?.resolve(Continue()));
    expect(h.permits?.permits).toEqual([{ outcomes: ['opened'], unstables: 1 }]);
  });

  it('after Break or fatal(e), while the release lasts, did not end early', async () => {
    for (const end of [
      (h: Harness) => h.script.runs[0]?.resolve(Break()),
      (h: Harness) => h.script.runs[0]?.reject(fatal(refused)),
    ]) {
      const h = await admitted({ closed: true });
      h.script.connector.disconnect = () => new Promise(() => {});
      await settle(h, () => h.script.connects[0]?.resolve());
      await settle(h, () => end(h));
      await settle(h, () => h.script.closes[0]?.reject(refused));
      expect(h.permits?.permits).toEqual([{ outcomes: ['opened'], unstables: 0 }]);
    }
  });
});

describe('the hint of a server', () => {
  it('is told with an overload, and with nothing else', async () => {
    const settled: unknown[][] = [];
    const limiter: ConnectLimiter = {
      tryAcquire: () => ({ settle: (...args) => void settled.push(args), unstable() {} }),
      enqueue: () => () => {},
    };
    const h = harness({ limiter });
    await settle(h, () => h.script.connects[0]?.reject(retryable(refused, { delayMs: 4000 })));
    await h.clock.advance(4000);
    await h.clock.next();
    await settle(h, () => h.script.connects[1]?.reject(refused));
    expect(settled).toEqual([
      ['overloaded', 4000],
      ['failed', undefined],
    ]);
  });
});

describe('the end of a session that was not stable', () => {
  const uncounted = retryable(refused, { delayMs: 1, consumesAttempt: false });
  const ends = [
    { what: 'its hint', error: retryable(refused, { delayMs: 4000 }), hints: [[4000]] },
    { what: 'it, without a hint', error: refused, hints: [[undefined]] },
    { what: 'it, without a delay of the client’s own', error: uncounted, hints: [[undefined]] },
  ];
  const ways = {
    'closed rejects': (h: Harness, error: unknown) => h.script.closes[0]?.reject(error),
    'closed resolves': (h: Harness, error: unknown) => h.script.closes[0]?.resolve({ error }),
    'run rejects': (h: Harness, error: unknown) => h.script.runs[0]?.reject(error),
    'the probe rejects': (h: Harness, error: unknown) => h.script.probes[0]?.reject(error),
  };

  it.each(Object.entries(ways).flatMap(([way, end]) => ends.map((row) => ({ way, end, ...row }))))(
    'tells the limiter of $what, when $way',
    async ({ end, error, hints }) => {
      const heard: unknown[][] = [];
      const limiter: ConnectLimiter = {
        tryAcquire: () => ({ settle() {}, unstable: (...args) => void heard.push(args) }),
        enqueue: () => () => {},
      };
      const h = harness({ limiter, closed: true, probe: true });
      await settle(h, () => h.script.connects[0]?.resolve());
      h.actor.send({ type: 'probe' });
      await settle(h, () => end(h, error));
      await settle(h, () => h.script.runs[0]?.resolve(Continue()));
      expect(heard).toEqual(hints);
    },
  );
});

describe('the key of a connector', () => {
  const keyOf = async (own: string | undefined, options: HarnessOptions) => {
    const script = scriptedConnector();
    const connector =
      own === undefined ? script.connector : { ...script.connector, limiterKey: own };
    const h = harness({ limits: true, ...options, script: { ...script, connector } });
    await h.clock.drain();
    return [h.permits?.requests[0]?.request.key, told(h, 'connection.queued')[0]?.key];
  };

  it('is that of its requests and events, unless the option has another', async () => {
    expect(await keyOf('db:5432', {})).toEqual(['db:5432', 'db:5432']);
    expect(await keyOf('db:5432', { limiterKey: 'feed' })).toEqual(['feed', 'feed']);
    expect(await keyOf('db:5432', { limiterKey: '' })).toEqual(['', '']);
    expect(await keyOf(undefined, {})).toEqual(['', '']);
  });

  it('is a string or a function', () => {
    const connector = { ...scriptedConnector().connector, limiterKey: 5 as never };
    expect(() => createReconnectActor(connector)).toThrow(
      '`connector.limiterKey` must be a string, or a function that returns one',
    );
  });
});

describe('a key that is a function', () => {
  const grantLast = (h: Harness) => settle(h, () => h.permits?.requests.at(-1)?.grant());

  it('is asked once for each attempt, and the event has its answer', async () => {
    let asked = 0;
    const limiterKey = () => `feed-${(asked += 1)}`;
    const h = await queued({ limiterKey });
    await grantLast(h);
    await settle(h, () => h.script.connects[0]?.reject(refused));
    await h.clock.advance(1000);
    expect(h.permits?.requests.map(({ request }) => request.key)).toEqual(['feed-1', 'feed-2']);
    expect(told(h, 'connection.queued').map(({ key }) => key)).toEqual(['feed-1', 'feed-2']);
    expect(asked).toBe(2);
  });

  it('is asked before the permit, and not at all without a limiter', async () => {
    const limiterKey = () => {
      throw new Error('asked');
    };
    const h = harness({ limiterKey });
    await settle(h, () => h.script.connects[0]?.resolve());
    expect(h.state()).toBe('running.settling');
  });

  it('is a method of the connector, unless the option has another', async () => {
    const script = scriptedConnector();
    const connector = Object.assign(script.connector, {
      host: 'db',
      limiterKey(this: { host: string }) {
        return this.host;
      },
    });
    const own = await queued({ script: { ...script, connector } });
    expect(own.permits?.requests[0]?.request.key).toBe('db');
    const other = await queued({ script: { ...script, connector }, limiterKey: () => 'feed' });
    expect(other.permits?.requests[0]?.request.key).toBe('feed');
  });

  it('that throws is an attempt that has failed and is made again, whatever it throws', async () => {
    for (const thrown of [mistake, 'a text', undefined]) {
      let isBroken = true;
      const limiterKey = () => {
        if (isBroken) throw thrown;
        return 'feed';
      };
      const h = harness({ limits: true, limiterKey, failFast: 'always' });
      await h.clock.drain();
      expect(h.emitted).toMatchObject([
        { type: 'attempt.started', attempt: 0, epoch: 1 },
        { type: 'attempt.failed', attempt: 0, epoch: 1, verdict: 'transient', connectMs: 0 },
        { type: 'retry.scheduled', attempt: 1, delayMs: 1000, verdict: 'transient' },
      ]);
      const [{ error }] = told(h, 'attempt.failed') as unknown as [{ error: LimiterError }];
      expect(error).toBeInstanceOf(LimiterError);
      expect(error).toMatchObject({ code: 'ERR_LIMITER', message: '`limiterKey` threw' });
      expect(error.cause).toBe(thrown);
      expect(h.permits?.requests).toEqual([]);
      isBroken = false;
      await h.clock.advance(1000);
      expect(h.permits?.requests[0]?.request).toEqual({ key: 'feed', priority: 0, attempt: 1 });
      expect(h.script.connects).toEqual([]);
    }
  });

  it('that marks what it throws is believed', async () => {
    const limiterKey = () => {
      throw fatal(refused);
    };
    const h = harness({ limits: true, limiterKey });
    await h.clock.drain();
    expect(h.actor.getSnapshot().output).toEqual({ status: 'failed', error: refused });
    const waiting = harness({
      limits: true,
      limiterKey: () => {
        throw retryable(refused, { delayMs: 70, consumesAttempt: false });
      },
    });
    await waiting.clock.drain();
    expect(told(waiting, 'retry.scheduled')).toMatchObject([{ attempt: 0, delayMs: 70 }]);
  });

  it.each([() => undefined, () => 5, async () => 'feed', () => Promise.reject(refused)])(
    'that answers no string is a permanent error: %s',
    async (answer) => {
      const h = harness({ limits: true, limiterKey: answer as never });
      await h.clock.drain();
      expect(told(h, 'attempt.failed')).toMatchObject([
        { verdict: 'permanent', error: { code: 'ERR_INVALID_OPTION', option: 'limiterKey' } },
      ]);
      expect(h.state()).toBe('stopped');
      const patient = harness({
        limits: true,
        limiterKey: answer as never,
        failFast: 'never',
      });
      await patient.clock.drain();
      expect(patient.state()).toBe('waiting.delaying');
    },
  );

  it.each(['stop', 'suspend', 'reconnect'] as const)(
    'that sends %s is heard before a permit is asked for',
    async (type) => {
      let asked = 0;
      const h: Harness = harness({
        limits: true,
        limiterKey: () => {
          asked += 1;
          h.actor.send({ type });
          return 'feed';
        },
      });
      await h.clock.drain();
      expect(h.state()).toBe(
        { stop: 'stopped', suspend: 'waiting.suspended', reconnect: 'connecting.queued' }[type],
      );
      expect(h.permits?.requests).toHaveLength(type === 'reconnect' ? 1 : 0);
      expect(asked).toBe(1);
    },
  );

  it('that throws, and a listener that stops the link then', async () => {
    const h = harness({
      limits: true,
      limiterKey: () => {
        throw refused;
      },
    });
    h.actor.on('attempt.started', () => h.actor.send({ type: 'stop' }));
    await h.clock.drain();
    expect(h.state()).toBe('stopped');
    expect(h.actor.getSnapshot().output).toEqual({ status: 'stopped' });
    expect(toldTypes(h)).toEqual(['attempt.started', 'attempt.aborted', 'link.ended']);
  });

  it('that an actor’s stop outruns is not asked', async () => {
    const h = harness({
      limits: true,
      limiterKey: () => {
        h.actor.stop();
        return 'feed';
      },
    });
    await h.clock.drain();
    expect(h.permits?.requests).toEqual([]);
  });
});
