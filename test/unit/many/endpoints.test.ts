import {
  Break,
  Continue,
  createReconnectActor,
  fatal,
  type FailureContext,
  InvalidOptionError,
  type ReconnectEmitted,
  retryable,
  StopRequested,
} from 'schmoozer';
import { whileOnline } from 'schmoozer/browser';
import { DiscoveryError, type Endpoint, endpoints } from 'schmoozer/many';
import { scriptedConnector, scriptedLimiter, virtualClock } from 'schmoozer/testing';
import { describe, expect, it, vi } from 'vitest';
import { endpointHarness, type EndpointHarness, engines } from '../../support/endpointHarness.js';

const refused = new Error('refused');
const mistake = new TypeError('x is not a function');

function told<T extends ReconnectEmitted['type']>(h: EndpointHarness, type: T) {
  return h.emitted.filter((event) => event.type === type) as Extract<
    ReconnectEmitted,
    { type: T }
  >[];
}

describe.each(Object.keys(engines) as (keyof typeof engines)[])('a round, on %s', (engine) => {
  it('goes from one endpoint to the next after 100 to 500 ms, and counts when all have failed', async () => {
    const h = endpointHarness({ engine });
    await h.refuse('a');
    expect(told(h, 'retry.scheduled')).toMatchObject([{ attempt: 0, delayMs: 300 }]);
    await h.clock.advance(299);
    expect(h.chosen()).toEqual(['a']);
    await h.clock.advance(1);
    expect(h.chosen()).toEqual(['a', 'b']);
    await h.refuse('b');
    await h.clock.advance(300);
    await h.refuse('c');
    expect(told(h, 'retry.scheduled').map(({ attempt, delayMs }) => [attempt, delayMs])).toEqual([
      [0, 300],
      [0, 300],
      [1, 1000],
    ]);
    await h.clock.advance(999);
    expect(h.chosen()).toEqual(['a', 'b', 'c']);
    await h.clock.advance(1);
    expect(h.chosen()).toEqual(['a', 'b', 'c', 'a']);
    expect(h.scripts['a']?.connects.at(-1)?.argument).toMatchObject({ attempt: 1, epoch: 1 });
  });

  it('says where each attempt goes to, and names it in the error', async () => {
    const h = endpointHarness({
      engine,
      from: ['db1:5432', 'wss://u:secret@b.example/feed?t=secret'],
    });
    await h.refuse('db1:5432');
    await h.clock.advance(300);
    expect(h.chosen()).toEqual(['db1:5432', 'wss://b.example/feed']);
    const error = new Error('no answer');
    await h.refuse('wss://u:secret@b.example/feed?t=secret', error);
    const failed = told(h, 'attempt.failed');
    expect(failed.map((event) => (event.error as Error).message)).toEqual([
      'db1:5432: refused',
      'wss://b.example/feed: no answer',
    ]);
    expect(failed[1]?.error).toBe(error);
    expect(error.stack).toContain('wss://b.example/feed: no answer');
    expect(h.events.filter(({ type }) => type === 'endpoint.failed')).toMatchObject([
      { endpoint: 'db1:5432', verdict: 'transient' },
      { endpoint: 'wss://b.example/feed', error, verdict: 'transient' },
    ]);
    expect(h.events[0]).toEqual({
      type: 'endpoint.chosen',
      endpoint: 'db1:5432',
      attempt: 0,
      epoch: 1,
    });
  });

  it('makes the connector of an endpoint when it is first used, and keeps it', async () => {
    const h = endpointHarness({ engine, from: ['a', 'b'] });
    await h.clock.drain();
    expect(Object.keys(h.scripts)).toEqual(['a']);
    await h.refuse('a');
    await h.clock.advance(300);
    await h.refuse('b');
    await h.clock.advance(1000);
    expect(h.scripts['a']?.connects).toHaveLength(2);
  });

  it('asks the connector of the endpoint whose session it is', async () => {
    const delays: unknown[] = [];
    const asked: string[] = [];
    const h = endpointHarness({
      engine,
      change: (_, name) => ({
        isRetryable: () => void asked.push(name),
        ...(name === 'b' && {
          retryDelay(failure: FailureContext) {
            delays.push([failure.phase, failure.error]);
            return 70;
          },
        }),
      }),
    });
    await h.refuse('a');
    await h.clock.advance(300);
    await h.open('b');
    expect(h.state()).toBe('running.settling');
    h.actor.send({ type: 'probe' });
    expect(h.scripts['b']?.probes).toHaveLength(1);
    const lost = new Error('lost');
    await h.lose('b', lost);
    await h.clock.drain();
    h.scripts['b']?.runs[0]?.resolve(Continue());
    await h.clock.drain();
    expect(h.scripts['b']?.connections).toMatchObject([{ releases: 1 }]);
    expect(delays).toEqual([['run', lost]]);
    expect(told(h, 'retry.scheduled').at(-1)).toMatchObject({ attempt: 1, delayMs: 70 });
    expect(asked).toEqual(['a', 'b']);
    // The next one has none: the backoff decides.
    await h.clock.advance(70);
    expect(h.chosen()).toEqual(['a', 'b', 'c']);
    await h.refuse('c');
    expect(told(h, 'retry.scheduled').at(-1)).toMatchObject({ attempt: 2, delayMs: 1000 });
  });

  it('a fatal error of one endpoint ends the loop, marked or by isRetryable', async () => {
    const marked = endpointHarness({ engine });
    await marked.refuse('a', fatal(refused));
    expect(marked.actor.getSnapshot().output).toEqual({ status: 'failed', error: refused });
    const sorted = endpointHarness({ engine, change: () => ({ isRetryable: () => false }) });
    await sorted.refuse('a');
    expect(sorted.state()).toBe('stopped');
  });

  it('a permanent error ends the loop only when every endpoint has one', async () => {
    const h = endpointHarness({ engine, from: ['a', 'b'] });
    await h.refuse('a', mistake);
    expect(told(h, 'retry.scheduled')).toMatchObject([{ attempt: 0, verdict: 'transient' }]);
    await h.clock.advance(300);
    await h.refuse('b');
    expect(told(h, 'retry.scheduled').at(-1)).toMatchObject({ attempt: 1, verdict: 'transient' });
    await h.clock.advance(1000);
    await h.refuse('a', mistake);
    await h.clock.advance(300);
    await h.refuse('b', mistake);
    expect(told(h, 'attempt.failed').at(-1)).toMatchObject({ verdict: 'permanent' });
    expect(h.actor.getSnapshot().output).toEqual({ status: 'failed', error: mistake });
    expect(h.events.filter(({ type }) => type === 'endpoint.failed')).toMatchObject([
      { verdict: 'permanent' },
      { verdict: 'transient' },
      { verdict: 'permanent' },
      { verdict: 'permanent' },
    ]);
  });

  it('an isRetryable that throws makes it permanent, and is asked once', async () => {
    let asked = 0;
    const isRetryable = () => {
      asked += 1;
      throw mistake;
    };
    const h = endpointHarness({ engine, from: ['a'], change: () => ({ isRetryable }) });
    await h.refuse('a');
    expect(told(h, 'attempt.failed')).toMatchObject([
      { verdict: 'permanent', error: { code: 'ERR_IS_RETRYABLE' } },
    ]);
    expect(asked).toBe(1);
  });

  it('what is no attempt says nothing about the endpoint: it is asked again', async () => {
    const h = endpointHarness({ engine });
    await h.refuse('a', retryable(refused, { delayMs: 40, consumesAttempt: false }));
    expect(told(h, 'retry.scheduled')).toMatchObject([{ attempt: 0, delayMs: 40 }]);
    await h.clock.advance(40);
    expect(h.chosen()).toEqual(['a', 'a']);
  });

  it('an endpoint that hangs is left after connectTimeoutMs, and what it opens later is released', async () => {
    const h = endpointHarness({ engine });
    await h.clock.advance(9999);
    expect(told(h, 'attempt.failed')).toEqual([]);
    await h.clock.advance(1);
    expect(told(h, 'attempt.failed')).toMatchObject([
      {
        error: {
          code: 'ERR_CONNECT_TIMEOUT',
          message: 'a: connect did not settle within 10000 ms',
        },
      },
    ]);
    expect(h.scripts['a']?.connects[0]?.argument.signal.aborted).toBe(true);
    await h.clock.advance(300);
    expect(h.chosen()).toEqual(['a', 'b']);
    await h.open('a');
    expect(h.scripts['a']?.live).toBe(0);
    expect(h.scripts['a']?.runs).toEqual([]);
    await h.open('b');
    expect(h.state()).toBe('running.settling');
  });

  it('a link whose own timeout is shorter counts the attempt, and goes on with the next endpoint', async () => {
    const h = endpointHarness({ engine, link: { connectTimeoutMs: 3000 } });
    await h.clock.advance(3000);
    expect(told(h, 'retry.scheduled')).toMatchObject([{ attempt: 1, delayMs: 1000 }]);
    await h.clock.advance(1000);
    expect(h.chosen()).toEqual(['a', 'b']);
    await h.open('a');
    expect(h.scripts['a']?.live).toBe(0);
  });

  it.each(['stop', 'suspend', 'reconnect'] as const)(
    '%s is passed on, and leaves no timer and no failure',
    async (type) => {
      const h = endpointHarness({ engine });
      await h.clock.drain();
      h.actor.send({ type });
      const signal = h.scripts['a']?.connects[0]?.argument.signal as AbortSignal;
      expect(signal.aborted).toBe(true);
      await h.refuse('a', signal.reason);
      expect(h.state()).toBe(
        { stop: 'stopped', suspend: 'waiting.suspended', reconnect: 'connecting.attempting' }[type],
      );
      expect(h.events.filter((event) => event.type === 'endpoint.failed')).toEqual([]);
      expect(h.chosen()).toEqual(type === 'reconnect' ? ['a', 'a'] : ['a']);
      expect(h.clock.pending.toSorted((a, b) => a - b)).toEqual(
        type === 'reconnect' ? [10_000, 20_000] : [],
      );
      if (type === 'stop') expect(signal.reason).toBeInstanceOf(StopRequested);
    },
  );

  it('a stop that a listener or connect itself sends leaves nothing behind', async () => {
    const listening: EndpointHarness = endpointHarness({
      engine,
      onEvent: () => listening.actor.send({ type: 'stop' }),
    });
    await listening.clock.drain();
    expect(listening.state()).toBe('stopped');
    expect(listening.scripts).toEqual({});
    const connecting: EndpointHarness = endpointHarness({
      engine,
      change: () => ({
        connect: async () => {
          connecting.actor.send({ type: 'stop' });
          throw refused;
        },
      }),
    });
    await connecting.clock.drain();
    expect(connecting.state()).toBe('stopped');
    expect(connecting.clock.pending).toEqual([]);
  });

  it('a connect that does not hear of a stop leaves no timer', async () => {
    const h = endpointHarness({ engine });
    await h.clock.drain();
    h.actor.send({ type: 'stop' });
    await h.clock.advance(5000);
    expect(h.state()).toBe('stopped');
    expect(h.clock.pending).toEqual([]);
  });

  it('a connection that comes after a stop is released', async () => {
    const h = endpointHarness({ engine });
    await h.clock.drain();
    h.actor.send({ type: 'stop' });
    await h.open('a');
    expect(h.state()).toBe('stopped');
    expect(h.scripts['a']?.live).toBe(0);
    expect(h.clock.pending).toEqual([]);
  });

  it('a session that ends early is a failure: the next endpoint follows, after the backoff', async () => {
    const ends: ((h: EndpointHarness) => Promise<void> | void)[] = [
      (h) => h.lose('a'),
      (h) => h.lose('a', refused),
      (h) => h.scripts['a']?.closes[0]?.resolve({ error: refused }),
      (h) => h.scripts['a']?.runs[0]?.resolve(Continue()),
      (h) => h.scripts['a']?.runs[0]?.reject(refused),
      (h) => {
        h.actor.send({ type: 'probe' });
        h.scripts['a']?.probes[0]?.reject(refused);
      },
    ];
    for (const end of ends) {
      const h = endpointHarness({ engine });
      await h.open('a');
      await h.clock.advance(9999);
      await end(h);
      await h.clock.drain();
      h.scripts['a']?.runs[0]?.resolve(Continue());
      await h.clock.drain();
      expect(h.events.filter((event) => event.type === 'endpoint.failed')).toHaveLength(1);
      expect(told(h, 'retry.scheduled')).toMatchObject([{ attempt: 1, delayMs: 1000 }]);
      await h.clock.advance(1000);
      expect(h.chosen()).toEqual(['a', 'b']);
    }
  });

  it('a good session ends the round, and its endpoint is asked again first', async () => {
    const h = endpointHarness({ engine, order: 'random', random: () => 0 });
    await h.refuse('a');
    await h.clock.advance(300);
    await h.open('b');
    await h.clock.advance(10_000);
    await h.lose('b', refused);
    h.scripts['b']?.runs[0]?.resolve(Continue());
    await h.clock.advance(1000);
    await h.refuse('b');
    await h.clock.advance(300);
    expect(h.chosen().slice(0, 3)).toEqual(['a', 'b', 'b']);
    expect(told(h, 'connection.closed')).toMatchObject([{ cause: 'lost', error: refused }]);
  });

  it('Break, and a session that ends as it was asked to, are no failures', async () => {
    const h = endpointHarness({ engine });
    await h.open('a');
    h.actor.send({ type: 'reconnect' });
    h.scripts['a']?.runs[0]?.reject(h.scripts['a'].runs[0].argument.signal.reason);
    await h.open('a');
    expect(h.chosen()).toEqual(['a', 'a']);
    h.scripts['a']?.runs[1]?.resolve(Break('done'));
    await h.clock.drain();
    expect(h.actor.getSnapshot().output).toEqual({ status: 'completed', value: 'done' });
    expect(h.events.filter((event) => event.type === 'endpoint.failed')).toEqual([]);
  });

  it('a fatal or an uncounted end of a session is passed on as it is', async () => {
    const h = endpointHarness({ engine });
    await h.open('a');
    h.scripts['a']?.runs[0]?.reject(retryable(refused, { delayMs: 40, consumesAttempt: false }));
    await h.clock.drain();
    expect(told(h, 'retry.scheduled')).toMatchObject([{ attempt: 0, delayMs: 40 }]);
    await h.clock.advance(40);
    await h.open('a');
    h.scripts['a']?.runs[1]?.reject(fatal(refused));
    await h.clock.drain();
    expect(h.actor.getSnapshot().output).toEqual({ status: 'failed', error: refused });
  });

  it('a permanent end of an early session waits for the others too', async () => {
    const h = endpointHarness({ engine, from: ['a', 'b'] });
    await h.open('a');
    h.scripts['a']?.runs[0]?.reject(mistake);
    await h.clock.drain();
    expect(told(h, 'retry.scheduled')).toMatchObject([{ attempt: 1, verdict: 'transient' }]);
    await h.clock.advance(1000);
    await h.open('b');
    h.scripts['b']?.runs[0]?.reject(mistake);
    await h.clock.drain();
    expect(h.actor.getSnapshot().output).toEqual({ status: 'failed', error: mistake });
  });
});

