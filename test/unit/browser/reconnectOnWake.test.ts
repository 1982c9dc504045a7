import { Break, constantBackoff, Continue, fatal, redact, reconnectMachine } from 'schmoozer';
import { reconnectOnWake, type ReconnectOnWakeOptions } from 'schmoozer/browser';
import { scriptedConnector, virtualClock } from 'schmoozer/testing';
import { describe, expect, it, vi } from 'vitest';
import { createActor, setup } from 'xstate';
import {
  goTo,
  type Harness,
  harness,
  type HarnessOptions,
  type Place,
  settle,
} from '../../support/harness.js';
import { Surroundings } from '../../support/surroundings.js';

interface World extends Harness, Surroundings {
  readonly wake: ReturnType<typeof reconnectOnWake>;
  /** The computer sleeps: the wall clock goes on, no timer does. */
  readonly sleep: (ms: number) => void;
  /** How many commands came, and with which reason. */
  readonly sent: unknown[];
  readonly types: string[];
}

/** Delays of an hour, so that whatever connects before was woken. */
function world(options: ReconnectOnWakeOptions = {}, more: HarnessOptions = {}): World {
  const h = harness({ backoff: constantBackoff(3_600_000), ...more });
  const surroundings = new Surroundings();
  let sleptMs = 0;
  const sent: unknown[] = [];
  const types: string[] = [];
  const { send } = h.actor;
  h.actor.send = (event) => {
    sent.push((event as { reason?: unknown }).reason);
    types.push(event.type);
    send.call(h.actor, event);
  };
  const wake = reconnectOnWake(h.actor, {
    window: surroundings.window,
    document: surroundings.document,
    navigator: surroundings.navigator,
    now: () => h.clock.now() + sleptMs,
    random: () => 0.5,
    ...options,
  });
  return Object.assign(surroundings, h, {
    wake,
    sent,
    types,
    sleep: (ms: number) => (sleptMs += ms),
  });
}

async function waiting(options?: ReconnectOnWakeOptions): Promise<World> {
  const w = world(options);
  await settle(w, () => w.script.connects[0]?.reject(new Error('refused')));
  expect(w.state()).toBe('waiting.delaying');
  return w;
}

async function running(options?: ReconnectOnWakeOptions): Promise<World> {
  const w = world(options);
  await goTo(w, 'running.settling');
  return w;
}

describe('online', () => {
  it('skips the wait after debounceMs and a part of spreadMs: 1000 ms by default at a chance of 0.5', async () => {
    const w = await waiting();
    w.goOnline();
    await w.clock.advance(999);
    expect(w.state()).toBe('waiting.delaying');
    await w.clock.advance(1);
    expect(w.state()).toBe('connecting.attempting');
    expect(w.sent).toEqual(['online']);
  });

  it.each([
    [0, 500],
    [0.999, 1499],
  ])('is spread: a chance of %d makes it %d ms', async (chance, delayMs) => {
    const w = await waiting({ random: () => chance });
    w.goOnline();
    await w.clock.advance(delayMs - 1);
    expect(w.sent).toEqual([]);
    await w.clock.advance(1);
    expect(w.sent).toEqual(['online']);
  });

  it('that comes and goes counts from the last time', async () => {
    const w = await waiting({ debounceMs: 100, spreadMs: 0 });
    for (let i = 0; i < 5; i++) {
      w.goOnline();
      await w.clock.advance(99);
      w.goOffline();
    }
    await w.clock.advance(1000);
    expect(w.sent).toEqual([]);
    w.goOnline();
    await w.clock.advance(100);
    expect(w.sent).toEqual(['online']);
  });

  it('takes 0 for debounceMs and spreadMs, and cuts what is longer than a timer', async () => {
    const w = await waiting({ debounceMs: 0, spreadMs: 0 });
    w.goOnline();
    await w.clock.advance(0);
    expect(w.sent).toEqual(['online']);
    const long = await waiting({ debounceMs: 2 ** 40 });
    long.goOnline();
    expect(long.clock.pending.at(-1)).toBe(2 ** 31 - 1);
  });

  it('is not heard with `online: false`', async () => {
    const w = await waiting({ online: false });
    w.goOnline();
    await w.clock.advance(10_000);
    expect(w.sent).toEqual([]);
    expect(w.window.listeners).toBe(0);
  });
});

