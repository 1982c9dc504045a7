import {
  constantBackoff,
  Continue,
  createReconnectActor,
  fatal,
  reconnectMachine,
} from 'schmoozer';
import { scriptedConnector, virtualClock } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import { type AnyStateMachine, createActor, type InspectionEvent, SimulatedClock } from 'xstate';
import { chartOf } from '../../src/page/definition/chartOf.js';
import { Steps } from '../../src/page/steps.js';
import { placeOf } from '../../src/page/timeline.js';
import { timersOf } from '../../src/page/timers.js';
import type { ActorRecord, TakenTransition } from '../../src/protocol.js';
import { player } from '../support/machines.js';
import { definitionOf } from '../support/wire.js';

/** Records as the server makes them, with or without microsteps; and the transitions XState says it took. */
function recorder(machine: AnyStateMachine, now: () => number) {
  const chart = chartOf(definitionOf(machine), '');
  const inferred = new Steps(chart, 0);
  const exact = new Steps(chart, 0);
  const truth: string[][] = [];
  let taken: TakenTransition[] = [];
  let seq = 0;
  let root = '';
  const inspect = (event: InspectionEvent) => {
    root ||= event.rootId;
    const { sessionId } = event.actorRef as unknown as { sessionId: string };
    if (sessionId !== root) return;
    seq += 1;
    const stamp = { seq, at: now() };
    const copy = (value: unknown) => JSON.parse(JSON.stringify(value)) as never;
    if (event.type === '@xstate.event') {
      const record: ActorRecord = { ...stamp, kind: 'event', event: { type: event.event.type } };
      inferred.add(record);
      exact.add(record);
    }
    if (event.type === '@xstate.microstep') {
      // oxlint-disable-next-line no-underscore-dangle -- XState's own name
      const transitions = event._transitions.map(
        ({ eventType, source, target, guard }): TakenTransition => ({
          eventType,
          source: source.id,
          target: (target ?? []).map(({ id }) => id),
          ...(typeof guard === 'string' && { guard }),
          ...(typeof guard === 'object' &&
            guard !== null &&
            'type' in guard && { guard: guard.type }),
        }),
      );
      taken.push(...transitions);
      exact.add({ ...stamp, kind: 'microstep', transitions, snapshot: copy(event.snapshot) });
    }
    if (event.type === '@xstate.snapshot') {
      const record: ActorRecord = {
        ...stamp,
        kind: 'snapshot',
        event: { type: event.event.type },
        snapshot: copy(event.snapshot),
      };
      inferred.add(record);
      exact.add(record);
      truth.push(
        taken.map(({ source, eventType, target }) => `${source} ${eventType} ${target.join()}`),
      );
      taken = [];
    }
  };
  const edgesOf = (steps: Steps) =>
    steps.list.map(({ edges }) =>
      edges.map(
        ({ source, eventType, targets }) =>
          `${source.id} ${eventType} ${targets.map(({ id }) => id).join()}`,
      ),
    );
  return { inspect, inferred, exact, truth, edgesOf };
}

/** A life that goes through most of the chart. */
async function liveReconnecting() {
  const clock = virtualClock();
  const record = recorder(reconnectMachine, clock.now);
  const script = scriptedConnector();
  const actor = createReconnectActor(script.connector, {
    clock,
    now: clock.now,
    backoff: constantBackoff(500),
    stableAfterMs: 1000,
    connectTimeoutMs: 2000,
    inspect: record.inspect,
  });
  actor.start();
  await clock.drain();
  script.connects[0]?.reject(new Error('refused'));
  await clock.drain();
  await clock.advance(500);
  await clock.advance(2000); // a timeout
  actor.send({ type: 'reconnect' });
  await clock.drain();
  script.connects[2]?.resolve();
  await clock.drain();
  await clock.advance(1000); // stable
  script.runs[0]?.resolve(Continue());
  await clock.drain();
  await clock.advance(500);
  script.connects[3]?.resolve();
  await clock.drain();
  actor.send({ type: 'reconnect' });
  await clock.drain();
  actor.send({ type: 'reconnect' }); // ignored there
  script.runs[1]?.resolve(Continue());
  await clock.drain();
  script.connects[4]?.resolve();
  await clock.drain();
  script.runs[2]?.reject(fatal(new Error('banned')));
  await clock.drain();
  return { ...record, clock };
}