describe('a server’s hint', () => {
  const busy = (delayMs: number) => retryable(refused, { delayMs, spreadMs: 0 });

  it('lets its endpoint rest, and the next one is asked at once', async () => {
    const h = endpointHarness({ from: ['a', 'b'] });
    await h.refuse('a', busy(5000));
    expect(told(h, 'retry.scheduled')).toMatchObject([{ attempt: 0, delayMs: 300 }]);
    await h.clock.advance(300);
    await h.refuse('b');
    // Nobody knows that of b.
    expect(told(h, 'retry.scheduled').at(-1)).toMatchObject({ attempt: 1, delayMs: 1000 });
    await h.clock.advance(1000);
    expect(h.chosen()).toEqual(['a', 'b', 'b']);
    await h.clock.advance(3699);
    await h.refuse('b');
    await h.clock.advance(1000);
    expect(h.chosen()).toEqual(['a', 'b', 'b', 'a']);
  });

  it('is waited for when all endpoints rest: the shortest', async () => {
    const h = endpointHarness({ from: ['a', 'b'] });
    await h.refuse('a', busy(5000));
    await h.clock.advance(300);
    await h.refuse('b', busy(9000));
    expect(told(h, 'retry.scheduled').at(-1)).toMatchObject({ attempt: 1, delayMs: 4700 });
    await h.clock.advance(4700);
    expect(h.chosen()).toEqual(['a', 'b', 'a']);
  });

  it('is no obstacle to a command: who rests shortest is asked', async () => {
    const h = endpointHarness({ from: ['a', 'b'] });
    await h.refuse('a', busy(9000));
    await h.clock.advance(300);
    await h.refuse('b', busy(5000));
    h.actor.send({ type: 'reconnect' });
    await h.clock.drain();
    expect(h.chosen()).toEqual(['a', 'b', 'b']);
  });

  it('at the end of a session sends the link elsewhere without it', async () => {
    for (const good of [false, true]) {
      const h = endpointHarness({ from: ['a', 'b'] });
      await h.open('a');
      if (good) await h.clock.advance(10_000);
      await h.lose('a', busy(60_000));
      h.scripts['a']?.runs[0]?.reject(busy(60_000));
      await h.clock.drain();
      expect(told(h, 'retry.scheduled')).toMatchObject([{ attempt: 1, delayMs: 1000 }]);
      await h.clock.advance(1000);
      expect(h.chosen()).toEqual(['a', 'b']);
      await h.open('b');
      await h.lose('b', busy(30_000));
      h.scripts['b']?.runs[0]?.resolve(Continue());
      await h.clock.drain();
      expect(told(h, 'retry.scheduled').at(-1)).toMatchObject({ delayMs: 30_000 });
    }
  });
});

