import fc from 'fast-check';
import { Break, fatal } from 'schmoozer';
import { scriptedConnector } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import { afterRestart } from '../../../../src/many/group/restarts.js';
import { groupHarness as make } from '../../../support/groupHarness.js';

const refused = new Error('401');

/**
 * Erlang's rule, written as its supervisor has it: the new restart goes in front of the list, which is cut behind the
 * last one that is in the period; one more than the intensity ends it.
 */
function supervisor(intensity: number, period: number) {
  let restarts: number[] = [];
  return (now: number): boolean => {
    const all = [now, ...restarts];
    const end = all.findIndex((then) => !(now <= then + period));
    restarts = end < 0 ? all : all.slice(0, end);
    return restarts.length <= intensity;
  };
}

describe('afterRestart', () => {
  it.each([
    ['none at intensity 0', [], 0, 0, undefined],
    ['the last that is allowed', [0, 1], 2, 3, [0, 1, 2]],
    ['one too many', [0, 1, 2], 3, 3, undefined],
    ['one is as old as the period: it counts', [0, 1, 2], 1000, 3, undefined],
    ['it is a millisecond older: it does not', [0, 1, 2], 1001, 3, [1, 2, 1001]],
  ])('%s', (_, earlier, nowMs, intensity, expected) => {
    expect(afterRestart(earlier, nowMs, { intensity, periodMs: 1000 })).toEqual(expected);
  });

  it('counts as a supervisor does, for any failures', () => {
    fc.assert(
      fc.property(
        fc.nat(4),
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.nat(12), { maxLength: 30 }),
        (intensity, periodMs, pauses) => {
          const isAllowed = supervisor(intensity, periodMs);
          let nowMs = 0;
          let restartsMs: readonly number[] = [];
          for (const pause of pauses) {
            nowMs += pause;
            const next = afterRestart(restartsMs, nowMs, { intensity, periodMs });
            expect(next !== undefined).toBe(isAllowed(nowMs));
            if (next === undefined) return;
            restartsMs = next;
          }
        },
      ),
    );
  });
});

describe('a link that ends in failure', () => {
  it('is restarted after delayMs, alone, as a new link', async () => {
    const { group, add, clock, settle, told, events, states } = make();
    const script = await add('a');
    await add('b');
    const [one, two] = [group.get('a'), group.get('b')];
    told();
    await settle(() => script.runs[0]?.reject(fatal(refused)));
    expect(events.at(-1)).toEqual({
      type: 'restart.scheduled',
      name: 'a',
      restarts: 1,
      delayMs: 1000,
      error: refused,
    });
    expect(states()).toEqual({ online: 1, resting: 1 });
    expect(group.get('a')).toBeUndefined();
    await clock.advance(999);
    expect(script.connects).toHaveLength(1);
    await clock.advance(1);
    expect(script.connects).toHaveLength(2);
    expect(told().slice(-2)).toEqual(['a: link.restarted', 'a: attempt.started']);
    expect(group.get('a')).not.toBe(one);
    expect(group.get('b')).toBe(two);
  });

  it('is given up at the failure after `intensity` restarts, and its siblings are not', async () => {
    const { group, add, clock, settle, told, events, states } = make();
    const script = await add('a', false);
    await add('b');
    for (let i = 0; i < 3; i++) {
      await settle(() => script.connects[i]?.reject(fatal(refused)));
      await clock.advance(1000);
    }
    told();
    await settle(() => script.connects[3]?.reject(fatal(refused)));
    expect(events.at(-1)).toEqual({
      type: 'link.givenUp',
      name: 'a',
      restarts: 3,
      error: refused,
    });
    expect(states()).toEqual({ online: 1, failed: 1 });
    await clock.advance(100_000);
    expect(script.connects).toHaveLength(4);
    expect(group.health().links['a']?.error).toMatchObject({ message: '401' });
  });

  it('is given up only if the restarts are `periodMs` old or younger', async () => {
    for (const [passedMs, state] of [
      [57_000, 'failed'],
      [57_001, 'resting'],
    ] as const) {
      const { add, clock, settle, states } = make();
      const script = await add('a', false);
      // Restarts are decided on at 0, 1000 and 2000 ms.
      for (let i = 0; i < 3; i++) {
        await settle(() => script.connects[i]?.reject(fatal(refused)));
        await clock.advance(1000);
      }
      await settle(() => script.connects[3]?.resolve());
      await clock.advance(passedMs);
      await settle(() => script.runs[0]?.reject(fatal(refused)));
      expect(states()).toEqual({ [state]: 1 });
    }
  });

  it('is restarted for ever if `delayMs` is above `periodMs`', async () => {
    const { group, clock, states } = make({ restart: { intensity: 1, periodMs: 1, delayMs: 10 } });
    let calls = 0;
    group.add('a', () => {
      calls += 1;
      throw refused;
    });
    await clock.advance(10_000);
    expect(calls).toBe(1001);
    expect(states()).toEqual({ resting: 1 });
  });

  it('ends the group with all links if the scope is `group`', async () => {
    const { group, add, clock, settle, told, events, states } = make({
      restart: { intensity: 2, scope: 'group' },
    });
    const scripts = [await add('a'), await add('b'), await add('c')];
    for (const script of scripts.slice(0, 2)) {
      await settle(() => script.runs[0]?.reject(fatal(refused)));
    }
    expect(states()).toEqual({ resting: 2, online: 1 });
    const last = new Error('403');
    told();
    await settle(() => scripts[2]?.runs[0]?.reject(fatal(last)));
    const output = { status: 'failed', name: 'c', error: last, late: [] };
    expect(events.slice(-2)).toEqual([
      { type: 'link.givenUp', name: 'c', restarts: 2, error: last },
      { type: 'group.ended', output },
    ]);
    expect(await group.stop()).toEqual(output);
    expect(states()).toEqual({ failed: 1, stopped: 2 });
    expect(clock.pending).toEqual([]);
    expect(() => group.add('d', scriptedConnector().connector)).toThrow('stopped');
  });

  it('ends it once, if a listener has stopped it already', async () => {
    const { group, add, settle, events } = make({ restart: { intensity: 0, scope: 'group' } });
    group.on('link.givenUp', () => void group.stop({ reason: 'enough' }));
    const script = await add('a');
    await settle(() => script.runs[0]?.reject(fatal(refused)));
    expect(await group.stop()).toEqual({ status: 'stopped', reason: 'enough', late: [] });
    expect(events.filter(({ type }) => type === 'group.ended')).toHaveLength(1);
  });

  it('is restarted, too, if its actor failed by itself', async () => {
    let throwing = 0;
    const now = () => {
      if (throwing-- > 0) throw refused;
      return 0;
    };
    const { add, settle, states, events, clock } = make({ now });
    const script = await add('a');
    throwing = 1;
    await settle(() => script.runs[0]?.reject(new Error('reset')));
    expect(events.at(-1)).toMatchObject({ type: 'restart.scheduled', error: refused });
    await clock.advance(1000);
    expect(states()).toEqual({ connecting: 1 });
  });

  it.each([
    [
      'throws',
      () => {
        throw refused;
      },
      1,
    ],
    ['answers NaN', () => NaN, 0],
  ])('counts all its failures while the clock %s', async (_, broken, reports) => {
    let isBroken = false;
    const { group, clock, states, logged } = make({
      now: () => (isBroken ? broken() : clock.now()),
      restart: { intensity: 0 },
    });
    group.add('a', () => {
      isBroken = true;
      throw new Error('no connector');
    });
    expect(states()).toEqual({ failed: 1 });
    expect(logged).toHaveLength(reports);
  });
});

