import { tags } from '../../../../src/machine/vocabulary.js';
import fc from 'fast-check';
import { Break, Continue, fatal } from 'schmoozer';
import { healthOf, type StopOrder } from 'schmoozer/group';
import { connectLimiter } from 'schmoozer/limiter';
import { type ScriptedConnector, scriptedConnector, virtualClock } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import { groupHarness } from '../../../support/groupHarness.js';

const NAMES = ['a', 'b'] as const;
const failure = new Error('failed');

type Script = ScriptedConnector & { readonly name: string };

const name = fc.constantFrom(...NAMES);
const step = fc.oneof(
  fc.record({ do: fc.constantFrom('add', 'addFactory', 'addBroken', 'remove', 'restart'), name }),
  fc.record({ do: fc.constant('sync'), names: fc.uniqueArray(name), version: fc.nat(1) }),
  // Often enough that much of what is added comes up, and goes while it is up.
  fc.record({ do: fc.constantFrom('replace', 'connects', 'connects'), name }),
  fc.record({ do: fc.constantFrom('replace', 'connects', 'connects'), name }),
  fc.record({ do: fc.constantFrom('connects', 'connectsNot', 'connectsNever'), name }),
  fc.record({ do: fc.constantFrom('continues', 'breaks', 'fails', 'failsForGood'), name }),
  fc.record({
    do: fc.constant('send'),
    name,
    type: fc.constantFrom('stop', 'suspend', 'resume', 'reconnect'),
  }),
  fc.record({ do: fc.constant('halt'), name }),
  fc.record({ do: fc.constant('wait'), ms: fc.constantFrom(0, 1, 100, 1000, 10_000) }),
);
const order: fc.Arbitrary<StopOrder> = fc.oneof(
  fc.constantFrom('together', 'reverse'),
  fc.uniqueArray(fc.constantFrom(...NAMES, 'nobody')),
);

/** Plays a story; what it returns must be true of every one. */
async function play(
  steps: readonly object[],
  end: { order: StopOrder; deadlineMs: number },
  staggerMs: number,
) {
  const clock = virtualClock();
  const limiter = connectLimiter({ clock, now: clock.now, maxConcurrent: 2 });
  const { group, logged } = groupHarness({
    clock,
    now: clock.now,
    limiter,
    staggerMs,
    gracePeriodMs: 700,
    restart: { intensity: 2, periodMs: 5000, delayMs: 300 },
  });
  const scripts: Script[] = [];
  const of = (wanted: string) => scripts.filter((script) => script.name === wanted);
  const make = (wanted: string) => {
    const script = { ...scriptedConnector(), name: wanted };
    // A copy would have lost the count.
    Object.defineProperty(script, 'live', {
      get: () => script.connections.filter(({ releases }) => releases === 0).length,
    });
    scripts.push(script);
    return script.connector;
  };
  const removals: Promise<unknown>[] = [];
  const last = (wanted: string, method: 'connects' | 'runs') =>
    of(wanted)
      .flatMap(
        (script): readonly ScriptedConnector['connects'][number][] => script[method] as never,
      )
      .findLast(({ isSettled }) => !isSettled);
  const act = async (each: Record<string, unknown>) => {
    const who = each['name'] as string;
    const isFree = !group.names.includes(who);
    const run = last(who, 'runs') as
      | { resolve(answer: unknown): void; reject(error: unknown): void }
      | undefined;
    switch (each['do']) {
      case 'add':
        return isFree
          ? group.add(who, make(who))
          : expect(() => group.add(who, make(who))).toThrow('`name`');
      case 'addFactory':
        return isFree && group.add(who, () => make(who));
      case 'addBroken':
        return (
          isFree &&
          group.add(who, () => {
            throw failure;
          })
        );
      case 'replace':
        removals.push(group.remove(who));
        return group.add(who, make(who));
      case 'remove':
        return removals.push(group.remove(who));
      case 'restart':
        return group.restart(who);
      case 'sync':
        return group.sync(
          (each['names'] as string[]).map((one) => ({
            name: one,
            connector: () => make(one),
            version: each['version'] as number,
          })),
        );
      case 'connects':
        return last(who, 'connects')?.resolve();
      case 'connectsNot':
        return last(who, 'connects')?.reject(failure);
      case 'connectsNever':
        return last(who, 'connects')?.reject(fatal(failure));
      case 'continues':
        return run?.resolve(Continue());
      case 'breaks':
        return run?.resolve(Break());
      case 'fails':
        return run?.reject(failure);
      case 'failsForGood':
        return run?.reject(fatal(failure));
      case 'send':
        return group.get(who)?.send({ type: each['type'] as 'stop' });
      case 'halt':
        return group.get(who)?.stop();
      default:
        return clock.advance(each['ms'] as number);
    }
  };
  for (const each of steps as Record<string, unknown>[]) {
    await act(each);
    await clock.drain();
    const { total, states, links } = group.health();
    expect(total).toBe(group.size);
    expect(Object.keys(links).toSorted()).toEqual(group.names.toSorted());
    const active = group.names.filter((one) => group.get(one) !== undefined);
    const seen = healthOf(active.map((one) => [one, group.get(one) as never]));
    for (const state of tags.filter((tag) => tag !== 'offline')) {
      expect(states[state]).toBe(seen.states[state]);
    }
    // Never two connections of one name, not even while one goes and the next one comes.
    for (const one of NAMES)
      expect(of(one).reduce((sum, { live }) => sum + live, 0)).toBeLessThan(2);
  }
  const kept = group.names.map((one) => group.get(one)).filter((link) => link !== undefined);
  const stopped = group.stop(end);
  await clock.advance(60_000);
  const output = await stopped;
  await Promise.all(removals);
  // Nothing is left: no link, no connection, no timer, no permit, no listener.
  expect(group.names.filter((one) => group.get(one) !== undefined)).toEqual([]);
  expect(kept.filter((link) => link.getSnapshot().status === 'active')).toEqual([]);
  expect(scripts.map(({ live }) => live).filter((live) => live !== 0)).toEqual([]);
  expect(clock.pending).toEqual([]);
  expect(limiter.stats().filter(({ queued, inFlight }) => queued + inFlight > 0)).toEqual([]);
  expect((group as unknown as { isHeard: boolean }).isHeard).toBe(false);
  expect(logged).toEqual([]);
  const { resting, pending, stopping } = group.health().states;
  expect({ resting, pending, stopping }).toEqual({ resting: 0, pending: 0, stopping: 0 });
  return output;
}

describe('a group, whatever is asked of it in whatever order', () => {
  it('keeps its count, never has two connections of one name, and leaves nothing behind', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 20, maxLength: 60 }),
        fc.record({ order, deadlineMs: fc.constantFrom(0, 500, 10_000, Infinity) }),
        fc.constantFrom(0, 50),
        async (steps, end, staggerMs) => {
          const { status, late } = await play(steps, end, staggerMs);
          expect(status).toBe('stopped');
          if (end.deadlineMs === Infinity) expect(late).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
  });
});