describe('ejection', () => {
  it('sets an endpoint aside after 5 failures in a row, for 30 s, then 60 s', async () => {
    const h = endpointHarness({ from: ['a', 'b'], stableAfterMs: 0 });
    const cycle = async () => {
      const isAsked = h.chosen().at(-1) === 'a';
      if (isAsked) {
        await h.refuse('a');
        await h.clock.advance(300);
      }
      await h.open('b');
      await h.lose('b');
      h.scripts['b']?.runs.at(-1)?.resolve(Continue());
      await h.clock.advance(1000);
      return isAsked;
    };
    await h.clock.drain();
    for (let i = 0; i < 5; i++) expect(await cycle()).toBe(true);
    expect(h.events.filter(({ type }) => type === 'endpoint.ejected')).toEqual([
      { type: 'endpoint.ejected', endpoint: 'a', forMs: 30_000 },
    ]);
    let skipped = 0;
    while (!(await cycle())) skipped += 1;
    // 30 s of cycles of 1 s, the first of which had begun before.
    expect(skipped).toBe(29);
    for (let i = 0; i < 4; i++) await cycle();
    expect(h.events.filter(({ type }) => type === 'endpoint.ejected')).toEqual([
      { type: 'endpoint.ejected', endpoint: 'a', forMs: 30_000 },
      { type: 'endpoint.ejected', endpoint: 'a', forMs: 60_000 },
    ]);
  });

  it('still asks it when all others have failed', async () => {
    const h = endpointHarness({ from: ['a', 'b'], eject: { consecutiveFailures: 1 } });
    await h.refuse('a');
    await h.clock.advance(300);
    await h.refuse('b');
    await h.clock.advance(1000);
    await h.refuse('b');
    await h.clock.advance(300);
    expect(h.chosen()).toEqual(['a', 'b', 'b', 'a']);
    // The last one is never set aside.
    expect(h.events.filter(({ type }) => type === 'endpoint.ejected')).toHaveLength(1);
  });
});

