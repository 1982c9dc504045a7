import { getEventListeners } from 'node:events';
import {
  type ConnectLimiter,
  constantBackoff,
  Continue,
  createReconnectActor,
  fatal,
  InvalidOptionError,
  type ReconnectActorOptions,
  type ReconnectEmitted,
} from 'schmoozer';
import { whileOnline } from 'schmoozer/browser';
import { createGroup } from 'schmoozer/group';
import {
  exclusive,
  type ExclusiveOptions,
  type FencedContext,
  type LockHold,
} from 'schmoozer/exclusive';
import { endpoints } from 'schmoozer/many';
import {
  type ScriptedCall,
  scriptedConnector,
  type ScriptedConnector,
  scriptedLimiter,
  virtualClock,
} from 'schmoozer/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { engines } from '../../support/endpointHarness.js';
import { statePath } from '../../support/harness.js';
import { Surroundings } from '../../support/surroundings.js';
import { testLock } from '../../support/testLock.js';

interface WorldOptions extends Partial<ExclusiveOptions> {
  readonly engine?: keyof typeof engines;
  readonly link?: ReconnectActorOptions;
  readonly change?: (connector: ScriptedConnector['connector']) => object;
}

/** A link over a scripted connection and a lock that the test holds in its hand. */
function world({ engine = 'XState', link, change, ...options }: WorldOptions = {}) {
  const clock = virtualClock();
  const script = scriptedConnector({ closed: true, probe: true });
  const held = testLock();
  const emitted: ReconnectEmitted[] = [];
  const logged: unknown[] = [];
  const connector = exclusive(
    { ...script.connector, ...change?.(script.connector) },
    { lock: held.lock, name: 'feed', clock, ...options },
  );
  const actor = engines[engine](connector, {
    clock,
    now: clock.now,
    random: () => 0.5,
    backoff: constantBackoff(1000),
    logger: (...args) => void logged.push(...args),
    ...link,
  });
  actor.on('*', (event) => void emitted.push(event));
  actor.start();
  onTestFinished(() => void actor.stop());
  const settle = async (action: () => unknown = () => {}) => {
    await clock.drain();
    action();
    await clock.drain();
    // A loss takes a turn of the loop.
    await new Promise(setImmediate);
    await clock.drain();
  };
  return {
    ...held,
    clock,
    script,
    connector,
    actor,
    emitted,
    logged,
    settle,
    state: () => statePath(actor.getSnapshot().value),
    has: (tag: 'online' | 'queued') => actor.getSnapshot().hasTag(tag),
    types: () => emitted.map(({ type }) => type),
    grant: (hold?: Partial<LockHold>) => settle(() => held.last().grant(hold)),
    open: () => settle(() => script.connects.at(-1)?.resolve()),
    async online() {
      await settle(() => held.last().grant());
      await settle(() => script.connects.at(-1)?.resolve());
    },
    failures: () => emitted.flatMap((event) => (event.type === 'attempt.failed' ? [event] : [])),
  };
}

const contextOf = ({ connects }: ScriptedConnector, i: number) =>
  (connects[i] as ScriptedCall<FencedContext, void>).argument;

const HOUR_MS = 3_600_000;

const grantsWhileAsked: ConnectLimiter = {
  tryAcquire: () => undefined,
  enqueue(_request, granted) {
    granted({ settle() {}, unstable() {} });
    return () => {};
  },
};

