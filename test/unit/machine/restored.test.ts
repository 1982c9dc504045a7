import {
  Break,
  constantBackoff,
  limitAttempts,
  type ReconnectEmitted,
  reconnectMachine,
  type ReconnectMachine,
  reconnectMachineOf,
  type ReconnectOptions,
} from 'schmoozer';
import { scriptedConnector, scriptedLimiter, virtualClock } from 'schmoozer/testing';
import { describe, expect, it, vi } from 'vitest';
import { type AnyActorRef, assign, createActor, setup, StateMachine } from 'xstate';
import { boundTo, embedded, engine } from '../../support/engine.js';
import {
  goTo,
  type Harness,
  type Place,
  places,
  settle,
  statePath,
} from '../../support/harness.js';

/** The ways in which an app keeps a snapshot. */
const ways = {
  'as JSON': (snapshot: unknown): unknown => JSON.parse(JSON.stringify(snapshot)),
  'as it is': (snapshot: unknown): unknown => snapshot,
};

const logics = {
  bound: (link: ReconnectMachine) => link,
  // The compiled engine's logic has nothing to provide.
  ...(engine === 'xstate' && {
    'bound and provided': (link: ReconnectMachine) => link.provide({ delays: { turn: 1 } }),
  }),
};

function parentOf(link: unknown) {
  return setup({
    types: { context: {} as { result?: unknown; failure?: unknown } },
    actors: { link: link as ReconnectMachine },
  }).createMachine({
    context: {},
    initial: 'working',
    states: {
      working: {
        invoke: {
          id: 'link',
          src: 'link',
          input: {} as never,
          onDone: { target: 'over', actions: assign({ result: ({ event }) => event.output }) },
          onError: { target: 'broken', actions: assign({ failure: ({ event }) => event.error }) },
        },
      },
      over: {},
      broken: {},
    },
  });
}

/** A parent with a link that is driven as a harness's actor is, and lives that follow. */
function life(options: ReconnectOptions = {}, logic: keyof typeof logics = 'bound') {
  const script = scriptedConnector({ retryDelay: true, closed: true, probe: true });
  const permits = scriptedLimiter();
  const clock = virtualClock();
  let lateMs = 0;
  const link = boundTo(() => script.connector, {
    now: () => clock.now() + lateMs,
    backoff: constantBackoff(1000),
    limiter: permits.limiter,
    ...options,
  });
  const machine = parentOf(logics[logic]?.(link as never));
  const begin = (snapshot?: unknown) => {
    const parent = createActor(machine, {
      clock,
      ...(snapshot ? { snapshot: snapshot as never } : {}),
    });
    const actor = parent.getSnapshot().children['link'] as AnyActorRef;
    const state = () => statePath(actor.getSnapshot().value);
    const stall = async (ms: number, byMs = 50) => {
      await clock.advance(ms - 1);
      lateMs += byMs;
      await clock.next();
    };
    const emitted: ReconnectEmitted[] = [];
    actor.on('*', (event) => void emitted.push(event));
    parent.subscribe({ error: () => {} });
    parent.start();
    const harness = { actor, clock, stall, script, permits, emitted, logged: [], state };
    return { ...(harness as unknown as Harness), parent, link: actor };
  };
  return { begin, script, permits, clock, machine };
}

/** What a link goes on with that was kept in a place. */
function beginningOf(place: Place): 'over' | 'suspended' | 'waiting' | 'connecting' {
  if (place.endsWith('.stopping')) return 'over';
  if (/suspend/.test(place)) return 'suspended';
  return /waiting/.test(place) ? 'waiting' : 'connecting';
}

