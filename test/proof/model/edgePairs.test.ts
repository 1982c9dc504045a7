import { isDeepStrictEqual } from 'node:util';
import { reconnectMachine, Redacted, SchmoozerError } from 'schmoozer';
import type { InspectionEvent } from 'xstate';
import { afterAll, describe, expect, it } from 'vitest';
import { unwrap } from '../../../src/core/thrown.js';
import { isCommand } from '../../../src/machine/vocabulary.js';
import {
  eventsOf,
  initialModelState,
  type ModelEvent,
  type ModelSetup,
  type ModelState,
  nextModelState,
} from '../../../src/testing/model.js';
import { engine, lacking } from '../../support/engine.js';
import { statePath } from '../../support/harness.js';
import { transitionCoverage } from './coverage.js';
import { Expectation } from './expectation.js';
import { errors, type Replay, startReplay } from './replay.js';
import { type Tour, tours } from './tours.js';

const coverage = transitionCoverage();

const plain: ModelSetup = {
  hasLimiter: false,
  releasesLater: false,
  isStableAtOnce: false,
  failFast: 'startup',
};
const limited: ModelSetup = { ...plain, hasLimiter: true, releasesLater: true };

/** Everything that can be seen of a machine after a step. */
function seen(machine: Replay): object {
  const { actor, script, clock, now, emitted, asked, permits, takenBack, logged } = machine;
  const { value, context, output, tags } = actor.getSnapshot();
  const connect = script.connects.at(-1)?.argument;
  const run = script.runs.at(-1)?.argument;
  const retryDelay = script.retryDelays.at(-1)?.argument;
  return {
    place: statePath(value),
    tags: [...tags],
    attempt: context.attempt,
    epoch: context.epoch,
    stableEpoch: context.stableEpoch,
    delayMs: context.delayMs,
    retryAtMs: context.retryAtMs,
    openedAtMs: context.openedAtMs,
    downSinceMs: output === undefined ? context.downSinceMs : undefined,
    lastError: unwrap(context.lastError),
    emitted: emitted.splice(0),
    output: output ?? (context.output && Redacted.value(context.output)),
    calls: {
      asks: asked.length,
      connects: script.connects.length,
      runs: script.runs.length,
      closes: script.closes.length,
      probes: script.probes.length,
      retryDelays: script.retryDelays.length,
    },
    live: script.live,
    timers: clock.pending,
    nowMs: now(),
    told: {
      ask: asked.at(-1),
      connect: facts(connect),
      run: facts(run),
      retryDelay: facts(retryDelay),
    },
    aborted: {
      connect: reasonOf(connect),
      run: reasonOf(run),
      probe: reasonOf(script.probes.at(-1)?.argument),
      retryDelay: reasonOf(retryDelay),
    },
    permits,
    takenBack,
    logged,
  };
}

/** What a method was told, but for the signal. */
function facts(argument: object | undefined): object | undefined {
  return argument && { ...argument };
}

/** With what a call was aborted: the code of the error, and what that says of the cause. */
function reasonOf(argument: { readonly signal: AbortSignal } | undefined): string | undefined {
  const reason = argument?.signal.reason as Error | undefined;
  if (!(reason instanceof SchmoozerError)) return reason?.name;
  return reason.cause instanceof Error ? `${reason.code}: ${reason.cause.message}` : reason.code;
}

/** Applies a walk to a real actor, and compares everything after every step. */
async function replay(
  setup: ModelSetup,
  events: Tour,
  inspect?: (event: InspectionEvent) => void,
): Promise<void> {
  const expectation = new Expectation(setup);
  let done = 0;
  let mismatch: { readonly error: unknown } | undefined;
  const compare = () => {
    const wanted = expectation.seen;
    const found = seen(machine);
    if (isDeepStrictEqual(found, wanted)) return;
    const steps = events.slice(0, done);
    expect(found, `after ${steps.join(' → ') || 'the start'}`).toStrictEqual(wanted);
  };
  const next = (): ModelEvent | undefined => {
    const event = events[done];
    done += 1;
    if (event !== undefined) expectation.advance(event);
    return event;
  };
  // The attempt is a microtask old: what comes then is in the middle of the step before.
  const onAsk = (): boolean => {
    while (expectation.state.isUnasked) {
      try {
        compare();
      } catch (error) {
        // The machine would take it for the limiter's.
        mismatch ??= { error };
      }
      const event = next();
      if (event === 'limiter.fails') throw errors.limiter;
      if (event === undefined || !isCommand(event)) return event === 'limiter.admits';
      machine.actor.send({ type: event, reason: 'asked' });
    }
    return false;
  };
  const machine: Replay = startReplay(setup, {
    onAsk,
    ...(inspect && engine === 'xstate' && { inspect }),
  });
  await machine.clock.drain();
  compare();
  while (done < events.length) {
    const before = expectation.state;
    await machine.apply(next() as ModelEvent, before);
    if (mismatch) throw mismatch.error;
    compare();
  }
  machine.actor.stop();
  await machine.clock.drain();
  expect(machine.clock.pending).toEqual([]);
}