describe.each(Object.keys(engines) as (keyof typeof engines)[])('exclusive, %s', (engine) => {
  it('waits for the lock as it waits for a limiter: queued, without a timeout, without an attempt', async () => {
    const w = world({ engine });
    await w.settle();
    expect(w.state()).toBe('connecting.queued');
    await w.clock.advance(HOUR_MS);
    expect(w.state()).toBe('connecting.queued');
    expect(w.types()).toEqual(['connection.queued']);
    expect(w.script.connects).toEqual([]);
    expect(w.asked).toHaveLength(1);
    expect(w.last().request.name).toBe('feed');

    await w.grant();
    expect(w.state()).toBe('connecting.attempting');
    expect(contextOf(w.script, 0).fence).toBe(1);
    expect(w.script.connects[0]?.argument).toMatchObject({ attempt: 0, epoch: 1 });
    await w.open();
    expect(w.has('online')).toBe(true);
    expect(w.emitted.at(-1)).toMatchObject({ type: 'connection.opened', queuedMs: HOUR_MS });
    expect(w.last().releases).toBe(0);
  });

  it.each(['stop', 'suspend'] as const)('%s leaves the queue at once', async (type) => {
    const w = world({ engine });
    await w.settle();
    await w.settle(() => w.actor.send({ type }));
    expect(w.state()).toBe(type === 'stop' ? 'stopped' : 'waiting.suspended');
    expect(w.last().request.signal.aborted).toBe(true);
    // It comes too late: nobody holds it.
    await w.grant();
    expect(w.last().releases).toBe(1);
    expect(w.script.connects).toEqual([]);
  });

  it('gives the lock back when the session has ended, after the connection, and asks again', async () => {
    const order: string[] = [];
    const w = world({
      engine,
      change: () => ({ disconnect: async () => void order.push('connection') }),
    });
    await w.settle(() => w.last().grant({ release: async () => void order.push('lock') }));
    await w.open();
    await w.settle(() => w.script.runs[0]?.resolve(Continue()));
    expect(order).toEqual(['connection', 'lock']);
    expect(w.asked).toHaveLength(1);
    await w.clock.advance(1000);
    expect(w.asked).toHaveLength(2);
    await w.online();
    expect(contextOf(w.script, 1).fence).toBe(2);
  });

  it('gives it back when the attempt has failed, which counts', async () => {
    const w = world({ engine });
    await w.grant();
    await w.settle(() => w.script.connects[0]?.reject(new Error('refused')));
    expect(w.last().releases).toBe(1);
    expect(w.failures()).toMatchObject([{ attempt: 0, verdict: 'transient' }]);
    await w.clock.advance(1000);
    await w.grant();
    expect(w.script.connects[1]?.argument).toMatchObject({ attempt: 1 });
  });

  it('ends the session at once when the lock is lost, and asks again', async () => {
    const w = world({ engine, link: { gracePeriodMs: Infinity } });
    await w.online();
    const { signal } = (w.script.runs[0] as (typeof w.script.runs)[0]).argument;
    let livesAtAbort = 0;
    signal.addEventListener('abort', () => (livesAtAbort = w.script.live));
    await w.settle(() => w.last().lose('cut off'));
    expect(w.has('online')).toBe(false);
    expect(signal.reason).toMatchObject({
      code: 'ERR_CONNECTION_LOST',
      cause: { code: 'ERR_LOCK_LOST', cause: 'cut off' },
    });
    // `run` hears it first, but the connection does not wait for it.
    expect(livesAtAbort).toBe(1);
    expect(w.script.live).toBe(0);
    expect(w.state()).toBe('running.closing');
    await w.settle(() => w.script.runs[0]?.reject(signal.reason));
    expect(w.emitted.findLast(({ type }) => type === 'connection.closed')).toMatchObject({
      cause: 'lost',
      error: { code: 'ERR_LOCK_LOST', message: 'the lock `feed` was lost' },
    });
    expect(w.script.connections).toMatchObject([{ releases: 1 }]);
    expect(w.last().releases).toBe(1);
    await w.clock.advance(1000);
    expect(w.state()).toBe('connecting.queued');
  });

  it('does not ask an isRetryable that would end the link for a lost lock', async () => {
    const w = world({ engine, change: () => ({ isRetryable: () => false }) });
    await w.online();
    await w.settle(() => w.last().lose());
    await w.settle(() => w.script.runs[0]?.resolve(Continue()));
    expect(w.state()).toBe('waiting.delaying');
    await w.clock.advance(1000);
    await w.grant();
    await w.settle(() => w.script.connects[1]?.reject(new Error('refused')));
    expect(w.state()).toBe('stopped');
  });

  it('aborts the attempt when the lock is lost while it connects', async () => {
    const w = world({ engine });
    await w.grant();
    await w.settle(() => w.last().lose());
    const { signal } = contextOf(w.script, 0);
    expect(signal.reason).toMatchObject({ cause: { code: 'ERR_LOCK_LOST' } });
    // It does not listen: what it opens is let go.
    await w.open();
    expect(w.script.connections).toMatchObject([{ releases: 1 }]);
    expect(w.failures()).toMatchObject([
      { error: { code: 'ERR_LOCK_LOST' }, verdict: 'transient' },
    ]);
    expect(w.last().releases).toBe(1);
  });

  it('passes an abort on to the attempt, which has the word', async () => {
    const w = world({ engine });
    await w.grant();
    await w.settle(() => w.actor.send({ type: 'stop' }));
    const { signal } = contextOf(w.script, 0);
    expect(signal.reason).toMatchObject({ code: 'ERR_STOP_REQUESTED' });
    expect(w.last().releases).toBe(0);
    await w.settle(() => w.script.connects[0]?.reject(signal.reason));
    expect([w.state(), w.last().releases]).toEqual(['stopped', 1]);
  });

  it('releases a connection that comes too late, and then the lock', async () => {
    const w = world({ engine });
    await w.grant();
    await w.settle(() => w.actor.send({ type: 'stop' }));
    await w.open();
    expect([w.state(), w.script.live, w.last().releases]).toEqual(['stopped', 0, 1]);
  });

  it('stops in order: the run, the connection, the lock', async () => {
    const w = world({ engine });
    await w.online();
    await w.settle(() => w.actor.send({ type: 'stop' }));
    expect(w.script.live).toBe(1);
    await w.settle(() => w.script.runs[0]?.resolve(Continue()));
    expect([w.state(), w.script.live, w.last().releases]).toEqual(['stopped', 0, 1]);
  });

  it('leaves closed, probe, retryDelay and the rest to the connector', async () => {
    const w = world({
      engine,
      change: () => ({ retryDelay: () => 7, limiterKey: 'here' }),
    });
    await w.online();
    expect(w.connector.limiterKey).toBe('here');
    expect(w.emitted[0]).toEqual({ type: 'connection.queued', key: 'lock feed' });
    await w.settle(() => w.actor.send({ type: 'probe' }));
    expect(w.script.probes).toHaveLength(1);
    await w.settle(() => w.script.closes[0]?.resolve({ detail: { code: 1006 } }));
    await w.settle(() => w.script.runs[0]?.resolve(Continue()));
    expect(w.emitted.findLast(({ type }) => type === 'connection.closed')).toMatchObject({
      cause: 'lost',
      detail: { code: 1006 },
    });
    expect(w.emitted.at(-1)).toMatchObject({ type: 'retry.scheduled', delayMs: 7 });
  });

  it('works for a connector that has nothing but connect and run', async () => {
    const lost = new AbortController();
    const clock = virtualClock();
    const order: string[] = [];
    const lock = {
      acquire: async () => ({
        fence: 1,
        lost: lost.signal,
        release: async () => order.push('lock'),
      }),
    };
    const connection = { [Symbol.dispose]: () => void order.push('connection') };
    const bare = {
      connect: async ({ fence }: FencedContext) => Object.assign(connection, { fence }),
      run: () => new Promise<never>(() => {}),
    };
    const actor = engines[engine](exclusive(bare, { lock, name: 'x', clock }), {
      clock,
      gracePeriodMs: 0,
    }).start();
    await clock.drain();
    expect(actor.getSnapshot().hasTag('online')).toBe(true);
    expect(getEventListeners(lost.signal, 'abort')).toHaveLength(1);
    actor.send({ type: 'stop' });
    await clock.advance(0);
    expect(order).toEqual(['connection', 'lock']);
    expect(getEventListeners(lost.signal, 'abort')).toHaveLength(0);
    expect(clock.pending).toEqual([]);
  });
});