describe('failbackMs', () => {
  const onSecond = async (options: object = {}) => {
    const h = endpointHarness({ from: ['a', 'b'], failbackMs: 60_000, ...options });
    await h.refuse('a');
    await h.clock.advance(300);
    await h.open('b');
    return h;
  };

  it('leaves the second choice when the first answers again, and not before', async () => {
    const h = await onSecond();
    await h.clock.advance(62_999);
    expect(h.scripts['a']?.connects).toHaveLength(1);
    await h.clock.advance(1);
    expect(h.scripts['a']?.connects).toHaveLength(2);
    await h.refuse('a');
    expect(h.state()).toBe('running.stable');
    await h.clock.advance(63_000);
    await h.open('a');
    expect(h.scripts['a']?.connections).toMatchObject([{ releases: 1 }]);
    expect(told(h, 'connection.closing')).toMatchObject([
      { cause: 'lost', detail: { by: 'failback' } },
    ]);
    h.scripts['b']?.runs[0]?.resolve(Continue());
    await h.clock.advance(1000);
    expect(h.chosen()).toEqual(['a', 'b', 'a']);
    await h.open('a');
    expect(h.clock.pending).toEqual([10_000]);
  });

  it('does so though the session was no good one yet', async () => {
    const h = await onSecond({ failbackMs: 1000 });
    await h.clock.advance(1050);
    await h.open('a');
    h.scripts['b']?.runs[0]?.resolve(Continue());
    await h.clock.advance(1000);
    expect(h.chosen()).toEqual(['a', 'b', 'a']);
  });

  it('counts no failure for a look that a stop cuts off', async () => {
    const h = await onSecond({ failbackMs: 1000, eject: { consecutiveFailures: 2 } });
    await h.clock.advance(1050);
    expect(h.scripts['a']?.connects).toHaveLength(2);
    h.actor.send({ type: 'stop' });
    h.scripts['b']?.runs[0]?.resolve(Continue());
    await h.clock.advance(11_000);
    expect(h.state()).toBe('stopped');
    // It had failed once; a second time would set it aside.
    expect(h.events.filter(({ type }) => type === 'endpoint.ejected')).toEqual([]);
  });

  it('counts what it sees as failures, and waits while all better ones are set aside', async () => {
    const h = await onSecond({ eject: { consecutiveFailures: 2 } });
    await h.clock.advance(63_000);
    await h.refuse('a');
    expect(h.events.slice(-2)).toEqual([
      { type: 'endpoint.failed', endpoint: 'a', error: expect.any(Error), verdict: 'transient' },
      { type: 'endpoint.ejected', endpoint: 'a', forMs: 30_000 },
    ]);
    await h.clock.advance(63_000);
    expect(h.scripts['a']?.connects).toHaveLength(3);
  });

  it('tells why it stays: the error of each look, with the verdict of the endpoint', async () => {
    const wrong = new Error('wrong password');
    const h = await onSecond({ change: () => ({ isRetryable: () => 'permanent' }) });
    await h.clock.advance(63_000);
    await h.refuse('a', wrong);
    expect(h.events.at(-1)).toEqual({
      type: 'endpoint.failed',
      endpoint: 'a',
      error: wrong,
      verdict: 'permanent',
    });
    await h.clock.advance(63_000);
    await h.clock.advance(10_000);
    expect(h.events.at(-1)).toMatchObject({ error: { code: 'ERR_CONNECT_TIMEOUT' } });
    expect(h.state()).toBe('running.stable');
  });

  it('shows on the console that the connection of a look could not be released', async () => {
    const shown = vi.spyOn(console, 'error').mockReturnValue();
    const cause = new Error('stuck');
    const h = await onSecond({
      change: () => ({
        disconnect: () => {
          throw cause;
        },
      }),
    });
    await h.clock.advance(63_000);
    await h.open('a');
    expect(shown.mock.calls).toEqual([['release failed', cause]]);
    shown.mockRestore();
  });

  it('ends with the session, and releases what comes too late', async () => {
    for (const type of ['stop', 'reconnect'] as const) {
      const h = await onSecond();
      await h.clock.advance(63_000);
      h.actor.send({ type });
      expect(h.scripts['a']?.connects[1]?.argument.signal.aborted).toBe(true);
      h.scripts['b']?.runs[0]?.resolve(Continue());
      h.scripts['a']?.connects[1]?.resolve();
      await h.clock.drain();
      expect(h.scripts['a']?.live).toBe(0);
      if (type === 'stop') expect(h.clock.pending).toEqual([]);
    }
    const h = await onSecond();
    h.actor.send({ type: 'stop' });
    h.scripts['b']?.runs[0]?.resolve(Continue());
    await h.clock.drain();
    expect(h.clock.pending).toEqual([]);
  });

  it('is told no failure of a look that the end of the session cut off', async () => {
    const h = await onSecond({ eject: { consecutiveFailures: 2 } });
    await h.clock.advance(63_000);
    h.actor.send({ type: 'stop' });
    await h.refuse('a');
    expect(h.events.filter(({ type }) => type === 'endpoint.ejected')).toEqual([]);
  });

  it('ends no session of a wrapper that has no closed', async () => {
    const script = scriptedConnector();
    const clock = virtualClock();
    const { closed: _, ...connector } = endpoints(
      [
        { name: 'a', priority: 1 },
        { name: 'b', priority: 0 },
      ],
      () => script.connector,
      { clock, now: clock.now, failbackMs: 1000, random: () => 0, order: 'failover' },
    );
    const actor = createReconnectActor(connector, { clock, now: clock.now, random: () => 0 });
    actor.start();
    await clock.drain();
    script.connects[0]?.reject(refused);
    await clock.advance(100);
    script.connects[1]?.resolve();
    await clock.advance(1000);
    script.connects[2]?.resolve();
    await clock.advance(9000);
    expect(actor.getSnapshot().hasTag('online')).toBe(true);
    expect(script.live).toBe(1);
  });

  it('skips one that is ejected', async () => {
    const h = await onSecond({ eject: { consecutiveFailures: 1, baseMs: 100_000 } });
    await h.clock.advance(63_000);
    expect(h.scripts['a']?.connects).toHaveLength(1);
    await h.clock.advance(63_000);
    expect(h.scripts['a']?.connects).toHaveLength(2);
  });

  it('watches nothing on the first choice', async () => {
    const h = endpointHarness({ failbackMs: 1000 });
    await h.open('a');
    expect(h.clock.pending).toEqual([10_000]);
  });

  it('goes by the priority where the order is another', async () => {
    const from = [
      { name: 'far', priority: 2 },
      { name: 'near', priority: 1 },
    ];
    const h = endpointHarness({ from, order: 'random', failbackMs: 1000 });
    await h.refuse('near');
    await h.clock.advance(300);
    await h.open('far');
    await h.clock.advance(1050);
    expect(h.scripts['near']?.connects).toHaveLength(2);
  });
});