describe('Steps', () => {
  it('infers over a life of the reconnect machine every transition that XState took', async () => {
    const { inferred, truth, edgesOf } = await liveReconnecting();
    expect(truth.flat().length).toBeGreaterThan(15);
    expect(edgesOf(inferred)).toEqual(truth);
    expect(inferred.list.every(({ isExact }) => !isExact)).toBe(true);
  });

  it('takes microsteps as they are said, when they are', async () => {
    const { exact, truth, edgesOf } = await liveReconnecting();
    expect(edgesOf(exact)).toEqual(truth);
    expect(exact.list.at(-1)?.isExact).toBe(true);
  });

  it('counts transitions, in the end and at any moment before', async () => {
    const { inferred } = await liveReconnecting();
    const countAt = (place: number, label: string) => {
      const edge = inferred.list
        .flatMap(({ edges }) => edges)
        .find((other) => other.label === label);
      return inferred.countsAt(place)[edge?.index ?? -1] ?? 0;
    };
    const last = inferred.list.length - 1;
    expect(countAt(last, 'connect done')).toBe(3);
    expect(countAt(last, 'run failed [isFatal]')).toBe(1);
    expect(countAt(last - 1, 'run failed [isFatal]')).toBe(0);
    expect(countAt(0, 'connect done')).toBe(0);
  });

  it('follows a parallel machine with histories, nested ends and raised events', async () => {
    const clock = new SimulatedClock();
    const { inspect, inferred, exact, truth, edgesOf } = recorder(player, () => clock.now());
    const actor = createActor(player, { clock, inspect }).start();
    const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
    for (const type of [
      'play',
      'up',
      'crackle',
      'mute',
      'deepUnmute',
      'mute',
      'unmute',
      'again',
      'nothing',
    ]) {
      actor.send({ type });
      await settle();
    }
    clock.increment(100);
    await settle();
    for (let i = 0; i < 3; i++) {
      actor.send({ type: 'song.skip' });
      await settle();
      clock.increment(50);
      await settle();
    }
    actor.send({ type: 'reset' });
    expect(edgesOf(exact)).toEqual(truth);
    // `tidy` is raised inside a macrostep: from outside it cannot be seen which event it was.
    const isRaised = (edges: readonly string[]) => edges.some((edge) => edge.includes(' tidy '));
    const seen = truth.map((edges, i) => (isRaised(edges) ? edgesOf(inferred)[i] : edges));
    expect(edgesOf(inferred)).toEqual(seen);
    expect(truth.some(isRaised)).toBe(true);
    actor.stop();
  });

  it('shows where each step ended, and who sent the event', () => {
    const steps = new Steps(chartOf(definitionOf(player), ''), 0);
    const value = { sound: 'silent', list: 'idle' };
    steps.add({ seq: 1, at: 0, kind: 'actor', snapshot: { value } });
    steps.add({ seq: 2, at: 1, kind: 'event', event: { type: 'play' }, from: 'app/x:9' });
    const after = { sound: { loud: 'low' }, list: { playing: 'loading' } };
    steps.add({
      seq: 3,
      at: 2,
      kind: 'snapshot',
      event: { type: 'play' },
      snapshot: { value: after },
    });
    const [first, second] = steps.list;
    expect(first && placeOf(first)).toBe('sound.silent, list.idle');
    expect(second && placeOf(second)).toBe('sound.loud.low, list.playing.loading');
    expect(second?.from).toBe('app/x:9');
    expect([steps.placeOf(0), steps.placeOf(2), steps.placeOf(3), steps.placeOf(9)]).toEqual([
      -1, 0, 1, 1,
    ]);
  });

  it('an actor that is seen again stands where it is said to, and no edge is claimed', () => {
    const steps = new Steps(chartOf(definitionOf(player), ''), 0);
    const seen = (seq: number, sound: string) =>
      steps.add({ seq, at: seq, kind: 'actor', snapshot: { value: { sound, list: 'idle' } } });
    seen(1, 'silent');
    seen(2, 'silent');
    seen(3, 'loud');
    expect(steps.list.map((step) => placeOf(step))).toEqual([
      'sound.silent, list.idle',
      'sound.loud, list.idle',
    ]);
    expect(steps.list.flatMap(({ edges }) => edges)).toEqual([]);
  });

  it('a machine that has not started yet is no step; an actor without a chart is', () => {
    const record: ActorRecord = { seq: 1, at: 1, kind: 'actor', snapshot: { status: 'active' } };
    const machine = new Steps(chartOf(definitionOf(player), ''), 0);
    machine.add(record);
    expect(machine.list).toEqual([]);
    const promise = new Steps(chartOf(null, 'connect'), 0);
    promise.add(record);
    expect(promise.list).toHaveLength(1);
  });

  it('keeps 2500 to 5000 steps, and goes on counting', () => {
    const machine = {
      id: 'm',
      initial: 'a',
      states: { a: { on: { go: 'b' } }, b: { on: { go: 'a' } } },
    };
    const steps = new Steps(chartOf(JSON.stringify(machine), ''), 7);
    for (let i = 0; i < 5001; i++) {
      const value = i % 2 === 0 ? 'a' : 'b';
      steps.add({ seq: i, at: i, kind: 'snapshot', event: { type: 'go' }, snapshot: { value } });
    }
    expect(steps.list.length).toBeGreaterThanOrEqual(2500);
    expect(steps.list.length).toBeLessThanOrEqual(5000);
    expect(steps.dropped + steps.list.length).toBe(5001 + 7);
    const total = steps.countsAt(steps.list.length - 1).reduce((sum, count) => sum + count, 0);
    expect(total).toBeGreaterThanOrEqual(5000);
  });
});