describe('a limiter', () => {
  const limited = () => {
    const limiter = scriptedLimiter();
    return { limiter, w: world({ limiter: limiter.limiter, link: { priority: 3 } }) };
  };

  it('is asked when the lock is held, and hears how the attempt went', async () => {
    const { limiter, w } = limited();
    await w.settle();
    expect(limiter.requests).toEqual([]);
    await w.grant();
    expect(limiter.requests).toMatchObject([{ request: { priority: 3, attempt: 0 } }]);
    expect(w.script.connects).toEqual([]);
    await w.settle(() => limiter.requests[0]?.grant());
    await w.open();
    expect(limiter.permits).toMatchObject([{ outcomes: ['opened'], unstables: 0 }]);
    await w.settle(() => w.script.runs[0]?.resolve(Continue()));
    expect(limiter.permits).toMatchObject([{ outcomes: ['opened'], unstables: 1 }]);
  });

  it.each<[string, ConnectLimiter]>([
    ['grant at once', scriptedLimiter({ admits: true }).limiter],
    ['let a request wait, and grant it in that moment', grantsWhileAsked],
  ])('may %s', async (_what, limiter) => {
    const w = world({ limiter });
    await w.online();
    expect(w.has('online')).toBe(true);
  });

  it('does not hear of a lost lock', async () => {
    const { limiter, w } = limited();
    await w.grant();
    await w.settle(() => w.last().lose());
    await w.settle(() => limiter.requests[0]?.grant());
    expect(w.script.connects).toEqual([]);
    expect(w.failures()).toMatchObject([{ error: { code: 'ERR_LOCK_LOST' } }]);
    expect(limiter.permits).toMatchObject([{ outcomes: ['ignored'], unstables: 0 }]);
    await w.clock.advance(1000);
    await w.grant();
    await w.settle(() => limiter.requests[1]?.grant());
    await w.open();
    await w.settle(() => w.last().lose());
    expect(limiter.permits[1]).toMatchObject({ outcomes: ['opened'], unstables: 0 });
  });

  it('is left, and the lock given back, by a stop', async () => {
    const { limiter, w } = limited();
    await w.grant();
    await w.settle(() => w.actor.send({ type: 'stop' }));
    expect(limiter.requests[0]?.isCancelled).toBe(true);
    expect(w.last().releases).toBe(1);
  });

  it('gets a permit back that comes in the moment of the stop', async () => {
    const { limiter, w } = limited();
    await w.grant();
    await w.settle(() => {
      limiter.requests[0]?.grant();
      w.actor.send({ type: 'stop' });
    });
    expect(limiter.permits).toMatchObject([{ outcomes: ['ignored'] }]);
    expect(w.last().releases).toBe(1);
    expect(w.script.connects).toEqual([]);
  });

  it('that throws has failed the attempt, and the lock is given back', async () => {
    const error = new Error('broken');
    const limiter = {
      tryAcquire: () => undefined,
      enqueue() {
        throw error;
      },
    };
    const w = world({ limiter });
    await w.grant();
    expect(w.failures()).toMatchObject([{ error, verdict: 'transient' }]);
    expect(w.last().releases).toBe(1);
  });

  it('of the connector stays: two locks are taken one after the other', async () => {
    const [outer, inner] = [testLock(), testLock()];
    const script = scriptedConnector();
    const both = exclusive(exclusive(script.connector, { lock: inner.lock, name: 'b' }), {
      lock: outer.lock,
      name: 'a',
    });
    const clock = virtualClock();
    const actor = createReconnectActor(both, { clock }).start();
    await clock.drain();
    expect([outer.asked.length, inner.asked.length]).toEqual([1, 0]);
    outer.last().grant();
    await clock.drain();
    expect(inner.asked).toHaveLength(1);
    inner.last().grant();
    await clock.drain();
    expect(script.connects).toHaveLength(1);
    script.connects[0]?.reject(fatal(new Error('enough')));
    await clock.drain();
    expect(actor.getSnapshot().status).toBe('done');
    expect([outer.last().releases, inner.last().releases]).toEqual([1, 1]);
  });

  it('of the connector is left in the moment of the stop, too: both locks are given back', async () => {
    const [outer, inner] = [testLock(), testLock()];
    const script = scriptedConnector();
    const both = exclusive(exclusive(script.connector, { lock: inner.lock, name: 'b' }), {
      lock: outer.lock,
      name: 'a',
    });
    const clock = virtualClock();
    const actor = createReconnectActor(both, { clock }).start();
    await clock.drain();
    outer.last().grant();
    await clock.drain();
    let releases = 0;
    inner.last().answer({
      get fence() {
        if (actor.getSnapshot().status === 'active') actor.send({ type: 'stop' });
        return 1;
      },
      lost: new AbortController().signal,
      release: async () => void releases++,
    });
    await clock.drain();
    expect([outer.last().releases, releases]).toEqual([1, 1]);
    expect(script.connects).toEqual([]);
  });

  it('of a group is not asked: the link waits for its lock alone', async () => {
    const { lock, last } = testLock();
    const clock = virtualClock();
    const script = scriptedConnector();
    const limiter = scriptedLimiter();
    const group = createGroup({ clock, limiter: limiter.limiter });
    group.add('one', () => exclusive(script.connector, { lock, name: 'one' }));
    await clock.drain();
    expect(group.health().states.queued).toBe(1);
    last().grant();
    await clock.drain();
    expect(script.connects).toHaveLength(1);
    expect(limiter.requests).toEqual([]);
    script.connects[0]?.resolve();
    await clock.drain();
    script.runs[0]?.resolve({ type: 'Break', value: 1 });
    await clock.drain();
    await group.stop();
    expect(last().releases).toBe(1);
  });
});