describe('with a limiter', () => {
  it('each endpoint has a queue: its connector’s key, or its name', async () => {
    const { limiter, requests, permits } = scriptedLimiter();
    const h = endpointHarness({
      from: ['a', 'wss://b.example/feed?t=secret', 'c'],
      link: { limiter },
      change: (_, name) =>
        name === 'a' ? { limiterKey: 'a:80' } : name === 'c' ? { limiterKey: () => 'c:80' } : {},
    });
    await h.clock.drain();
    requests[0]?.grant();
    await h.refuse('a');
    await h.clock.advance(300);
    requests[1]?.grant();
    await h.clock.drain();
    await h.refuse('wss://b.example/feed?t=secret', retryable(refused, { delayMs: 5000 }));
    await h.clock.advance(300);
    requests[2]?.grant();
    await h.clock.drain();
    await h.refuse('c', mistake);
    expect(requests.map(({ request }) => request)).toEqual([
      { key: 'a:80', priority: 0, attempt: 0 },
      { key: 'wss://b.example/feed', priority: 0, attempt: 0 },
      { key: 'c:80', priority: 0, attempt: 0 },
    ]);
    expect(h.chosen()).toEqual(['a', 'wss://b.example/feed', 'c']);
    // Counted or not, each says something about its server.
    expect(permits.map(({ outcomes }) => outcomes)).toEqual([
      ['failed'],
      ['overloaded'],
      ['ignored'],
    ]);
  });

  it('is told what a connector of endpoints inside another one says', async () => {
    const { limiter, permits } = scriptedLimiter({ admits: true });
    const clock = virtualClock();
    const options = { clock, now: clock.now, order: 'failover', random: () => 0 } as const;
    const connects: string[] = [];
    const site = (name: string) =>
      endpoints(
        [`${name}1`, `${name}2`],
        (endpoint) => ({
          connect: async () => {
            connects.push(endpoint);
            throw endpoint === 'b2' ? mistake : refused;
          },
          run: async () => Continue(),
        }),
        options,
      );
    const actor = createReconnectActor(endpoints(['a', 'b'], site, options), {
      clock,
      now: clock.now,
      random: () => 0,
      limiter,
      backoff: () => Continue(50),
    });
    actor.start();
    await clock.advance(349);
    expect(connects).toEqual(['a1', 'a2', 'b1', 'b2']);
    expect(permits.map(({ outcomes }) => outcomes)).toEqual([
      ['failed'],
      ['failed'],
      ['failed'],
      ['ignored'],
    ]);
    expect(actor.getSnapshot().context.attempt).toBe(1);
    actor.stop();
  });

  it('is told the hint of the server, though the link does not wait for it', async () => {
    const heard: unknown[] = [];
    const limiter = {
      tryAcquire: () => ({
        settle: (...args: unknown[]) => void heard.push(args),
        unstable: (hintMs?: number) => void heard.push(hintMs),
      }),
      enqueue: () => () => {},
    };
    const h = endpointHarness({ link: { limiter } });
    await h.refuse('a', retryable(refused, { delayMs: 5000 }));
    await h.clock.advance(300);
    await h.open('b');
    await h.lose('b', retryable(refused, { delayMs: 7000 }));
    expect(heard).toEqual([['overloaded', 5000], ['opened', undefined], 7000]);
  });

  it('a key that throws is a failure of its endpoint', async () => {
    const { limiter, requests } = scriptedLimiter();
    const h = endpointHarness({
      from: ['a', 'b'],
      link: { limiter },
      change: (_, name) => {
        const limiterKey = () => {
          throw refused;
        };
        return name === 'a' ? { limiterKey } : {};
      },
    });
    await h.clock.drain();
    expect(told(h, 'attempt.failed')).toMatchObject([{ error: { code: 'ERR_LIMITER' } }]);
    await h.clock.advance(1000);
    expect(requests.map(({ request }) => request.key)).toEqual(['b']);
  });

  it('a connectTo that throws is a failed attempt under the endpoint’s name', async () => {
    const { limiter, permits } = scriptedLimiter({ admits: true });
    const keys: string[] = [];
    const spying = {
      ...limiter,
      tryAcquire(request: { key: string }) {
        keys.push(request.key);
        return limiter.tryAcquire(request as never);
      },
    };
    const h = endpointHarness({
      from: ['a', 'b'],
      link: { limiter: spying },
      change: (_, name) => {
        if (name === 'a') throw refused;
        return {};
      },
    });
    await h.clock.advance(300);
    expect(keys).toEqual(['a', 'b']);
    expect(permits[0]?.outcomes).toEqual(['failed']);
  });
});