describe('timersOf', () => {
  const machine = {
    id: 'm',
    initial: 'a',
    after: { 5000: '.b' },
    states: {
      a: { after: { retryDelay: 'b', settle: 'b' }, on: { go: 'b' } },
      b: { on: { go: 'a' } },
    },
  };
  const chart = chartOf(JSON.stringify(machine), '');
  const play = (context: unknown, more: Partial<ActorRecord> = {}) => {
    const steps = new Steps(chart, 0);
    steps.add({
      seq: 1,
      at: 10,
      kind: 'snapshot',
      event: { type: 'xstate.init' },
      snapshot: { value: 'a', context },
      ...more,
    } as ActorRecord);
    return steps;
  };
  const delaysOf = (steps: Steps) => {
    const step = steps.list.at(-1);
    if (step === undefined) throw new Error('no step');
    return timersOf(step, steps).map(({ edge, delayMs, startedAt, isGuess }) => ({
      delay: edge.delay,
      delayMs,
      startedAt,
      isGuess,
    }));
  };

  it('a number in the definition is its own delay; a name is looked up in the context', () => {
    expect(delaysOf(play({ delayMs: 550, settleMs: 20 }))).toEqual([
      { delay: '5000', delayMs: 5000, startedAt: 10, isGuess: false },
      { delay: 'retryDelay', delayMs: 550, startedAt: 10, isGuess: false },
      { delay: 'settle', delayMs: 20, startedAt: 10, isGuess: false },
    ]);
    expect(delaysOf(play({ settle: 30, delayMs: null }))).toMatchObject([
      {},
      { delay: 'retryDelay', delayMs: undefined },
      { delay: 'settle', delayMs: 30 },
    ]);
  });

  it('what the producer says wins', () => {
    const after = [{ eventType: 'xstate.after.retryDelay.m.a', delayMs: 70, startedAt: 4 }];
    const timers = delaysOf(play({ delayMs: 550 }, { after }));
    const told = { delay: 'retryDelay', delayMs: 70, startedAt: 4, isGuess: false };
    expect(timers[1]).toEqual(told);
    // As well of an actor that it shows in the middle of its life.
    expect(delaysOf(play({ delayMs: 550 }, { kind: 'actor', after }))[1]).toEqual(told);
  });

  it('without any of these it is what it took the last time', () => {
    const steps = play({});
    const to = (seq: number, at: number, type: string, value: string) =>
      steps.add({ seq, at, kind: 'snapshot', event: { type }, snapshot: { value, context: {} } });
    to(2, 130, 'xstate.after.settle.m.a', 'b');
    to(3, 200, 'go', 'a');
    expect(delaysOf(steps)[2]).toEqual({
      delay: 'settle',
      delayMs: 120,
      startedAt: 200,
      isGuess: true,
    });
    expect(delaysOf(steps)[0]).toMatchObject({ startedAt: 10 });
  });

  it('an actor that has ended has none', () => {
    const steps = play({});
    steps.add({
      seq: 9,
      at: 9,
      kind: 'snapshot',
      event: { type: 'x' },
      snapshot: { value: 'a', status: 'stopped' },
    });
    expect(delaysOf(steps)).toEqual([]);
  });
});