describe.each(Object.keys(logics) as (keyof typeof logics)[])('%s, kept by its parent', (logic) => {
  describe.each(Object.entries(ways))('%s', (_, keep) => {
    it.each(places)('in %s begins again, and serves one connection', async (place) => {
      const { begin, script, permits, clock } = life({}, logic);
      const old = begin();
      await goTo(old, place);
      const { attempt, epoch } = old.link.getSnapshot().context;
      const kept = keep(old.parent.getPersistedSnapshot());
      old.parent.stop();
      await clock.drain();
      expect(script.live).toBe(0);
      const connects = script.connects.length;

      const next = begin(kept);
      const beginning = beginningOf(place);
      if (beginning === 'over') {
        expect(next.parent.getSnapshot().value).toBe('over');
        expect(next.parent.getSnapshot().context.result).toEqual({ status: 'stopped' });
        await clock.drain();
        expect(script.connects).toHaveLength(connects);
        expect(clock.pending).toEqual([]);
        return;
      }
      expect(next.link.getSnapshot()).toMatchObject({
        status: 'active',
        context: { attempt, epoch },
      });
      expect(next.link.getSnapshot().hasTag('online')).toBe(false);
      expect(next.link.getSnapshot().hasTag(beginning)).toBe(true);
      if (beginning === 'suspended') {
        await clock.advance(100_000);
        expect(script.connects).toHaveLength(connects);
        next.actor.send({ type: 'resume' });
      }
      if (beginning === 'waiting') await clock.advance(1000);
      await clock.drain();
      permits.requests.at(-1)?.grant();
      await settle(next, () => script.connects.at(-1)?.resolve());
      expect(script.connects).toHaveLength(connects + 1);
      expect(script.connects.at(-1)?.argument).toMatchObject({ attempt, epoch: epoch + 1 });
      expect(next.state()).toBe('running.settling');
      expect(script.live).toBe(1);
      next.parent.stop();
      expect(script.live).toBe(0);
      expect(clock.pending).toEqual([]);
    });

    it.each(places)('in %s it is not online before it is started', async (place) => {
      const { begin, machine, clock } = life({}, logic);
      const old = begin();
      await goTo(old, place);
      const kept = keep(old.parent.getPersistedSnapshot());
      old.parent.stop();
      await clock.drain();
      const pending = clock.pending;
      const link = createActor(machine, { clock, snapshot: kept as never }).getSnapshot().children[
        'link'
      ] as AnyActorRef;
      expect(link.getSnapshot().hasTag('online')).toBe(false);
      await clock.drain();
      expect(clock.pending).toEqual(pending);
    });
  });

  it('may be restored twice, and from what its second life kept', async () => {
    const { begin, script, permits, clock } = life({}, logic);
    let kept: unknown;
    for (const epoch of [1, 2, 3]) {
      const next = begin(kept);
      await clock.drain();
      permits.requests.at(-1)?.grant();
      await settle(next, () => script.connects.at(-1)?.resolve());
      expect(next.link.getSnapshot().context.epoch).toBe(epoch);
      kept = next.parent.getPersistedSnapshot();
      next.parent.stop();
    }
    expect(script.connections.map(({ releases }) => releases)).toEqual([1, 1, 1]);
  });
});