describe('discover', () => {
  // It would take minutes if its time grew with the square of the length.
  it.each([
    ['one priority', 0],
    ['as many priorities', 1],
  ])('takes a list of 200 000, of %s', async (_name, step) => {
    const from = async () =>
      Array.from({ length: 200_000 }, (_, i) => ({
        name: `${i}`,
        host: 'h',
        port: 1,
        priority: i * step,
      }));
    const h = endpointHarness({ from, order: 'random' });
    await h.clock.drain();
    const [name] = h.chosen() as [string];
    await h.refuse(name);
    await h.clock.advance(300);
    expect(h.chosen()).toHaveLength(2);
    expect(h.chosen()[1]).not.toBe(name);
    h.actor.send({ type: 'stop' });
  });

  const deferred = () => {
    const calls: { signal: AbortSignal; resolve(list: unknown): void; reject(e: unknown): void }[] =
      [];
    const from = ({ signal }: { signal: AbortSignal }) =>
      new Promise<readonly Endpoint[]>((resolve, reject) => {
        calls.push({ signal, resolve: resolve as never, reject });
      });
    return { calls, from };
  };

  it('is waited for by the first attempt, whose key is empty', async () => {
    const { calls, from } = deferred();
    const { limiter, requests } = scriptedLimiter();
    const h = endpointHarness({ from, link: { limiter } });
    await h.clock.drain();
    requests[0]?.grant();
    await h.clock.drain();
    expect(h.chosen()).toEqual([]);
    calls[0]?.resolve(['a', 'b', 'a']);
    await h.clock.drain();
    expect(h.chosen()).toEqual(['a']);
    expect(h.events[0]).toEqual({ type: 'endpoints.discovered', endpoints: ['a', 'b'] });
    await h.refuse('a');
    await h.clock.advance(300);
    expect(requests.map(({ request }) => request.key)).toEqual(['', 'b']);
    expect(calls).toHaveLength(1);
  });

  it('is asked again when all have failed, or the list is a minute old and a session has ended', async () => {
    const { calls, from } = deferred();
    const h = endpointHarness({ from });
    await h.clock.drain();
    calls[0]?.resolve(['a', 'b']);
    await h.refuse('a');
    await h.clock.advance(300);
    await h.refuse('b');
    await h.clock.advance(1000);
    expect(calls).toHaveLength(2);
    calls[1]?.resolve(['b', 'c']);
    await h.clock.drain();
    expect(h.chosen()).toEqual(['a', 'b', 'b']);
    await h.open('b');
    await h.clock.advance(58_999);
    await h.lose('b');
    h.scripts['b']?.runs[0]?.resolve(Continue());
    await h.clock.advance(1000);
    expect(calls).toHaveLength(2);
    await h.open('b');
    await h.clock.advance(10_000);
    await h.lose('b');
    h.scripts['b']?.runs[1]?.resolve(Continue());
    await h.clock.advance(1000);
    expect(calls).toHaveLength(3);
    expect(h.scripts['b']?.connections).toHaveLength(2);
  });

  it('keeps the endpoint that the permit is for, if it is in the new list', async () => {
    const { calls, from } = deferred();
    const { limiter } = scriptedLimiter({ admits: true });
    const h = endpointHarness({ from, link: { limiter } });
    await h.clock.drain();
    calls[0]?.resolve(['a', 'b']);
    await h.refuse('a');
    await h.clock.advance(300);
    await h.refuse('b');
    await h.clock.advance(1000);
    calls[1]?.resolve(['c', 'a', 'd']);
    await h.refuse('a');
    expect(h.chosen()).toEqual(['a', 'b', 'a']);
    await h.clock.advance(300);
    await h.refuse('c');
    await h.clock.advance(300);
    await h.refuse('d');
    expect(told(h, 'retry.scheduled').map(({ attempt }) => attempt)).toEqual([0, 1, 1, 1, 2]);
    expect(h.chosen().slice(2)).toEqual(['a', 'c', 'd']);
  });

  it.each<[string, (call: { resolve(l: unknown): void; reject(e: unknown): void }) => unknown]>([
    ['throws', (call) => call.reject(refused)],
    ['finds nothing', (call) => call.resolve([])],
    ['does not answer', () => {}],
  ])('that %s is a failed attempt that is made again, whatever failFast says', async (_, end) => {
    const { calls, from } = deferred();
    const { limiter, permits } = scriptedLimiter({ admits: true });
    const h = endpointHarness({ from, link: { failFast: 'always', limiter } });
    await h.clock.drain();
    end(calls[0] as never);
    await h.clock.advance(_ === 'does not answer' ? 5000 : 0);
    expect(told(h, 'attempt.failed')).toMatchObject([
      { error: { code: 'ERR_DISCOVERY' }, verdict: 'transient' },
    ]);
    expect(permits[0]?.outcomes).toEqual(['ignored']);
    expect(told(h, 'retry.scheduled')).toMatchObject([{ attempt: 1 }]);
    await h.clock.advance(1000);
    calls[1]?.resolve(['a']);
    await h.open('a');
    expect(h.state()).toBe('running.settling');
  });

  it('that is late hears so, and its answer is dropped', async () => {
    const { calls, from } = deferred();
    const h = endpointHarness({ from, discoverTimeoutMs: 100 });
    await h.clock.advance(100);
    expect(calls[0]?.signal.reason).toBeInstanceOf(DiscoveryError);
    expect(calls[0]?.signal.reason).toMatchObject({
      message: '`discover` did not answer within 100 ms',
    });
    calls[0]?.reject(refused);
    await h.clock.drain();
    expect(h.chosen()).toEqual([]);
  });

  it.each([undefined, 'a', [5], [{}], [''], [{ name: 'a', weight: -1 }]])(
    'that answers %j is a permanent error',
    async (list) => {
      const h = endpointHarness({ from: () => list as never });
      await h.clock.drain();
      expect(told(h, 'attempt.failed')).toMatchObject([
        { verdict: 'permanent', error: { code: 'ERR_INVALID_OPTION' } },
      ]);
      expect(h.state()).toBe('stopped');
    },
  );

  it('keeps the last good list, whatever comes later, but for fatal', async () => {
    const lists: unknown[] = [['a'], refused, [], 'x', retryable(refused), fatal(refused)];
    const from = () => {
      const next = lists.shift();
      if (Array.isArray(next) || typeof next === 'string') return next as never;
      throw next;
    };
    const h = endpointHarness({ from });
    for (let i = 0; i < 5; i++) {
      await h.refuse('a');
      await h.clock.advance(1000);
    }
    expect(h.chosen()).toEqual(['a', 'a', 'a', 'a', 'a']);
    const failed = h.events.flatMap((event) => (event.type === 'discovery.failed' ? [event] : []));
    expect(failed.map(({ error }) => (error as { code?: string }).code)).toEqual([
      'ERR_DISCOVERY',
      'ERR_DISCOVERY',
      'ERR_INVALID_OPTION',
      undefined,
      undefined,
    ]);
    expect(h.actor.getSnapshot().output).toEqual({ status: 'failed', error: refused });
  });

  it('ends with the attempt', async () => {
    const { calls, from } = deferred();
    const h = endpointHarness({ from });
    await h.clock.drain();
    h.actor.send({ type: 'stop' });
    expect(calls[0]?.signal.aborted).toBe(true);
    await h.clock.drain();
    expect(h.state()).toBe('stopped');
    expect(h.clock.pending).toEqual([]);
    expect(h.events).toEqual([]);
  });
});

