import { Redacted, SchmoozerError } from 'schmoozer';
import { afterAll, describe, expect, it } from 'vitest';
import { eventsOf, initialModelState, nextModelState } from '../../../src/testing/model.js';
import { modelPaths, type Path } from '../../../src/testing/paths.js';
import { unwrap } from '../../../src/core/thrown.js';
import { statePath } from '../../support/harness.js';
import { transitionCoverage } from './coverage.js';
import { type Expectation, expectNext, initialExpectation } from './expectation.js';
import { type Replay, startReplay } from './replay.js';

const coverage = transitionCoverage();

function seen({ actor, script, clock, emitted }: Replay): object {
  const { value, context, output } = actor.getSnapshot();
  return {
    place: statePath(value),
    attempt: context.attempt,
    epoch: context.epoch,
    delayMs: context.delayMs,
    lastError: unwrap(context.lastError),
    emitted,
    output: output ?? (context.output && Redacted.value(context.output)),
    calls: {
      connects: script.connects.length,
      runs: script.runs.length,
      retryDelays: script.retryDelays.length,
    },
    live: script.live,
    timers: clock.pending,
    nowMs: clock.now(),
    downSinceMs: context.downSinceMs,
    told: {
      connect: facts(script.connects.at(-1)?.argument),
      run: facts(script.runs.at(-1)?.argument),
      retryDelay: facts(script.retryDelays.at(-1)?.argument),
    },
    aborted: {
      connect: abortCode(script.connects.at(-1)?.argument),
      run: abortCode(script.runs.at(-1)?.argument),
      retryDelay: abortCode(script.retryDelays.at(-1)?.argument),
    },
  };
}

/** What a method was told, but for the signal. */
function facts(argument: object | undefined): object | undefined {
  return argument && { ...argument };
}

function abortCode(argument: { readonly signal: AbortSignal } | undefined): unknown {
  const reason: unknown = argument?.signal.reason;
  return reason instanceof SchmoozerError ? reason.code : reason;
}

function wanted({ state, ...rest }: Expectation): object {
  const { place, attempt, epoch } = state;
  return { place, attempt, epoch, ...rest };
}

/** Applies a path to a real actor, and compares everything after every step. */
async function replay(path: Path): Promise<void> {
  const machine = await startReplay({ inspect: coverage.inspect });
  let expectation = initialExpectation(initialModelState);
  expect(seen(machine)).toEqual(wanted(expectation));
  for (const [i, event] of path.entries()) {
    await machine.apply(event);
    const state = nextModelState(expectation.state, event);
    expectation = expectNext(expectation, event, state);
    expect(seen(machine), `after ${path.slice(0, i + 1).join(' → ')}`).toEqual(wanted(expectation));
  }
  machine.actor.stop();
  expect(machine.clock.pending).toEqual([]);
}

describe('the machine does what the model says', () => {
  const paths = modelPaths({ cover: 'pairs', maxAttempt: 6 });

  it(
    `on ${paths.length} paths that cover every two edges in a row, with attempts up to 6`,
    { timeout: 600_000 },
    async () => {
      expect(paths.length).toBeGreaterThan(1000);
      for (const path of paths) await replay(path);
    },
  );

  it('and the paths leave no pair of edges out', () => {
    const pairs = new Set<string>();
    for (const path of paths) {
      let state = initialModelState;
      let before = '';
      for (const event of path) {
        const edge = `${state.place} --${event}`;
        if (before) pairs.add(`${before} | ${edge}`);
        before = edge;
        state = nextModelState(state, event);
      }
    }
    const missing: string[] = [];
    const visited = new Set<string>();
    const visit = (state: typeof initialModelState): void => {
      const key = JSON.stringify({ ...state, epoch: 0, attempt: Math.min(state.attempt, 2) });
      if (visited.has(key)) return;
      visited.add(key);
      for (const event of eventsOf(state)) {
        const next = nextModelState(state, event);
        for (const following of eventsOf(next)) {
          const pair = `${state.place} --${event} | ${next.place} --${following}`;
          if (!pairs.has(pair)) missing.push(pair);
        }
        visit(next);
      }
    };
    visit(initialModelState);
    expect(visited.size).toBeGreaterThan(20);
    expect(missing).toEqual([]);
  });
});

describe('the branches that the model leaves out', () => {
  it('a session that is stable at once', async () => {
    const machine = await startReplay({ inspect: coverage.inspect, stableAfterMs: 0 });
    await machine.apply('connect.ok');
    expect(statePath(machine.actor.getSnapshot().value)).toBe('running.stable');
    machine.actor.stop();
  });
});

describe('transition coverage', () => {
  it('fails, and names what is missing, when a transition was not taken', async () => {
    const partial = transitionCoverage();
    expect(() => partial.assertComplete()).toThrow('reconnect.waiting.choosing --always');
    const total = partial.missing().length;
    const machine = await startReplay({ inspect: partial.inspect });
    await machine.apply('connect.fatal');
    expect(partial.missing()).toHaveLength(total - 1);
    expect(() => partial.assertComplete()).toThrow(
      'reconnect.connecting --xstate.error.actor.connect--> reconnect.waiting',
    );
    expect(partial.missing().join()).not.toContain('connect ["isFatal"]');
  });
});

afterAll(() => coverage.assertComplete());
