import { Break, Continue, fatal } from 'schmoozer';
import { GroupStoppedError } from 'schmoozer/group';
import { scriptedConnector } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import { groupHarness as make } from '../../../support/groupHarness.js';

const refused = new Error('401');

/** A group of open links, and which of them have been told to stop. */
async function open(names: readonly string[], options = {}) {
  const harness = make(options);
  const scripts = new Map<string, Awaited<ReturnType<typeof harness.add>>>();
  for (const name of names) scripts.set(name, await harness.add(name));
  harness.told();
  return {
    ...harness,
    scripts,
    stopping: () =>
      names.filter((name) => scripts.get(name)?.runs[0]?.argument.signal.aborted).join(''),
    finish: (name: string) => harness.settle(() => scripts.get(name)?.runs[0]?.resolve(Continue())),
  };
}

describe('stop', () => {
  it('stops all links at once, and settles when the last is released', async () => {
    const { group, stopping, finish, scripts, clock, told } = await open(['a', 'b']);
    const stopped = group.stop({ reason: 'deploy' });
    expect(stopping()).toBe('ab');
    expect(scripts.get('a')?.runs[0]?.argument.signal.reason).toMatchObject({ reason: 'deploy' });
    await finish('b');
    told();
    await finish('a');
    expect(told()).toEqual(['a: connection.closed', 'a: link.ended', 'group.ended']);
    expect(await stopped).toEqual({ status: 'stopped', reason: 'deploy', late: [] });
    expect(clock.pending).toEqual([]);
    expect(group.health().states).toMatchObject({ stopped: 2 });
  });

  it('of an empty group is over at once', async () => {
    const { group, told } = make();
    expect(await group.stop()).toEqual({ status: 'stopped', late: [] });
    expect(await group.stop({ order: 'reverse' })).toEqual({ status: 'stopped', late: [] });
    expect(told()).toEqual(['group.ended']);
  });

  it('in reverse stops one after another, the last added first', async () => {
    const { group, stopping, finish } = await open(['a', 'b', 'c']);
    const stopped = group.stop({ order: 'reverse' });
    expect(stopping()).toBe('c');
    await finish('c');
    expect(stopping()).toBe('bc');
    await finish('b');
    expect(stopping()).toBe('abc');
    await finish('a');
    expect(await stopped).toEqual({ status: 'stopped', late: [] });
  });

  it('by a list stops step by step, and then what it does not name', async () => {
    const { group, stopping, finish } = await open(['a', 'b', 'c', 'd', 'e']);
    const stopped = group.stop({ order: ['d', ['b', 'gone', 'd'], [], 'nobody', 'a'] });
    expect(stopping()).toBe('d');
    await finish('d');
    expect(stopping()).toBe('bd');
    await finish('b');
    expect(stopping()).toBe('abd');
    await finish('a');
    expect(stopping()).toBe('abcde');
    await finish('c');
    await finish('e');
    expect(await stopped).toMatchObject({ late: [] });
  });

  it('has one deadline for all, at which it cuts off what is left', async () => {
    const { group, finish, clock, scripts, told, logged } = await open(['a', 'b', 'c'], {
      gracePeriodMs: Infinity,
    });
    const stopped = group.stop({ order: 'reverse', deadlineMs: 700 });
    await clock.advance(500);
    await finish('c');
    told();
    await clock.advance(199);
    expect(group.health().states).toMatchObject({ stopping: 1, online: 1 });
    await clock.advance(1);
    expect(await stopped).toEqual({ status: 'stopped', late: ['b', 'a'] });
    expect(told()).toEqual(['group.ended']);
    expect([...scripts.values()].map(({ live }) => live)).toEqual([0, 0, 0]);
    expect(scripts.get('a')?.runs[0]?.argument.signal.reason).toMatchObject({
      code: 'ERR_ACTOR_STOPPED',
    });
    expect(clock.pending).toEqual([]);
    expect(logged).toEqual([]);
  });

  it('has a deadline of 10 000 ms by default, and none if it is Infinity', async () => {
    for (const [deadlineMs, late] of [
      [undefined, ['a']],
      [Infinity, []],
    ] as const) {
      const { group, clock } = await open(['a'], { gracePeriodMs: 10_001 });
      const stopped = group.stop({ deadlineMs } as never);
      await clock.advance(9999);
      expect(group.health().states.stopping).toBe(1);
      await clock.advance(2);
      expect(await stopped).toEqual({ status: 'stopped', late });
      expect(clock.pending).toEqual([]);
    }
  });

  it('ends a link that ignores its signal after the grace period of the link', async () => {
    const { group, clock } = await open(['a'], { gracePeriodMs: 200 });
    const stopped = group.stop();
    await clock.advance(200);
    expect(await stopped).toEqual({ status: 'stopped', late: [] });
  });

  it('asked for twice is the first one', async () => {
    const { group, finish } = await open(['a']);
    const stopped = group.stop();
    expect(group.stop({ deadlineMs: 0, reason: 'again' })).toBe(stopped);
    await finish('a');
    expect(await stopped).toEqual({ status: 'stopped', late: [] });
    expect(group.stop()).toBe(stopped);
  });

  it('refuses what is added meanwhile and after', async () => {
    const { group, finish } = await open(['a']);
    const stopped = group.stop();
    for (const when of ['while it stops', 'after']) {
      expect(() => group.add('b', scriptedConnector().connector), when).toThrow(GroupStoppedError);
      expect(() => group.sync([]), when).toThrow('the group has been stopped');
      await finish('a');
      await stopped;
    }
    expect(group.names).toEqual(['a']);
  });

  it('restarts nothing: what rests is over, and so is what was not started', async () => {
    const { group, add, finish, scripts, settle, clock, states } = await open(['a', 'b'], {
      staggerMs: 100,
    });
    await settle(() => scripts.get('a')?.runs[0]?.reject(fatal(refused)));
    await clock.advance(100);
    await add('c', false);
    await add('d', false);
    const stopped = group.stop({ order: [['c', 'd', 'a']] });
    await clock.drain();
    expect(await group.remove('d')).toBeUndefined();
    expect(states()).toMatchObject({ stopped: expect.any(Number) });
    await clock.advance(5000);
    await finish('b');
    expect(await stopped).toMatchObject({ late: [] });
    expect(scripts.get('a')?.connects).toHaveLength(1);
    expect(clock.pending).toEqual([]);
  });

  it('leaves no timer of the stagger', async () => {
    const { group, clock } = make({ staggerMs: 100 });
    group.add('a', () => {
      throw refused;
    });
    group.add('b', scriptedConnector().connector);
    expect(clock.pending).toHaveLength(2);
    await group.stop();
    expect(clock.pending).toEqual([]);
  });

  it('waits for links that are being removed, and starts no successor', async () => {
    const { group, add, finish, clock } = await open(['a']);
    const removed = group.remove('a');
    const next = await add('a', false);
    const stopped = group.stop();
    let isOver = false;
    void stopped.then(() => (isOver = true));
    await clock.drain();
    expect(isOver).toBe(false);
    await finish('a');
    expect(await removed).toMatchObject({ status: 'stopped' });
    expect(await stopped).toEqual({ status: 'stopped', late: [] });
    expect(next.connects).toEqual([]);
  });

  it('goes on when a link of a later step is removed, fails or completes meanwhile', async () => {
    const { group, finish, settle, scripts, states } = await open(['a', 'b', 'c', 'd']);
    const stopped = group.stop({ order: ['a'] });
    const removed = group.remove('b');
    await finish('b');
    await removed;
    await settle(() => scripts.get('c')?.runs[0]?.reject(fatal(refused)));
    await settle(() => scripts.get('d')?.runs[0]?.resolve(Break('done')));
    expect(states()).toEqual({ stopping: 1, failed: 1, completed: 1 });
    await finish('a');
    expect(await stopped).toEqual({ status: 'stopped', late: [] });
  });

  it('in 20 000 steps is no deeper than in one', async () => {
    const { group, clock } = make();
    group.sync(
      Array.from({ length: 20_000 }, (_, i) => ({
        name: `${i}`,
        connector: { connect: () => new Promise(() => {}), run: async () => Break() },
      })),
    );
    // Before any `connect` is called: each stop is over in the same tick.
    const stopped = group.stop({ order: 'reverse' });
    await clock.advance(20_000);
    expect(await stopped).toMatchObject({ status: 'stopped' });
  });

  it.each<readonly [object, string]>([
    [{ order: 'forwards' }, "`order` must be 'together', 'reverse', or a list"],
    [{ order: ['a', 7] }, '`order`'],
    [{ order: [['a', ['b']]] }, '`order`'],
    [{ deadlineMs: -1 }, '`deadlineMs`'],
    [{ deadlineMs: NaN }, '`deadlineMs`'],
    [{ timeoutMs: 1 }, '`timeoutMs`'],
  ])('refuses %o, and goes on', async (options, message) => {
    const { group, states } = await open(['a']);
    expect(() => group.stop(options as never)).toThrow(message);
    expect(() => group.stop(3 as never)).toThrow('`options`');
    expect(states()).toEqual({ online: 1 });
  });

  it('takes null for what has a default', async () => {
    const { group } = make();
    expect(await group.stop({ order: null, deadlineMs: null } as never)).toEqual({
      status: 'stopped',
      late: [],
    });
  });

  it('is what `await using` does', async () => {
    const { group } = make();
    await group[Symbol.asyncDispose]();
    expect(() => group.add('a', scriptedConnector().connector)).toThrow(GroupStoppedError);
  });
});