describe('visible', () => {
  it('skips the wait after debounceMs: 500 ms by default', async () => {
    const w = await waiting();
    w.show('hidden');
    await w.clock.advance(10_000);
    expect(w.sent).toEqual([]);
    w.show('visible');
    await w.clock.advance(499);
    expect(w.sent).toEqual([]);
    await w.clock.advance(1);
    expect(w.sent).toEqual(['visible']);
  });

  it('does not skip the wait while the browser is offline', async () => {
    const w = await waiting();
    w.goOffline();
    w.show('visible');
    await w.clock.advance(10_000);
    expect(w.sent).toEqual([]);
  });

  it('is not heard with `visible: false`', async () => {
    const w = await waiting({ visible: false });
    w.show('visible');
    await w.clock.advance(10_000);
    expect(w.sent).toEqual([]);
    expect(w.document.listeners).toBe(0);
  });
});

describe('a jump of the clock', () => {
  it('of jumpMs, 10 000 ms by default, skips the wait', async () => {
    const w = await waiting();
    w.sleep(10_000);
    await w.clock.advance(5000 + 500);
    expect(w.sent).toEqual(['clockJump']);
  });

  it('of a millisecond less does not', async () => {
    const w = await waiting();
    w.sleep(9999);
    await w.clock.advance(60_000);
    expect(w.sent).toEqual([]);
  });

  it('back in time is none', async () => {
    const w = await waiting();
    w.sleep(-3_600_000);
    await w.clock.advance(60_000);
    expect(w.sent).toEqual([]);
  });

  it.each([
    ['hidden', 69_999, []],
    ['hidden', 70_000, ['clockJump']],
  ] as const)('of a %s page is one from 60 000 ms later on: %d ms', async (state, ms, sent) => {
    const w = await waiting();
    await w.clock.advance(5000);
    w.show(state);
    w.sleep(ms);
    await w.clock.advance(6000);
    expect(w.sent).toEqual(sent);
  });

  it('is no jump if the page was hidden when the timer was set', async () => {
    const w = world();
    w.show('hidden');
    await settle(w, () => w.script.connects[0]?.reject(new Error('refused')));
    w.sleep(60_000);
    w.document.visibilityState = 'visible';
    await w.clock.advance(6000);
    expect(w.sent).toEqual([]);
  });

  it('waits for the network: a computer that wakes is offline for a while', async () => {
    const w = await waiting();
    w.goOffline();
    w.sleep(100_000);
    await w.clock.advance(6000);
    expect(w.sent).toEqual([]);
    w.goOnline();
    await w.clock.advance(1000);
    expect(w.sent).toEqual(['online']);
  });

  it('is watched for while waiting and while online, every 1000 ms', async () => {
    const w = world();
    const timers = () => w.clock.pending.filter((ms) => ms <= 1000).length;
    expect(timers()).toBe(0);
    await settle(w, () => w.script.connects[0]?.reject(new Error('refused')));
    expect(timers()).toBe(1);
    await w.clock.advance(12_345);
    expect(timers()).toBe(1);
    w.actor.send({ type: 'reconnect' });
    expect(timers()).toBe(0);
    await settle(w, () => w.script.connects[1]?.resolve());
    expect(timers()).toBe(1);
    w.actor.send({ type: 'stop' });
    expect(timers()).toBe(0);
  });

  it('is not watched for with `clockJump: false`', async () => {
    const w = await waiting({ clockJump: false });
    expect(w.clock.pending).toEqual([3_600_000]);
  });

  it('takes any jumpMs', async () => {
    const w = await waiting({ jumpMs: Infinity });
    expect(w.clock.pending).toEqual([1000, 3_600_000]);
  });

  it('of dropAfterMs drops a running session, at once', async () => {
    const w = await running({ dropAfterMs: 120_000 });
    await w.clock.advance(60_000);
    w.sleep(119_999);
    await w.clock.advance(5000);
    expect(w.state()).toBe('running.stable');
    w.sleep(120_000);
    await w.clock.advance(5000);
    expect(w.state()).toBe('running.reconnecting');
    expect(w.script.runs[0]?.argument.signal.reason).toMatchObject({ reason: 'clockJump' });
    expect(w.clock.pending.filter((ms) => ms < 1000)).toEqual([]);
  });
});

