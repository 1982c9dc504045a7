import { describe, expect, it } from 'vitest';
import { parseFrame } from '../../src/server/frame.js';
import { History } from '../../src/server/history.js';
import { defaultLimits, type Limits } from '../../src/server/limits.js';
import { collectGarbage } from '../../../../test/support/collectGarbage.js';
import { frames } from '../support/peers.js';

const plenty: Limits = {
  ...defaultLimits,
  recordsPerActor: 1000,
  records: 10_000,
  bytes: 10_000_000,
  actors: 100,
  messages: 100,
};

function historyWith(limits: Partial<Limits> = {}) {
  const all = { ...plenty, ...limits };
  const history = new History(all);
  const take = (text: string) => {
    const frame = parseFrame(text, 0, all);
    if (frame === undefined || frame.kind === 'missed') throw new Error(`no frame: ${text}`);
    return history.take('app', frame);
  };
  const kept = (key: string) =>
    [...(history.actors.get(`app/${key}`)?.records ?? [])].map(({ seq }) => seq);
  return { history, take, kept };
}

describe('History', () => {
  it('keeps the newest records of an actor, and counts what it dropped', () => {
    const { history, take, kept } = historyWith({ recordsPerActor: 3 });
    for (let i = 0; i < 5; i++) take(frames.event('a', `e${i}`));
    expect(kept('a')).toEqual([3, 4, 5]);
    expect(history.actors.get('app/a')?.dropped).toBe(2);
    expect(history.totals(1)).toMatchObject({ kept: 3, dropped: 2, actors: 1, producers: 1 });
  });

  it('keeps the running timers, wherever a frame tells them', () => {
    const { history, take } = historyWith();
    const after = [{ eventType: 'xstate.after.nap.m.a', delayMs: 5, startedAt: 7 }];
    take(frames.actor('a', { _after: after }));
    take(frames.snapshot('a', 'b', { _after: after }));
    take(frames.snapshot('a', 'c'));
    const records = [...(history.actors.get('app/a')?.records ?? [])];
    const told = records.map(({ json }) => (JSON.parse(json) as { after?: unknown }).after);
    expect(told).toEqual([after, after, undefined]);
  });

  it('keeps the newest records of all, whoever has them', () => {
    const { history, take, kept } = historyWith({ records: 4 });
    for (let i = 0; i < 3; i++) {
      take(frames.event('a', 'e'));
      take(frames.event('b', 'e'));
    }
    expect(kept('a')).toEqual([3, 5]);
    expect(kept('b')).toEqual([4, 6]);
    expect(history.totals(0)).toMatchObject({ kept: 4, dropped: 2 });
  });

  it('keeps to its size: a long record makes several short ones leave', () => {
    const { history, take, kept } = historyWith({ bytes: 1000 });
    for (let i = 0; i < 5; i++) take(frames.event('a', 'e'));
    take(frames.event('a', 'long'.repeat(200)));
    expect(kept('a').length).toBeLessThan(4);
    expect(kept('a').at(-1)).toBe(6);
    expect(history.totals(0).keptBytes).toBeLessThanOrEqual(1000);
  });

  it('both bounds together: what an actor dropped by itself does not count twice', () => {
    const { history, take, kept } = historyWith({ recordsPerActor: 2, records: 4 });
    for (let i = 0; i < 50; i++) take(frames.event(i % 2 === 0 ? 'a' : 'b', 'e'));
    take(frames.event('c', 'e'));
    expect(history.totals(0)).toMatchObject({ kept: 4, dropped: 47 });
    expect([...kept('a'), ...kept('b'), ...kept('c')].toSorted((x, y) => x - y)).toEqual([
      48, 49, 50, 51,
    ]);
  });

  it('goes by age over all actors, past the places of what an actor dropped by itself', () => {
    const { take, kept } = historyWith({ recordsPerActor: 2, bytes: 1000 });
    for (const id of ['a', 'b', 'c', 'b', 'b']) take(frames.event(id, 'e'));
    take(frames.event('d', 'l'.repeat(820))); // two records have to leave
    expect([kept('a'), kept('b'), kept('c'), kept('d')]).toEqual([[], [4, 5], [], [6]]);
  });

  it('lets actors go when there are too many: an ended one first, else the oldest', () => {
    const { history, take } = historyWith({ actors: 3 });
    for (const id of ['a', 'b', 'c']) take(frames.actor(id));
    take(frames.snapshot('b', 'over', { snapshot: { status: 'done' } }));
    expect(take(frames.actor('d')).removed.map(({ key }) => key)).toEqual(['app/b']);
    expect(take(frames.actor('e')).removed.map(({ key }) => key)).toEqual(['app/a']);
    expect([...history.actors.keys()]).toEqual(['app/c', 'app/d', 'app/e']);
    expect(history.totals(0).kept).toBe(3);
  });

  it('shows an actor of which no beginning came', () => {
    const { history, take } = historyWith();
    take(
      frames.snapshot('x:7', { on: 'fast' }, { snapshot: { value: { on: 'fast' }, tags: ['up'] } }),
    );
    expect(history.actors.get('app/x:7')?.summary()).toMatchObject({
      name: 'x:7',
      states: ['on.fast'],
      tags: ['up'],
      isMachine: true,
      status: 'active',
      steps: 1,
    });
  });

  it('names the innermost states of parallel regions', () => {
    const { history, take } = historyWith();
    take(frames.snapshot('a', { left: 'up', right: { deep: { er: 'down' } }, empty: {} }));
    expect(history.actors.get('app/a')?.summary().states).toEqual([
      'left.up',
      'right.deep.er.down',
      'empty',
    ]);
  });

  it('ends a child that its parent no longer lists, that has a successor, or whose parent has ended', () => {
    const { history, take } = historyWith();
    const child = (id: string, name: string) => take(frames.actor(id, { name, parentId: 'a' }));
    const list = (...names: string[]) =>
      take(
        frames.snapshot('a', 's', {
          snapshot: { value: 's', children: Object.fromEntries(names.map((name) => [name, {}])) },
        }),
      );
    const statuses = () =>
      ['b', 'c', 'd'].map((id) => history.actors.get(`app/${id}`)?.status).join(' ');
    take(frames.actor('a'));
    child('b', 'connect');
    child('c', 'run');
    expect(list('connect', 'run').stopped).toEqual([]);
    expect(list('run').stopped.map(({ key }) => key)).toEqual(['app/b']);
    expect(child('d', 'run').stopped.map(({ key }) => key)).toEqual(['app/c']);
    expect(statuses()).toBe('stopped stopped active');
    take(frames.snapshot('a', 's', { snapshot: { status: 'done' } }));
    expect(statuses()).toBe('stopped stopped stopped');
  });

  it('keeps who sent what to whom, without the payload', () => {
    const { history, take } = historyWith({ messages: 2 });
    take(frames.actor('a', { rootId: 'root' }));
    take(frames.event('a', 'one'));
    take(frames.event('a', 'two', { sourceId: 'b', event: { type: 'two', secret: 1 } }));
    take(frames.event('a', 'three'));
    const messages = [...history.messages].map(({ family, json }) => ({
      family,
      ...(JSON.parse(json) as object),
    }));
    expect(messages).toEqual([
      { family: 'app/root', seq: 3, at: 0, from: 'app/b', to: 'app/a', type: 'two' },
      { family: 'app/root', seq: 4, at: 0, to: 'app/a', type: 'three' },
    ]);
  });

  it('holds one text for a thousand actors of one machine', () => {
    const { history, take } = historyWith({ actors: 2000 });
    const definition = JSON.stringify({ id: 'm', states: { idle: {} } });
    for (let i = 0; i < 1000; i++) take(frames.actor(`a${i}`, { definition }));
    const texts = [...history.actors.values()].map((actor) => actor.definition);
    expect(new Set(texts)).toEqual(new Set([definition]));
  });

  it('keeps messages to their size, too', () => {
    const { history, take } = historyWith({ messages: 1000, messageBytes: 1000 });
    for (let i = 0; i < 50; i++) take(frames.event('a', `${i}`.padEnd(200, 'x')));
    const kept = [...history.messages];
    expect(kept.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(1000);
    expect(kept.at(-1)?.seq).toBe(50);
    expect(kept.length).toBeGreaterThan(2);
  });

  it('keeps definitions while there is room for them, and says of which it did not', () => {
    const { history, take } = historyWith({ definitionBytes: 100, definitionCharacters: 80 });
    const lost = (key: string) => history.actors.get(`app/${key}`)?.lostDefinition;
    const send = (key: string, length: number) =>
      take(frames.actor(key, { definition: key.padEnd(length, 'x') }));
    send('a', 60);
    send('b', 60);
    send('c', 81);
    expect(lost('a')).toBeUndefined();
    expect(lost('b')).toBe(
      'there is no room for its definition of 60 characters; all together have 100 bytes',
    );
    expect(lost('c')).toBe('its definition has 81 characters; up to 80 are read');
    send('a', 30); // in place of the one it had
    send('b', 60);
    expect(lost('b')).toBeUndefined();
  });

  it('tells of states and tags as many as one reads', () => {
    const { history, take } = historyWith({ leaves: 3, leafCharacters: 10 });
    const value = Object.fromEntries([1, 2, 3, 4, 5].map((i) => [`s${i}`, {}]));
    take(frames.snapshot('a', value, { snapshot: { value, tags: ['12345678', '90ab'] } }));
    expect(history.actors.get('app/a')?.summary()).toMatchObject({
      states: ['s1', 's2', 's3', '...'],
      tags: ['12345678', '90...'],
    });
  });

  it('counts frames of which a part was left out', () => {
    const { history, take } = historyWith({ depth: 2 });
    take(frames.snapshot('a', 's', { snapshot: { value: 's', context: { a: 1 } } }));
    expect(history.totals(0).cut).toBe(0);
    take(frames.snapshot('a', 's', { snapshot: { value: 's', context: { a: { b: {} } } } }));
    expect(history.totals(0).cut).toBe(1);
  });

  it('lets go of a child that names another parent, and of places that nothing stands at any more', () => {
    const { history, take } = historyWith({ recordsPerActor: 5 });
    const heldBytes = () => {
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    take(frames.actor('quiet'));
    take(frames.actor('child', { parentId: 'p' }));
    const before = heldBytes();
    const event = frames.event('busy', 'e');
    for (let i = 0; i < 150_000; i++) take(event);
    for (let i = 0; i < 20_000; i++) take(frames.actor('child', { parentId: `p${i}` }));
    expect(heldBytes() - before).toBeLessThan(3_000_000);
    expect(history.totals(0).kept).toBe(11);
  });
});