describe('bound to its connector', () => {
  it.each([
    [
      'gives up',
      limitAttempts(constantBackoff(1000), 1),
      { status: 'failed', error: { code: 'ERR_RETRY_LIMIT' } },
    ],
    ['answers Break', () => Break('enough') as never, { status: 'completed', value: 'enough' }],
  ])('tells its parent of the end when the backoff %s', async (_, backoff, result) => {
    const { begin, clock, script } = life({ limiter: undefined as never });
    const old = begin();
    await settle(old, () => script.connects[0]?.reject(new Error('refused')));
    const kept = JSON.stringify(old.parent.getPersistedSnapshot());
    old.parent.stop();
    const next = createActor(parentOf(boundTo(() => script.connector, { backoff })), {
      clock,
      snapshot: JSON.parse(kept),
    }).start();
    await clock.drain();
    expect(next.getSnapshot().value).toBe('over');
    expect(next.getSnapshot().context.result).toMatchObject(result);
    expect(clock.pending).toEqual([]);
  });

  it('stops at once where it was stopping, though the backoff has given up', async () => {
    const { begin, clock, script } = life({ limiter: undefined as never });
    const old = begin();
    await settle(old, () => script.connects[0]?.reject(new Error('refused')));
    old.script.retryDelays[0]?.resolve(0 as never);
    await clock.drain();
    old.actor.send({ type: 'stop' });
    expect(old.state()).toBe('connecting.stopping');
    const kept = JSON.parse(JSON.stringify(old.parent.getPersistedSnapshot()));
    old.parent.stop();
    const backoff = limitAttempts(constantBackoff(1000), 1);
    const next = createActor(parentOf(boundTo(() => script.connector, { backoff })), {
      clock,
      snapshot: kept,
    }).start();
    expect(next.getSnapshot().context.result).toEqual({ status: 'stopped' });
    await clock.drain();
  });

  it('says by onError what its connector’s maker threw', async () => {
    const { begin, clock } = life();
    const old = begin();
    const kept = JSON.parse(JSON.stringify(old.parent.getPersistedSnapshot()));
    old.parent.stop();
    const bug = new Error('no session');
    const link = boundTo(() => {
      throw bug;
    });
    const next = createActor(parentOf(link), { clock, snapshot: kept }).start();
    expect(next.getSnapshot().value).toBe('broken');
    expect(next.getSnapshot().context.failure).toBe(bug);
  });

  it.skipIf(engine === 'compiled')('says so where XState answers with the error', async () => {
    const { begin, clock } = life();
    const old = begin();
    const kept = JSON.parse(JSON.stringify(old.parent.getPersistedSnapshot()));
    old.parent.stop();
    const error = new Error('no session');
    const answer = vi
      .spyOn(StateMachine.prototype, 'getInitialSnapshot')
      .mockReturnValue({ status: 'error', error } as never);
    const link = boundTo(() => scriptedConnector().connector);
    const next = createActor(parentOf(link), { clock, snapshot: kept }).start();
    expect(next.getSnapshot().context.failure).toBe(error);
    answer.mockRestore();
  });

  it('gives the maker of its connector the id of each actor', () => {
    const ids: string[] = [];
    const link = boundTo((id) => {
      ids.push(id);
      return scriptedConnector().connector;
    });
    const machine = setup({ actors: { link } }).createMachine({
      invoke: [
        { id: 'one', src: 'link' },
        { id: 'two', src: 'link', input: { connectTimeoutMs: 70 } },
      ],
    });
    const clock = virtualClock();
    const first = createActor(machine, { clock }).start();
    expect(clock.pending).toEqual([70, 20_000]);
    createActor(machine, { clock, snapshot: first.getPersistedSnapshot() });
    expect(ids).toEqual(['one', 'two', 'one', 'two']);
  });

  it('is restored as a root, too, after its actor had been stopped', async () => {
    const script = scriptedConnector();
    const clock = virtualClock();
    const link = boundTo(() => script.connector);
    const first = createActor(link, { clock, input: undefined }).start();
    await clock.drain();
    script.connects[0]?.resolve();
    await clock.drain();
    first.stop();
    const snapshot = JSON.parse(JSON.stringify(first.getPersistedSnapshot()));
    const next = createActor(link, { clock, input: undefined, snapshot }).start();
    await clock.drain();
    script.connects[1]?.resolve();
    await clock.drain();
    expect(next.getSnapshot().hasTag('online')).toBe(true);
    expect(next.getSnapshot().context.epoch).toBe(2);
    expect(script.live).toBe(1);
    next.stop();
  });

  it('stays at its end, which can be kept again', async () => {
    const link = boundTo(() => scriptedConnector().connector);
    const first = createActor(link, { input: undefined }).start();
    first.send({ type: 'stop', reason: 'bye' });
    const keep = (actor: { getPersistedSnapshot(): unknown }) =>
      JSON.parse(JSON.stringify(actor.getPersistedSnapshot()));
    const next = createActor(link, { input: undefined, snapshot: keep(first) }).start();
    expect(next.getSnapshot()).toMatchObject({ status: 'done', value: 'stopped' });
    expect(next.getSnapshot().hasTag('online')).toBe(false);
    expect(keep(next)).toEqual(keep(first));
  });

  it('refuses a connector where a function that makes one is due', () => {
    expect(() => boundTo(scriptedConnector().connector as never)).toThrow(
      /^`connect` must be a function; received/,
    );
  });
});

describe('without a connector of its own', () => {
  const unbound = {
    'as it is': embedded,
    ...(engine === 'xstate' && { provided: embedded.provide({}) }),
  };

  describe.each(Object.entries(unbound))('%s', (_, link) => {
    describe.each(Object.entries(ways))('kept %s', (_way, keep) => {
      it.each(places)('in %s it ends with NotRestorableError', async (place) => {
        const { begin, clock, script } = life();
        const old = begin();
        await goTo(old, place);
        const kept = keep(old.parent.getPersistedSnapshot());
        old.parent.stop();
        await clock.drain();
        const connects = script.connects.length;
        const next = createActor(parentOf(link), { clock, snapshot: kept as never });
        const child = next.getSnapshot().children['link'] as AnyActorRef;
        expect(child.getSnapshot().hasTag('online')).toBe(false);
        next.start();
        expect(next.getSnapshot().value).toBe('broken');
        expect(next.getSnapshot().context.failure).toMatchObject({ code: 'ERR_NOT_RESTORABLE' });
        await clock.advance(100_000);
        expect(script.connects).toHaveLength(connects);
        expect(clock.pending).toEqual([]);
      });
    });
  });

  it('and typed by its output it is the machine that all share', () => {
    expect(reconnectMachineOf<string>()).toBe(reconnectMachine);
  });

  it('is restored at its end', () => {
    const { connector } = scriptedConnector();
    const first = createActor(embedded, { input: { connector } }).start();
    first.send({ type: 'stop' });
    const next = createActor(embedded, {
      input: { connector },
      snapshot: first.getPersistedSnapshot(),
    }).start();
    expect(next.getSnapshot()).toMatchObject({ status: 'done', output: { status: 'stopped' } });
  });
});