describe('a connector of several endpoints', () => {
  it('hands the endpoint to whoever wraps run', async () => {
    const script = scriptedConnector();
    const connector = endpoints([{ host: 'db1', port: 5432 }], () => script.connector);
    const connecting = connector.connect({
      signal: new AbortController().signal,
      attempt: 0,
      epoch: 1,
      lastError: undefined,
    });
    script.connects[0]?.resolve();
    await expect(connecting).resolves.toMatchObject({
      endpoint: { host: 'db1', port: 5432 },
      connection: { id: 1 },
    });
  });

  it('releases what knows how to release itself', async () => {
    let disposed = 0;
    const h = endpointHarness({
      change: () => ({
        connect: async () => ({ [Symbol.asyncDispose]: async () => void (disposed += 1) }),
        disconnect: undefined,
        closed: undefined,
        probe: undefined,
      }),
    });
    await h.clock.drain();
    h.actor.send({ type: 'probe' });
    await h.clock.drain();
    expect(h.state()).toBe('running.settling');
    h.scripts['a']?.runs[0]?.resolve(Continue());
    await h.clock.drain();
    expect(disposed).toBe(1);
  });

  it('shows on the console that a connection that came too late could not be released', async () => {
    const shown = vi.spyOn(console, 'error').mockReturnValue();
    const h = endpointHarness({
      change: () => ({
        disconnect: () => {
          throw refused;
        },
      }),
    });
    await h.clock.advance(10_000);
    await h.open('a');
    expect(h.state()).toBe('waiting.delaying');
    expect(shown.mock.calls).toEqual([['release failed', refused]]);
    shown.mockRestore();
  });

  it('goes into whileOnline, with the retryDelay of each endpoint', async () => {
    const h = endpointHarness({
      change: (_, name) => (name === 'c' ? { retryDelay: () => 7 } : {}),
    });
    h.actor.stop();
    const online = whileOnline(h.connector);
    expect(online.retryDelay).toBe(undefined);
    expect((online.limiterKey as () => string)()).toBe('a');
    const attempt = { signal: new AbortController().signal, attempt: 0, epoch: 1, lastError: 0 };
    for (const name of ['a', 'b', 'c']) {
      const connecting = online.connect(attempt).then(undefined, () => {});
      await h.refuse(name);
      await connecting;
    }
    expect(online.retryDelay?.({} as FailureContext)).toBe(7);
  });

  it('whose closed answers no promise ends as any other', async () => {
    const h = endpointHarness({ change: () => ({ closed: () => undefined }) });
    await h.open('a');
    expect(told(h, 'connection.closing')).toMatchObject([
      { cause: 'lost', error: { code: 'ERR_INVALID_OPTION', option: 'connector.closed' } },
    ]);
  });

  it('survives a listener that throws', async () => {
    const logged: unknown[] = [];
    const { error } = console;
    console.error = (thrown) => void logged.push(thrown);
    try {
      const h = endpointHarness({
        onEvent: () => {
          throw mistake;
        },
      });
      await h.open('a');
      expect(h.state()).toBe('running.settling');
    } finally {
      console.error = error;
    }
    expect(logged).toMatchObject([{ code: 'ERR_LISTENER', cause: mistake }]);
  });

  it.each<[string, unknown]>([
    ['`endpoints` must be a list with at least one endpoint', []],
    ['`endpoints` must be a list of endpoints', 'wss://a'],
    ['`endpoints[1]` must be a string, a URL, or an object with', ['a', { host: 'b' }]],
    ['`endpoints[0]` must be a string that is not empty', ['']],
    ['`endpoints[0].weight` must be an integer >= 0', [{ name: 'a', weight: 0.5 }]],
    ['`endpoints[0].priority` must be an integer >= 0', [{ name: 'a', priority: -1 }]],
  ])('refuses: %s', (message, from) => {
    const make = () => endpoints(from as never, () => scriptedConnector().connector);
    expect(make).toThrow(InvalidOptionError);
    expect(make).toThrow(message);
  });

  it.each<[string, object]>([
    ['`order` must be', { order: 'first' }],
    ['`connectTimeoutMs` must be a number from 1', { connectTimeoutMs: 0 }],
    ['`stableAfterMs` must be a number >= 0', { stableAfterMs: -1 }],
    ['`failbackMs` must be a number >= 1', { failbackMs: 0 }],
    ['`discoverTimeoutMs` must be a number from 1', { discoverTimeoutMs: Infinity }],
    ['`discoverAgeMs` must be a number >= 0', { discoverAgeMs: NaN }],
    ['`onEvent` must be a function', { onEvent: 1 }],
    ['`random` must be a function', { random: 1 }],
    ['`now` must be a function', { now: 1 }],
    ['`clock.clearTimeout` must be', { clock: { setTimeout() {} } }],
    ['`eject.consecutiveFailures` must be an integer >= 1', { eject: { consecutiveFailures: 0 } }],
    ['`eject.baseMs` must be a number >= 0', { eject: { baseMs: -1 } }],
    ['`eject.maxMs` must be a number >= 30000', { eject: { maxMs: 29_999 } }],
    ['`eject.after` must be left out', { eject: { after: 5 } }],
  ])('refuses the option: %s', (message, options) => {
    const make = () => endpoints(['a'], () => scriptedConnector().connector, options);
    expect(make).toThrow(message);
  });

  it('never ejects where that is asked for', () => {
    const options = { eject: { consecutiveFailures: Infinity } };
    expect(() => endpoints(['a'], () => scriptedConnector().connector, options)).not.toThrow();
  });

  it.each([undefined, {}, { connect() {} }])('refuses %j of connectTo', async (answer) => {
    const connector = endpoints(['a'], () => answer as never);
    await expect(
      connector.connect({
        signal: new AbortController().signal,
        attempt: 0,
        epoch: 1,
        lastError: undefined,
      }),
    ).rejects.toMatchObject({ code: 'ERR_INVALID_OPTION', option: 'connectTo' });
    expect(() => endpoints(['a'], 5 as never)).toThrow('`connectTo` must be a function');
  });
});