describe('where another wrapper calls connect', () => {
  it('the attempt itself waits for the lock', async () => {
    const { lock, last } = testLock();
    const script = scriptedConnector();
    const clock = virtualClock();
    const connector = endpoints(['a'], () => exclusive(script.connector, { lock, name: 'x' }), {
      clock,
    });
    const actor = createReconnectActor(connector, { clock }).start();
    onTestFinished(() => void actor.stop());
    await clock.drain();
    expect(statePath(actor.getSnapshot().value)).toBe('connecting.attempting');
    last().grant();
    await clock.drain();
    expect(contextOf(script, 0).fence).toBe(1);
  });

  it('whileOnline leaves the wait where it is', async () => {
    const { lock, last } = testLock();
    const { window, navigator } = new Surroundings();
    const script = scriptedConnector();
    const clock = virtualClock();
    const inner = exclusive(script.connector, { lock, name: 'x' });
    const actor = createReconnectActor(whileOnline(inner, { window, navigator }), { clock });
    onTestFinished(() => void actor.stop());
    actor.start();
    await clock.drain();
    expect(statePath(actor.getSnapshot().value)).toBe('connecting.queued');
    last().grant();
    await clock.drain();
    expect(contextOf(script, 0).fence).toBe(1);
  });

  it('and one that does not call it leaves no lock behind', async () => {
    const { lock, last } = testLock();
    const script = scriptedConnector();
    const clock = virtualClock();
    const inner = exclusive(script.connector, { lock, name: 'x' });
    const outer = { ...inner, connect: () => Promise.reject(fatal(new Error('not today'))) };
    const actor = createReconnectActor(outer, { clock }).start();
    await clock.drain();
    last().grant();
    await clock.drain();
    expect(actor.getSnapshot().status).toBe('done');
    expect(last().releases).toBe(1);
  });
});

