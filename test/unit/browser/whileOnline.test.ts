import {
  type ConnectContext,
  Break,
  constantBackoff,
  Continue,
  createReconnectActor,
  exponentialBackoff,
  fatal,
  type ReconnectEmitted,
} from 'schmoozer';
import {
  OfflineError,
  whileOnline,
  type WhileOnlineOptions,
  reconnectOnWake,
} from 'schmoozer/browser';
import { scriptedConnector, virtualClock } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import { Surroundings } from '../../support/surroundings.js';

const refused = new Error('refused');

function world({
  isOffline = false,
  ...options
}: WhileOnlineOptions & { isOffline?: boolean } = {}) {
  const surroundings = new Surroundings();
  surroundings.navigator.onLine = !isOffline;
  const { window, document, navigator } = surroundings;
  const script = scriptedConnector();
  const clock = virtualClock();
  const link = createReconnectActor(
    whileOnline(script.connector, { window, navigator, ...options }),
    {
      clock,
      now: clock.now,
      random: () => 0.5,
      backoff: exponentialBackoff({ baseMs: 1000, jitter: 'none' }),
    },
  );
  const retries: ReconnectEmitted[] = [];
  link.on('retry.scheduled', (event) => void retries.push(event));
  reconnectOnWake(link, { window, document, navigator, now: clock.now, random: () => 0.5 });
  link.start();
  const settle = async (action: () => void) => {
    await clock.drain();
    action();
    await clock.drain();
  };
  return Object.assign(surroundings, { script, clock, link, retries, settle });
}

describe('while the browser is offline', () => {
  it('the first try is held back, and comes when it is online again', async () => {
    const w = world({ isOffline: true });
    await w.clock.advance(59_999);
    expect(w.script.connects).toEqual([]);
    expect(w.retries).toEqual([
      {
        type: 'retry.scheduled',
        attempt: 0,
        delayMs: 60_000,
        error: new OfflineError(),
        verdict: 'transient',
      },
    ]);
    w.goOnline();
    await w.clock.advance(1);
    expect(w.script.connects[0]?.argument.attempt).toBe(0);
  });

  it('a delay that ends makes no try, and raises nothing: `attempt` and delays go on where they were', async () => {
    const w = world({ probeMs: Infinity });
    await w.settle(() => w.script.connects[0]?.reject(refused));
    await w.clock.advance(1000);
    await w.settle(() => w.script.connects[1]?.reject(refused));
    w.goOffline();
    await w.clock.advance(86_400_000);
    expect(w.script.connects).toHaveLength(2);
    w.goOnline();
    await w.clock.advance(1000);
    expect(w.script.connects[2]?.argument).toMatchObject({ attempt: 2, epoch: 1 });
    await w.settle(() => w.script.connects[2]?.reject(refused));
    expect(w.retries).toMatchObject([
      { delayMs: 1000 },
      { delayMs: 2000 },
      { delayMs: Infinity },
      { delayMs: 4000 },
    ]);
  });

  it('a session that is lost counts once', async () => {
    const w = world();
    await w.settle(() => w.script.connects[0]?.resolve());
    await w.clock.advance(10_000);
    w.goOffline();
    await w.settle(() => w.script.runs[0]?.reject(refused));
    await w.clock.advance(50_000);
    w.goOnline();
    await w.clock.advance(1000);
    expect(w.script.connects).toHaveLength(2);
    expect(w.script.connects[1]?.argument.attempt).toBe(1);
  });

  it('a stop ends at once', async () => {
    const w = world({ isOffline: true });
    await w.clock.drain();
    w.link.send({ type: 'stop' });
    expect(w.link.getSnapshot().output).toEqual({ status: 'stopped' });
    expect(w.clock.pending).toEqual([]);
    expect(w.listeners).toBe(0);
  });
});

describe('a try that is under way when the browser goes offline', () => {
  it('is called back and does not count', async () => {
    const w = world();
    await w.clock.advance(5000);
    w.goOffline();
    const { signal } = (w.script.connects[0] as { argument: ConnectContext }).argument;
    expect(signal.reason).toBeInstanceOf(OfflineError);
    await w.settle(() => w.script.connects[0]?.reject(signal.reason));
    expect(w.retries).toMatchObject([
      { type: 'retry.scheduled', attempt: 0, error: { cause: signal.reason } },
    ]);
    w.goOnline();
    await w.clock.advance(1000);
    expect(w.script.connects[1]?.argument.attempt).toBe(0);
  });

  it('counts if it ends when the browser is online again', async () => {
    const w = world();
    await w.clock.drain();
    w.goOffline();
    w.goOnline();
    await w.settle(() => w.script.connects[0]?.reject(refused));
    expect(w.retries).toMatchObject([{ attempt: 1, delayMs: 1000, error: refused }]);
  });

  it('is kept if it succeeds even so', async () => {
    const w = world();
    await w.clock.drain();
    w.goOffline();
    await w.settle(() => w.script.connects[0]?.resolve());
    expect(w.link.getSnapshot().hasTag('online')).toBe(true);
    expect(w.script.live).toBe(1);
  });

  it('ends the loop if its error is fatal', async () => {
    for (const error of [fatal(refused), new TypeError('x is not a function')]) {
      const w = world();
      await w.clock.drain();
      w.goOffline();
      await w.settle(() => w.script.connects[0]?.reject(error));
      expect(w.link.getSnapshot().output).toMatchObject({ status: 'failed' });
    }
  });
});