describe('a running session is asked for a sign of life', () => {
  const probes: [string, (w: World) => void][] = [
    ['online', (w) => w.goOnline()],
    ['visible', (w) => w.show('visible')],
    ['clockJump', (w) => w.sleep(10_000)],
  ];

  it.each(probes)('after %s, within 1500 ms', async (reason, act) => {
    for (const place of ['running.settling', 'running.stable'] as const) {
      const w = world({ random: () => 1 });
      await goTo(w, place);
      const before = w.sent.length;
      act(w);
      await w.clock.advance(1500);
      expect(w.sent.slice(before)).toEqual([reason]);
      expect(w.types.at(-1)).toBe('probe');
      expect(w.state()).toMatch(/^running\.(settling|stable)$/);
    }
  });

  it('and not while the browser is offline', async () => {
    const w = await running();
    const before = w.sent.length;
    w.goOffline();
    w.show('visible');
    await w.clock.advance(1000);
    expect(w.sent.slice(before)).toEqual([]);
  });
});

describe('nothing is sent', () => {
  it.each<Place>([
    'connecting.attempting',
    'connecting.stopping',
    'running.reconnecting',
    'running.stopping',
  ])('in %s', async (place) => {
    const w = world();
    await goTo(w, place);
    const before = w.sent.length;
    w.goOnline();
    await w.clock.advance(1000);
    w.show('visible');
    await w.clock.advance(1000);
    expect(w.sent.length).toBe(before);
  });

  it('after a stop that comes within debounceMs', async () => {
    const w = await waiting();
    w.goOnline();
    w.actor.send({ type: 'stop' });
    await w.clock.advance(10_000);
    expect(w.state()).toBe('stopped');
    expect(w.sent).toEqual([undefined]);
    expect(w.script.connects).toHaveLength(1);
  });
});

describe('listeners and timers go', () => {
  const ends: Record<string, (w: World) => void> = {
    'by a stop': (w) => w.actor.send({ type: 'stop' }),
    'when the actor is stopped': (w) => void w.actor.stop(),
    'by what reconnectOnWake returned': (w) => w.wake(),
    'by Symbol.dispose': (w) => w.wake[Symbol.dispose](),
  };

  it.each(Object.entries(ends))('%s', async (_, end) => {
    const w = await waiting();
    w.goOnline();
    expect(w.listeners).toBe(2);
    expect(w.clock.pending).toEqual([1000, 1000, 3_600_000]);
    end(w);
    expect(w.listeners).toBe(0);
    expect(w.clock.pending.filter((ms) => ms < 3_600_000)).toEqual([]);
    w.wake();
    w.actor.stop();
    expect(w.clock.pending).toEqual([]);
  });

  it('and do not come back with a later wait', async () => {
    const w = await running();
    w.wake();
    await settle(w, () => w.script.runs[0]?.resolve(Continue()));
    expect(w.clock.pending).toEqual([3_600_000]);
  });

  it('when the actor breaks at its start', () => {
    const clock = virtualClock();
    const { connector } = scriptedConnector();
    const before = createActor(reconnectMachine, {
      clock,
      input: { connector: redact(connector) },
    });
    const snapshot = JSON.parse(JSON.stringify(before.getPersistedSnapshot()));
    // Its input is not asked for: the snapshot goes before it.
    const actor = createActor(reconnectMachine, { clock, snapshot, input: { connector } });
    const { window, document, navigator } = new Surroundings();
    reconnectOnWake(actor, { window, document, navigator });
    actor.start();
    expect(actor.getSnapshot().status).toBe('error');
    expect(window.listeners + document.listeners).toBe(0);
  });

  it.each([
    ['completes', (w: World) => w.script.runs[0]?.resolve(Break('done'))],
    ['fails', (w: World) => w.script.runs[0]?.reject(fatal(new Error('401')))],
  ])('when the actor %s', async (_, end) => {
    const w = await running();
    await settle(w, () => end(w));
    expect(w.listeners).toBe(0);
    expect(w.clock.pending).toEqual([]);
  });

  it.each(['completed', 'stopped'])('or never come, if the actor has %s before', async (how) => {
    const h = harness();
    if (how === 'stopped') h.actor.stop();
    else {
      await settle(h, () => h.script.connects[0]?.resolve());
      await settle(h, () => h.script.runs[0]?.resolve(Break('done')));
    }
    const { window, document, navigator } = new Surroundings();
    const wake = reconnectOnWake(h.actor, { window, document, navigator });
    expect(window.listeners + document.listeners).toBe(0);
    expect(h.clock.pending).toEqual([]);
    wake();
  });
});