describe('a bad lock', () => {
  it('that throws, at once or later, has failed the attempt, which counts', async () => {
    const away = new Error('away');
    const later = world();
    await later.settle(() => later.last().refuse(away));
    const atOnce = world({
      lock: {
        acquire() {
          throw away;
        },
      },
    });
    await atOnce.settle();
    for (const w of [later, atOnce]) {
      expect(w.failures()).toMatchObject([
        { error: { name: 'LockError', code: 'ERR_LOCK', cause: away }, verdict: 'transient' },
      ]);
      expect(w.state()).toBe('waiting.delaying');
      expect(w.script.connects).toEqual([]);
    }
    await later.clock.advance(1000);
    await later.online();
    expect(later.script.connects[0]?.argument).toMatchObject({ attempt: 1 });
  });

  it('that has marked its error is taken at its word', async () => {
    const w = world();
    const error = new Error('no such database');
    await w.settle(() => w.last().refuse(fatal(error)));
    expect(w.actor.getSnapshot().output).toEqual({ status: 'failed', error });
  });

  it('that hangs keeps the link queued, and a stop leaves it', async () => {
    const w = world();
    await w.clock.advance(24 * HOUR_MS);
    expect(w.has('queued')).toBe(true);
    await w.settle(() => w.actor.send({ type: 'stop' }));
    expect(w.actor.getSnapshot().output).toMatchObject({ status: 'stopped' });
    await w.settle(() => w.last().refuse(new Error('too late')));
    expect(w.logged).toEqual([]);
  });

  const { signal } = new AbortController();
  const release = async () => {};
  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['true', true],
    ['an empty object', {}],
    ['a fence that is no number', { fence: '1', lost: signal, release }],
    ['a fence of 0', { fence: 0, lost: signal, release }],
    ['a fence beyond the safe integers', { fence: 2 ** 53, lost: signal, release }],
    ['no `lost`', { fence: 1, release }],
    ['a `lost` that is no signal', { fence: 1, lost: { aborted: false }, release }],
    ['no `release`', { fence: 1, lost: signal }],
  ])(
    'that answers %s has made a mistake: it ends a link that has just begun',
    async (_what, hold) => {
      const w = world();
      await w.settle(() => w.last().answer(hold));
      expect(w.actor.getSnapshot().output).toMatchObject({
        status: 'failed',
        error: { code: 'ERR_LOCK_INVALID', message: expect.stringContaining('`feed`') },
      });
    },
  );

  it('whose fencing number does not grow opens no connection', async () => {
    const w = world();
    await w.grant({ fence: 5 });
    await w.settle(() => w.script.connects[0]?.reject(new Error('refused')));
    for (const [i, fence] of [4, 5].entries()) {
      await w.clock.advance(1000);
      await w.grant({ fence });
      expect(w.failures()[i + 1]).toMatchObject({
        verdict: 'transient',
        error: { code: 'ERR_LOCK_FENCE', message: expect.stringContaining(`${fence} after 5`) },
      });
      expect(w.last().releases).toBe(1);
    }
    expect(w.script.connects).toHaveLength(1);
    await w.clock.advance(1000);
    await w.grant({ fence: 6 });
    expect(w.script.connects).toHaveLength(2);
  });

  it('whose hold is lost already has failed the attempt: the backoff waits', async () => {
    const w = world();
    await w.settle(() => {
      w.last().lose('late');
      w.last().grant();
    });
    expect(w.failures()).toMatchObject([{ error: { code: 'ERR_LOCK_LOST', cause: 'late' } }]);
    expect(w.last().releases).toBe(1);
    expect(w.script.connects).toEqual([]);
    expect(w.state()).toBe('waiting.delaying');
  });

  it('whose release hangs holds the link up for its grace period, and no longer', async () => {
    const w = world();
    await w.grant({ release: () => new Promise(() => {}) });
    await w.open();
    await w.settle(() => w.actor.send({ type: 'stop' }));
    await w.settle(() => w.script.runs[0]?.resolve(Continue()));
    expect(w.state()).toBe('running.stopping');
    expect(w.script.live).toBe(0);
    await w.clock.advance(5000);
    expect(w.state()).toBe('stopped');
  });

  it('whose release throws is told in `connection.closed`', async () => {
    const w = world();
    const cause = new Error('away');
    await w.grant({
      release() {
        throw cause;
      },
    });
    await w.open();
    await w.settle(() => w.script.runs[0]?.resolve(Continue()));
    expect(w.emitted.findLast(({ type }) => type === 'connection.closed')).toMatchObject({
      releaseError: { code: 'ERR_LOCK_RELEASE', cause },
    });
  });

  it('whose release throws after a failed attempt disturbs nobody', async () => {
    const w = world();
    await w.grant({ release: () => Promise.reject(new Error('away')) });
    await w.settle(() => w.script.connects[0]?.reject(new Error('refused')));
    expect(w.state()).toBe('waiting.delaying');
    expect(w.logged).toEqual([]);
  });
});

