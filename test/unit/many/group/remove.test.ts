import { Break, Continue, fatal, StopRequested } from 'schmoozer';
import { scriptedConnector, scriptedLimiter } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import { groupHarness as make } from '../../../support/groupHarness.js';

const refused = new Error('401');

/** Whether it has settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  return (await Promise.race([promise, Promise.resolve(pending)])) !== pending;
}

describe('remove', () => {
  it('settles when the connection is released, with the output', async () => {
    const { group, add, clock, told } = make();
    const script = await add('a');
    told();
    const removed = group.remove('a', 'moved away');
    expect(group.size).toBe(0);
    expect(group.get('a')).toBeUndefined();
    await clock.drain();
    expect(await isSettled(removed)).toBe(false);
    expect(script.runs[0]?.argument.signal.reason).toBeInstanceOf(StopRequested);
    expect(group.remove('a')).toBe(removed);
    script.runs[0]?.resolve(Continue());
    expect(await removed).toEqual({ status: 'stopped', reason: 'moved away' });
    expect(script.live).toBe(0);
    expect(told()).toEqual([
      'a: connection.closing',
      'a: connection.closed',
      'a: link.ended',
      'a: link.removed',
    ]);
    expect(clock.pending).toEqual([]);
  });

  it('while it connects waits for the attempt, and releases what comes late', async () => {
    const { group, add, clock } = make();
    const script = await add('a', false);
    await clock.drain();
    const removed = group.remove('a');
    await clock.drain();
    expect(await isSettled(removed)).toBe(false);
    script.connects[0]?.resolve();
    expect(await removed).toMatchObject({ status: 'stopped' });
    expect(script.live).toBe(0);
    expect(script.runs).toEqual([]);
  });

  it('while it is queued takes its request back at once', async () => {
    const { limiter, requests } = scriptedLimiter();
    const { group, add, clock } = make({ limiter });
    await add('a', false);
    await clock.drain();
    expect(await group.remove('a')).toMatchObject({ status: 'stopped' });
    expect(requests).toMatchObject([{ isCancelled: true }]);
    expect(clock.pending).toEqual([]);
  });

  it('while it closes waits for that', async () => {
    const { group, add, clock, settle } = make();
    const script = await add('a');
    await settle(() => script.runs[0]?.resolve(Continue()));
    expect(await group.remove('a')).toMatchObject({ status: 'stopped' });
    expect(script.live).toBe(0);
    expect(clock.pending).toEqual([]);
  });

  it('takes no longer than the grace period if the signal is ignored', async () => {
    const { group, add, clock, events } = make({ gracePeriodMs: 300 });
    await add('a');
    const removed = group.remove('a');
    await clock.advance(299);
    expect(await isSettled(removed)).toBe(false);
    await clock.advance(1);
    expect(await removed).toEqual({ status: 'stopped' });
    const closed = events.find(({ type }) => type === 'connection.closed');
    expect(closed).toMatchObject({ error: { code: 'ERR_GRACE_PERIOD' } });
  });

  it('before it was started, while it rests and after its end is over at once', async () => {
    const { group, add, clock, settle, told } = make({ staggerMs: 100 });
    const script = await add('a');
    await add('b', false);
    expect(await group.remove('b')).toBeUndefined();
    await settle(() => script.runs[0]?.reject(fatal(refused)));
    told();
    expect(await group.remove('a')).toEqual({ status: 'failed', error: refused });
    expect(told()).toEqual(['a: link.removed']);
    const done = await (await clock.advance(100), add('c'));
    await settle(() => done.runs[0]?.resolve(Break(7)));
    expect(await group.remove('c')).toEqual({ status: 'completed', value: 7 });
    await clock.advance(100);
    expect(clock.pending).toEqual([]);
  });

  it('of a name that is not there is over at once', async () => {
    const { group, told } = make();
    expect(await group.remove('a')).toBeUndefined();
    expect(told()).toEqual([]);
  });

  it('in the middle of its own end, from a listener', async () => {
    const { group, add, settle, told } = make();
    let removed: Promise<unknown> | undefined;
    group.on('link.ended', ({ name }) => {
      removed = group.remove(name);
    });
    const script = await add('a');
    told();
    await settle(() => script.runs[0]?.resolve(Break('done')));
    expect(await removed).toEqual({ status: 'completed', value: 'done' });
    expect(told().slice(-2)).toEqual(['a: link.ended', 'a: link.removed']);
    expect(group.size).toBe(0);
  });

  it('of a link that somebody has stopped as an actor settles without an output', async () => {
    const { group, add, states } = make();
    await add('a');
    group.get('a')?.stop();
    expect(states()).toEqual({ stopped: 1 });
    expect(await group.remove('a')).toBeUndefined();
  });
});

describe('a name whose link is still being removed', () => {
  it('can be added: the new link starts when the old one is released', async () => {
    const { group, add, clock, told, states } = make();
    const old = await add('a');
    const removed = group.remove('a');
    const next = await add('a', false);
    await clock.drain();
    expect(states()).toEqual({ pending: 1 });
    expect(next.connects).toEqual([]);
    told();
    old.runs[0]?.resolve(Continue());
    await removed;
    await clock.drain();
    expect(next.connects).toHaveLength(1);
    expect(told().slice(-3)).toEqual(['a: link.ended', 'a: link.removed', 'a: attempt.started']);
  });

  it('can be added and removed again: that is over when the old one is released', async () => {
    const { group, add, clock, told } = make();
    const old = await add('a');
    const first = group.remove('a');
    const next = await add('a', false);
    told();
    const second = group.remove('a');
    expect(told()).toEqual(['a: link.removed']);
    await clock.drain();
    expect(await isSettled(second)).toBe(false);
    old.runs[0]?.resolve(Continue());
    expect(await first).toMatchObject({ status: 'stopped' });
    expect(await second).toBeUndefined();
    await clock.drain();
    expect(next.connects).toEqual([]);
    expect(clock.pending).toEqual([]);
  });
});

describe('sync', () => {
  const define = (name: string, version?: number) => ({
    name,
    version,
    connector: scriptedConnector().connector,
  });

  it('adds, removes, replaces and keeps', async () => {
    const { group, clock, states } = make();
    expect(group.sync([define('a'), define('b', 1), define('c')])).toEqual({
      added: ['a', 'b', 'c'],
      removed: [],
      replaced: [],
    });
    await clock.drain();
    const kept = group.get('a');
    const replaced = group.get('b');
    const changes = group.sync([define('a'), define('b', 2), define('d')]);
    expect(changes).toEqual({ added: ['d'], removed: ['c'], replaced: ['b'] });
    expect(group.names).toEqual(['a', 'b', 'd']);
    expect(group.get('a')).toBe(kept);
    expect(states()).toEqual({ connecting: 2, pending: 1 });
    await clock.advance(5000);
    expect(group.get('b')).not.toBe(replaced);
    expect(group.get('b')).toBeDefined();
  });

  it('keeps what has ended, which is not started again', async () => {
    const { group, add, settle, states } = make();
    const script = await add('a');
    await settle(() => script.runs[0]?.resolve(Break('done')));
    expect(group.sync([define('a')])).toEqual({ added: [], removed: [], replaced: [] });
    expect(states()).toEqual({ completed: 1 });
  });

  it.each<readonly [string, () => Iterable<unknown>, string]>([
    [
      'a name that is there twice',
      () => [define('x'), define('x')],
      '`name` must be in the list once',
    ],
    ['a definition that is none', () => [define('x'), 7], '`definition`'],
    ['one with a field that is none', () => [{ ...define('x'), nam: 1 }], '`nam`'],
    ['a version that is none', () => [{ ...define('x'), version: {} }], '`version`'],
    ['a name that is none', () => [{ ...define('x'), name: undefined }], '`name`'],
    [
      'a list that breaks',
      function* () {
        yield define('x');
        throw refused;
      },
      '401',
    ],
  ])('changes nothing for %s', async (_, list, message) => {
    const { group, add, told } = make();
    await add('a');
    told();
    expect(() => group.sync(list() as never)).toThrow(message);
    expect(group.names).toEqual(['a']);
    expect(told()).toEqual([]);
  });

  it('adds no more when a listener stops the group, or has added the name itself', async () => {
    const { group, clock } = make();
    const other = scriptedConnector();
    const off = group.on('link.added', ({ name }) => {
      if (name === 'a') group.add('b', other.connector);
    });
    expect(group.sync([define('a'), define('b')]).added).toEqual(['a']);
    await clock.drain();
    expect(other.connects).toHaveLength(1);
    off.unsubscribe();
    group.on('link.added', () => void group.stop());
    const { added, removed } = group.sync([define('b'), define('c'), define('d')]);
    expect(removed).toEqual(['a']);
    expect(added).toEqual(['c']);
    expect(group.get('c')).toBeUndefined();
    await clock.advance(5000);
    expect(clock.pending).toEqual([]);
  });
});
