import { describe, expect, it } from 'vitest';
import { Store } from '../../src/page/store.js';
import type { ActorRecord, ActorSummary, ServerMessage } from '../../src/protocol.js';

const definition = JSON.stringify({
  id: 'm',
  initial: 'a',
  states: { a: { on: { go: 'b' } }, b: { on: { go: 'a' } } },
});
const totals = {
  actors: 0,
  kept: 0,
  keptBytes: 0,
  dropped: 0,
  rejected: 0,
  cut: 0,
  turnedAway: 0,
  failed: 0,
  missed: 0,
  producers: 1,
  failedActors: 0,
};

function summary(key: string, more: Partial<ActorSummary> = {}): ActorSummary {
  return {
    key,
    sessionId: key,
    name: key,
    producer: 'app',
    family: key,
    isMachine: true,
    states: ['a'],
    tags: [],
    status: 'active',
    isConnected: true,
    isUsed: true,
    steps: 0,
    ...more,
  };
}

function connected(instance = 'one') {
  const asked: string[] = [];
  const store = new Store((key) => asked.push(key));
  const hello = (name: string) =>
    store.receive({ type: 'hello', instance: name, producerUrl: 'ws://' });
  const tell = (...changed: ActorSummary[]) =>
    store.receive({ type: 'actors', changed, removed: [], totals });
  const history = (key: string, records: ActorRecord[] = []) =>
    store.receive({ type: 'history', key, definition, dropped: 0, records, messages: [] });
  const news = (key: string, ...records: ActorRecord[]) =>
    store.receive({ type: 'news', key, records, messages: [] } satisfies ServerMessage);
  hello(instance);
  return { store, asked, hello, tell, history, news };
}

const at = (seq: number, value: string): ActorRecord => ({
  seq,
  at: seq,
  kind: 'snapshot',
  event: { type: 'go' },
  snapshot: { value },
});

describe('Store', () => {
  it('asks for the first machine at the top, once', () => {
    const { asked, tell } = connected();
    tell(summary('p', { isMachine: false, parent: 'x' }), summary('c', { parent: 'x' }));
    expect(asked).toEqual([]);
    tell(summary('m'), summary('n'));
    tell(summary('o'));
    expect(asked).toEqual(['m']);
  });

  it('asks for what there is when there is no machine', () => {
    const { asked, tell } = connected();
    tell(summary('p', { isMachine: false }));
    expect(asked).toEqual(['p']);
  });

  it('asks again for its actor on a new connection; on another server for one of the same name', () => {
    const { store, asked, hello, tell } = connected();
    tell(summary('a'), summary('b', { name: 'link' }));
    store.select('b');
    hello('one');
    expect(asked).toEqual(['a', 'b', 'b']);
    hello('two');
    tell(summary('c'), summary('d', { name: 'link' }));
    expect(asked).toEqual(['a', 'b', 'b', 'd']);
  });

  it('takes records of the actor that is open, and of no other', () => {
    const { store, tell, history, news } = connected();
    tell(summary('a'), summary('b'));
    history('b', [at(1, 'a')]);
    expect(store.steps.list).toEqual([]);
    history('a', [at(2, 'a')]);
    news('b', at(3, 'b'));
    news('a', at(4, 'b'));
    expect(store.steps.list.map(({ seq }) => seq)).toEqual([2, 4]);
    store.select('b');
    news('a', at(5, 'a')); // was on its way
    expect(store.steps.list).toEqual([]);
  });

  it('edges taken live flash once; those that come while another moment is shown do not', () => {
    const { store, tell, history, news } = connected();
    tell(summary('a'));
    history('a', [at(1, 'a'), at(2, 'b')]);
    expect(store.takeEdges()).toEqual([]);
    news('a', at(3, 'a'));
    expect(store.takeEdges().map(({ source }) => source.path)).toEqual(['b']);
    expect(store.takeEdges()).toEqual([]);
    store.moveTo(0);
    news('a', at(4, 'b'));
    expect([store.place, store.takeEdges()]).toEqual([0, []]);
    store.moveTo(undefined);
    expect(store.place).toBe(3);
  });
});