describe('a connection that does not end', () => {
  it('holds the lock for `gracePeriodMs`, and no longer', async () => {
    const w = world({
      gracePeriodMs: 2000,
      change: () => ({ disconnect: () => new Promise(() => {}) }),
    });
    await w.online();
    await w.settle(() => w.actor.send({ type: 'stop' }));
    await w.settle(() => w.script.runs[0]?.resolve(Continue()));
    await w.clock.advance(1999);
    expect(w.last().releases).toBe(0);
    await w.clock.advance(1);
    expect(w.last().releases).toBe(1);
  });

  it('and one whose release throws gives the lock back all the same', async () => {
    const error = new Error('stuck');
    const w = world({ change: () => ({ disconnect: () => Promise.reject(error) }) });
    await w.online();
    await w.settle(() => w.last().lose());
    await w.settle(() => w.script.runs[0]?.resolve(Continue()));
    expect(w.last().releases).toBe(1);
    expect(w.emitted.findLast(({ type }) => type === 'connection.closed')).toMatchObject({
      releaseError: error,
    });
  });
});

describe('two releases that fail', () => {
  it('are both told in `connection.closed`', async () => {
    const [stuck, away] = [new Error('stuck'), new Error('away')];
    const w = world({ change: () => ({ disconnect: () => Promise.reject(stuck) }) });
    await w.grant({ release: () => Promise.reject(away) });
    await w.open();
    await w.settle(() => w.script.runs[0]?.resolve(Continue()));
    expect(w.emitted.findLast(({ type }) => type === 'connection.closed')).toMatchObject({
      releaseError: { errors: [stuck, { code: 'ERR_LOCK_RELEASE', cause: away }] },
    });
  });

  it('of which one is that of a connection that came after the loss of the lock: the console shows it', async () => {
    const shown = vi.spyOn(console, 'error').mockReturnValue();
    const cause = new Error('stuck');
    const w = world({ change: () => ({ disconnect: () => Promise.reject(cause) }) });
    await w.grant();
    await w.settle(() => w.last().lose());
    await w.open();
    expect(w.failures()).toMatchObject([{ error: { code: 'ERR_LOCK_LOST' } }]);
    expect(shown.mock.calls).toEqual([['release failed', cause]]);
    shown.mockRestore();
  });
});