describe('reconnectOnWake', () => {
  it('takes an actor that is not started yet', async () => {
    const script = scriptedConnector();
    const clock = virtualClock();
    const actor = createActor(reconnectMachine, {
      clock,
      input: { connector: redact(script.connector), backoff: constantBackoff(3_600_000) },
    });
    const { window, document, navigator } = new Surroundings();
    reconnectOnWake(actor, { window, document, navigator, spreadMs: 0 });
    actor.start();
    await clock.drain();
    script.connects[0]?.reject(new Error('refused'));
    await clock.drain();
    window.dispatchEvent(new Event('online'));
    await clock.advance(500);
    expect(script.connects).toHaveLength(2);
    actor.stop();
    expect(window.listeners).toBe(0);
  });

  it('takes an invoked machine, and goes with its parent', async () => {
    const script = scriptedConnector();
    const clock = virtualClock();
    const parent = createActor(
      setup({ actors: { link: reconnectMachine } }).createMachine({
        invoke: { id: 'link', src: 'link', input: { connector: redact(script.connector) } },
      }),
      { clock },
    ).start();
    const { window, document, navigator } = new Surroundings();
    const link = parent.getSnapshot().children['link'];
    if (link === undefined) throw new Error('it is invoked');
    reconnectOnWake(link, { window, document, navigator });
    await clock.drain();
    script.connects[0]?.resolve();
    await clock.drain();
    script.runs[0]?.resolve(Continue());
    await clock.drain();
    window.dispatchEvent(new Event('online'));
    expect(window.listeners).toBe(1);
    parent.stop();
    expect(window.listeners).toBe(0);
    expect(clock.pending).toEqual([]);
  });

  it('hears the globals where no sources are given', async () => {
    const { window, document, navigator } = new Surroundings();
    const stub = (name: keyof EventTarget) =>
      vi.stubGlobal(name, (window[name] as () => void).bind(window));
    stub('addEventListener');
    stub('removeEventListener');
    vi.stubGlobal('document', document);
    vi.stubGlobal('navigator', navigator);
    try {
      const w = await waiting({
        window: undefined,
        document: undefined,
        navigator: undefined,
      } as never);
      navigator.onLine = false;
      document.dispatchEvent(new Event('visibilitychange'));
      await w.clock.advance(1000);
      expect(w.sent).toEqual([]);
      navigator.onLine = true;
      window.dispatchEvent(new Event('online'));
      await w.clock.advance(1000);
      expect(w.sent).toEqual(['online']);
      w.wake();
      expect(window.listeners + document.listeners).toBe(0);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it('is silent where there is no browser, but for the clock', async () => {
    const h = harness();
    const wake = reconnectOnWake(h.actor);
    await settle(h, () => h.script.connects[0]?.reject(new Error('refused')));
    expect(h.clock.pending).toEqual([1000, 1000]);
    wake();
    expect(h.clock.pending).toEqual([1000]);
  });

  it('does without Symbol.dispose where an engine lacks it', () => {
    const h = harness();
    vi.stubGlobal('Symbol', { iterator: Symbol.iterator });
    try {
      const wake = reconnectOnWake(h.actor);
      expect(Object.keys(wake)).toEqual([]);
      wake();
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it.each([
    ['online', 1, 'true or false'],
    ['visible', 'yes', 'true or false'],
    ['clockJump', null, undefined],
    ['debounceMs', -1, 'a number >= 0'],
    ['spreadMs', Number.NaN, 'a number >= 0'],
    ['jumpMs', 0, 'a number > 0'],
    ['dropAfterMs', 0, 'a number > 0'],
    ['now', 5, 'a function'],
    ['random', 5, 'a function'],
  ])('refuses %s: %o', (option, value, expected) => {
    const h = harness();
    const { window, document, navigator } = new Surroundings();
    const make = () => reconnectOnWake(h.actor, { window, document, navigator, [option]: value });
    if (expected === undefined) expect(make).not.toThrow();
    else expect(make).toThrow(`\`${option}\` must be ${expected}`);
  });
});

describe('an attempt that is under way', () => {
  async function connecting(options?: ReconnectOnWakeOptions): Promise<World> {
    const w = world({ debounceMs: 0, spreadMs: 0, ...options });
    await goTo(w, 'connecting.attempting');
    return w;
  }
  const news = async (w: World) => {
    w.goOnline();
    await w.clock.advance(0);
  };

  it('is replaced by a fresh one when it is older than minAttemptMs, 2000 ms by default', async () => {
    const w = await connecting();
    await w.clock.advance(1999);
    await news(w);
    expect(w.sent).toEqual([]);
    await w.clock.advance(1);
    await news(w);
    expect(w.sent).toEqual(['online']);
    expect(w.state()).toBe('connecting.restarting');
    await settle(w, () => w.script.connects[0]?.reject(new Error('aborted')));
    expect(w.script.connects).toHaveLength(2);
    expect(w.actor.getSnapshot().context.attempt).toBe(0);
  });

  it('is left alone by a storm of news until it is old enough', async () => {
    const w = await connecting();
    for (let i = 0; i < 19; i++) {
      await w.clock.advance(100);
      await news(w);
    }
    await settle(w, () => w.script.connects[0]?.resolve());
    expect(w.state()).toBe('running.settling');
    expect(w.sent).toEqual([]);
  });

  it('has the age of its own: one that follows is young again', async () => {
    const w = await connecting();
    await w.clock.advance(2000);
    await news(w);
    await settle(w, () => w.script.connects[0]?.reject(new Error('aborted')));
    await w.clock.advance(1999);
    await news(w);
    expect(w.sent).toEqual(['online']);
    await w.clock.advance(1);
    await news(w);
    expect(w.sent).toEqual(['online', 'online']);
  });

  it('that slept has grown old by the wall clock', async () => {
    const w = await connecting();
    w.sleep(2000);
    await news(w);
    expect(w.sent).toEqual(['online']);
  });

  it('is left to its timeout with `minAttemptMs: Infinity`, and dropped at once with 0', async () => {
    const patient = await connecting({ minAttemptMs: Infinity });
    await patient.clock.advance(19_999);
    await news(patient);
    expect(patient.sent).toEqual([]);
    const eager = await connecting({ minAttemptMs: 0 });
    await news(eager);
    expect(eager.sent).toEqual(['online']);
  });

  it('that waits for a permit is left in its queue', async () => {
    const w = world({ debounceMs: 0, spreadMs: 0 }, { limits: true });
    await w.clock.advance(60_000);
    expect(w.state()).toBe('connecting.queued');
    await news(w);
    expect(w.sent).toEqual([]);
  });
});