async function replayAll(setup: ModelSetup, walks: readonly Tour[]): Promise<void> {
  for (const walk of walks) await replay(setup, walk, coverage.inspect);
}

const minutes = { timeout: 600_000 };

describe('the machine does what the model says', () => {
  it('on every edge with attempts up to 6, and on every two edges in a row', minutes, async () => {
    const walks = tours(plain, { maxAttempt: 6, edges: 'states', pairs: true });
    expect([walks.edges, walks.pairs]).toEqual([5681, 3775]);
    await replayAll(plain, walks.tours);
  });

  it(
    'on every two edges in a row, with a limiter and releases that take time',
    minutes,
    async () => {
      const walks = tours(limited, { maxAttempt: 1, edges: 'kinds', pairs: true });
      expect([walks.edges, walks.pairs]).toEqual([1950, 13_714]);
      await replayAll(limited, walks.tours);
    },
  );

  it.each<[string, Partial<ModelSetup>]>([
    ['sessions that are stable at once', { isStableAtOnce: true }],
    ['permanent errors that always end the loop', { failFast: 'always' }],
    ['permanent errors that never do', { failFast: 'never' }],
  ])('on every edge with %s', minutes, async (_what, changes) => {
    const setup = { ...plain, ...changes };
    const walks = tours(setup, { maxAttempt: 1, edges: 'states', pairs: false });
    expect(walks.edges).toBeGreaterThan(600);
    await replayAll(setup, walks.tours);
  });
});

describe('the walks leave nothing out', () => {
  /** Every state of the model, and what can follow what, found without the walks. */
  function allPairs(setup: ModelSetup, maxAttempt: number): ReadonlySet<string> {
    const pairs = new Set<string>();
    const states = new Map<string, ModelState>();
    const visit = (state: ModelState) => states.set(JSON.stringify({ ...state, epoch: 0 }), state);
    visit(initialModelState(setup));
    for (const state of states.values()) {
      for (const event of eventsOf(state)) {
        const next = nextModelState(state, event, setup);
        if (next.attempt > maxAttempt) continue;
        visit(next);
        for (const following of eventsOf(next)) {
          const last = nextModelState(next, following, setup);
          if (last.attempt <= maxAttempt) pairs.add(pairOf(state, event, next, following));
        }
      }
    }
    return pairs;
  }

  function pairOf(from: ModelState, event: string, to: ModelState, following: string): string {
    const kindOf = ({ place, loss, settled, isUnasked, isOver, isProbing }: ModelState) =>
      [place, loss, settled, isUnasked, isOver, isProbing].join();
    return `${kindOf(from)} ${event} | ${kindOf(to)} ${following}`;
  }

  it('of two edges in a row', () => {
    const missing = new Set(allPairs(plain, 2));
    const all = missing.size;
    for (const walk of tours(plain, { maxAttempt: 2, edges: 'kinds', pairs: true }).tours) {
      let before: readonly [ModelState, string] | undefined;
      let state = initialModelState(plain);
      for (const event of walk) {
        if (before) missing.delete(pairOf(...before, state, event));
        before = [state, event];
        state = nextModelState(state, event, plain);
      }
    }
    expect([all > 3000, [...missing]]).toEqual([true, []]);
  });
});

describe('no branch of the chart is dead', () => {
  it('for every transition belongs to a leaf, none is inherited by one that cannot take it', () => {
    const { states } = reconnectMachine.root;
    for (const state of ['connecting', 'running', 'waiting'] as const) {
      expect([state, [...(states[state]?.transitions.keys() ?? [])]]).toEqual([state, []]);
    }
  });

  it.skipIf(lacking('inspect'))(
    'and a transition that was not taken fails the run, by its name',
    async () => {
      const partial = transitionCoverage();
      expect(() => partial.assertComplete()).toThrow('reconnect.waiting.choosing --always');
      await replay(plain, ['connect.fatal'], partial.inspect);
      expect(() => partial.assertComplete()).toThrow(
        'reconnect.connecting.attempting --xstate.error.actor.connect--> reconnect.waiting',
      );
      expect(partial.missing().join()).not.toContain(
        'attempting --xstate.error.actor.connect ["isFatal"]',
      );
    },
  );
});

// Of the compiled engine `npm test` demands that every line and branch was run.
afterAll(() => engine === 'compiled' || coverage.assertComplete());