describe('a `connect` that ignores its signal', () => {
  it.each(['after its timeout', 'after a stop', 'after a loss'] as const)(
    'keeps the lock for `gracePeriodMs`, and no longer: %s',
    async (why) => {
      const w = world({ gracePeriodMs: 2000, link: { connectTimeoutMs: 100, gracePeriodMs: 0 } });
      await w.grant();
      const held = w.last();
      await w.settle(() => {
        if (why === 'after a stop') w.actor.send({ type: 'stop' });
        if (why === 'after a loss') held.lose();
      });
      if (why === 'after its timeout') await w.clock.advance(100);
      expect(w.script.connects[0]?.argument.signal.aborted).toBe(true);
      await w.clock.advance(1999);
      expect(held.releases).toBe(0);
      await w.clock.advance(1);
      expect(held.releases).toBe(1);
      if (why !== 'after a stop') w.actor.send({ type: 'stop' });
      await w.clock.advance(0);
      expect(w.clock.pending).toEqual([]);
      // What it opens at last is released, the lock no second time.
      await w.settle(() => w.script.connects[0]?.resolve());
      expect(w.script.live).toBe(0);
      expect(held.releases).toBe(1);
    },
  );

  it('does not keep its own link out', async () => {
    const w = world({ link: { connectTimeoutMs: 100 } });
    await w.grant();
    await w.clock.advance(100 + 5000);
    expect(w.asked).toHaveLength(2);
    expect(w.asked[0]?.releases).toBe(1);
  });
});

describe('options', () => {
  const { connector } = scriptedConnector();
  const { lock } = testLock();

  it.each<[string, unknown]>([
    ['lock', undefined],
    ['lock', {}],
    ['name', undefined],
    ['name', ''],
    ['name', 7],
    ['limiter', {}],
    ['gracePeriodMs', -1],
    ['clock', {}],
    ['names', 'x'],
  ])('refuses `%s`: %s', (option, value) => {
    const call = () => exclusive(connector, { lock, name: 'x', [option]: value });
    expect(call).toThrow(InvalidOptionError);
    expect(call).toThrow(`\`${option}`);
  });

  it('takes no time, and time without end', () => {
    for (const gracePeriodMs of [0, Infinity]) {
      expect(() => exclusive(connector, { lock, name: 'x', gracePeriodMs })).not.toThrow();
    }
  });

  it('a connector may have a limiter, which must be one', () => {
    const bad = { ...connector, limiter: {} as never };
    expect(() => createReconnectActor(bad)).toThrow('`connector.limiter.tryAcquire`');
  });
});