describe('a link that ends as it should', () => {
  it('stays in the group, and is not restarted', async () => {
    const { group, add, clock, settle, states } = make();
    const script = await add('a');
    await settle(() => script.runs[0]?.resolve(Break('done')));
    await clock.advance(100_000);
    expect(states()).toEqual({ completed: 1 });
    expect(group.names).toEqual(['a']);
    expect(() => group.add('a', script.connector)).toThrow('`name`');
  });
});

describe('restart', () => {
  it('starts what was given up, with a clean record', async () => {
    const { group, add, clock, settle, states, events } = make({ restart: { intensity: 1 } });
    const script = await add('a', false);
    await settle(() => script.connects[0]?.reject(fatal(refused)));
    await clock.advance(1000);
    await settle(() => script.connects[1]?.reject(fatal(refused)));
    expect(states()).toEqual({ failed: 1 });
    expect(group.restart('a')).toBe(true);
    expect(events.at(-1)).toEqual({ type: 'link.restarted', name: 'a', restarts: 0 });
    await settle(() => {});
    await settle(() => script.connects[2]?.reject(fatal(refused)));
    expect(states()).toEqual({ resting: 1 });
  });

  it('skips the rest, and starts what has completed or was stopped', async () => {
    const { group, add, clock, settle, states } = make();
    const script = await add('a');
    await settle(() => script.runs[0]?.reject(fatal(refused)));
    expect(group.restart('a')).toBe(true);
    expect(clock.pending).toEqual([20_000]);
    await settle(() => script.connects[1]?.resolve());
    await settle(() => script.runs[1]?.resolve(Break('done')));
    expect(group.restart('a')).toBe(true);
    await settle(() => script.connects[2]?.resolve());
    group.get('a')?.stop();
    expect(group.restart('a')).toBe(true);
    await settle(() => script.connects[3]?.resolve());
    expect(states()).toEqual({ online: 1 });
  });

  it('starts nothing that has not ended, is not there, or is in a group that stops', async () => {
    const { group, add } = make({ staggerMs: 10 });
    await add('a');
    await add('b', false);
    expect(['a', 'b', 'c'].map((name) => group.restart(name))).toEqual([false, false, false]);
    group.get('a')?.stop();
    void group.stop();
    expect(group.restart('a')).toBe(false);
  });

  it('may be asked for while the link tells of its end', async () => {
    const { group, add, settle, states, told } = make();
    group.on('link.ended', ({ name, output }) => {
      if (output.status === 'completed') expect(group.restart(name)).toBe(true);
    });
    const script = await add('a');
    told();
    await settle(() => script.runs[0]?.resolve(Break('a day has passed')));
    expect(told().slice(-3)).toEqual(['a: link.ended', 'a: link.restarted', 'a: attempt.started']);
    expect(states()).toEqual({ connecting: 1 });
  });
});