describe('where the browser says offline and is wrong', () => {
  it('a try is made after probeMs, 60 000 ms by default, and again after it, none of them counted', async () => {
    const w = world({ isOffline: true });
    for (let i = 0; i < 3; i++) {
      await w.clock.advance(59_999);
      expect(w.script.connects).toHaveLength(i);
      await w.clock.advance(1);
      await w.settle(() => w.script.connects[i]?.reject(refused));
    }
    expect(w.retries.at(-1)).toMatchObject({ attempt: 0, delayMs: 60_000 });
    expect((w.retries.at(-1) as { error: Error }).error.cause).toBe(refused);
    await w.clock.advance(60_000);
    await w.settle(() => w.script.connects[3]?.resolve());
    expect(w.link.getSnapshot().hasTag('online')).toBe(true);
  });

  it('a reconnect command makes a try at once', async () => {
    const w = world({ isOffline: true, probeMs: Infinity });
    await w.clock.advance(1_000_000);
    expect(w.script.connects).toEqual([]);
    w.link.send({ type: 'reconnect' });
    await w.settle(() => w.script.connects[0]?.resolve());
    expect(w.link.getSnapshot().hasTag('online')).toBe(true);
  });
});

describe('whileOnline', () => {
  it('passes a stop on, with its reason, and lets go of its listeners', async () => {
    const w = world();
    await w.clock.drain();
    expect(w.window.listeners).toBe(2);
    w.link.send({ type: 'stop' });
    const { signal } = (w.script.connects[0] as { argument: ConnectContext }).argument;
    expect(signal.reason).toMatchObject({ code: 'ERR_STOP_REQUESTED' });
    w.goOffline();
    await w.settle(() => w.script.connects[0]?.reject(signal.reason));
    expect(w.link.getSnapshot().output).toEqual({ status: 'stopped' });
    expect(w.listeners).toBe(0);
  });

  it('leaves what comes up in a stop as it is, offline or not', async () => {
    const w = world();
    await w.clock.drain();
    w.goOffline();
    w.link.send({ type: 'stop' });
    await w.settle(() => w.script.connects[0]?.reject(refused));
    expect(w.link.getSnapshot().output).toEqual({ status: 'stopped', error: refused });
  });

  it('lets go of its listeners when a try has succeeded', async () => {
    const w = world();
    await w.settle(() => w.script.connects[0]?.resolve());
    expect(w.window.listeners).toBe(1);
  });

  it('keeps every method of the connector, and its `this`', async () => {
    class Counted {
      #calls: string[] = [];
      #note = <T>(name: string, answer: T): T => {
        this.#calls.push(name);
        return answer;
      };
      get calls() {
        return this.#calls;
      }
      connect() {
        if (this.#calls.length === 0) return this.#note('connect', Promise.reject(refused));
        return this.#note('connect', Promise.resolve(5));
      }
      run() {
        return this.#note('run', Promise.resolve(Break('done')));
      }
      retryDelay() {
        return this.#note('retryDelay', Continue(0));
      }
      isRetryable() {
        return this.#note('isRetryable', true);
      }
      disconnect() {
        this.#note('disconnect', undefined);
      }
    }
    const counted = new Counted();
    const clock = virtualClock();
    const { window, navigator } = new Surroundings();
    const link = createReconnectActor(whileOnline(counted, { window, navigator }), { clock });
    link.start();
    await clock.drain();
    expect(counted.calls).toEqual([
      'connect',
      'isRetryable',
      'retryDelay',
      'connect',
      'run',
      'disconnect',
    ]);
    expect(link.getSnapshot().output).toEqual({ status: 'completed', value: 'done' });
  });

  it('adds no method that the connector lacks', () => {
    const connector = { connect: async () => 0, run: async () => Continue() };
    expect(Object.keys(whileOnline(connector))).toEqual(['connect', 'run']);
  });

  it('passes on whom the connector connects to, for a limiter', () => {
    const { connector } = scriptedConnector();
    expect(whileOnline({ ...connector, limiterKey: 'feed.example:443' }).limiterKey).toBe(
      'feed.example:443',
    );
  });

  it('passes on what tells of the connection: closed and probe', async () => {
    const script = scriptedConnector({ closed: true, probe: true });
    const clock = virtualClock();
    const link = createReconnectActor(whileOnline(script.connector), { clock }).start();
    await clock.drain();
    script.connects[0]?.resolve();
    await clock.drain();
    link.send({ type: 'probe' });
    expect(script.probes).toHaveLength(1);
    script.closes[0]?.resolve();
    await clock.drain();
    expect(link.getSnapshot().hasTag('closing')).toBe(true);
  });

  it('lets every attempt through where nobody knows, as in Node', async () => {
    const script = scriptedConnector();
    const clock = virtualClock();
    createReconnectActor(whileOnline(script.connector), {
      clock,
      backoff: constantBackoff(10),
    }).start();
    await clock.drain();
    script.connects[0]?.reject(refused);
    await clock.advance(10);
    expect(script.connects).toHaveLength(2);
  });

  it.each([0, -1, Number.NaN, '5' as never])('refuses a probeMs of %o', (probeMs) => {
    const { connector } = scriptedConnector();
    expect(() => whileOnline(connector, { probeMs })).toThrow('`probeMs` must be a number > 0');
  });
});
