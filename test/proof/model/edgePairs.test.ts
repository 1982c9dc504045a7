import { isDeepStrictEqual } from 'node:util';
import { Redacted, SchmoozerError } from 'schmoozer';
import type { InspectionEvent } from 'xstate';
import { afterAll, describe, expect, it } from 'vitest';
import { unwrap } from '../../../src/core/thrown.js';
import { isCommand } from '../../../src/machine/vocabulary.js';
import type { ModelEvent, ModelSetup } from '../../../src/testing/model.js';
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
function seen(replay: Replay): object {
  const { actor, script, clock, now, emitted, asked, permits, takenBack, logged } = replay;
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
    downSinceMs: context.downSinceMs,
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
      compare();
      const event = next();
      if (event === 'limiter.fails') throw errors.limiter;
      if (event === undefined || !isCommand(event)) return event === 'limiter.admits';
      machine.actor.send({ type: event, reason: 'asked' });
    }
    return false;
  };
  const machine: Replay = startReplay(setup, { onAsk, ...(inspect && { inspect }) });
  await machine.clock.drain();
  compare();
  while (done < events.length) {
    const before = expectation.state;
    await machine.apply(next() as ModelEvent, before);
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
  it('on every edge, with attempts up to 6', minutes, async () => {
    const { edges, taken, tours: walks } = tours(plain, 'edges', 6);
    expect([edges, taken]).toEqual([10_818, 10_818]);
    await replayAll(plain, walks);
  });

  it('on every two edges in a row', minutes, async () => {
    const { taken, tours: walks } = tours(plain, 'pairs', 2);
    expect(taken).toBe(7489);
    await replayAll(plain, walks);
  });

  it(
    'on every two edges in a row, with a limiter and releases that take time',
    minutes,
    async () => {
      const { taken, tours: walks } = tours(limited, 'pairs', 1);
      expect(taken).toBe(27_381);
      await replayAll(limited, walks);
    },
  );

  it.each<[string, Partial<ModelSetup>]>([
    ['sessions that are stable at once', { isStableAtOnce: true }],
    ['permanent errors that always end the loop', { failFast: 'always' }],
    ['permanent errors that never do', { failFast: 'never' }],
  ])('on every edge with %s', minutes, async (_what, changes) => {
    const setup = { ...plain, ...changes };
    await replayAll(setup, tours(setup, 'edges', 1).tours);
  });
});
afterAll(() => coverage.assertComplete());
