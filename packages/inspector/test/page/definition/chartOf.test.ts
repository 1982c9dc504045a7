import { reconnectMachine } from 'schmoozer';
import { describe, expect, it } from 'vitest';
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { chartOf } from '../../../src/page/definition/chartOf.js';
import { player, stone } from '../../support/machines.js';
import { definitionOf } from '../../support/wire.js';

const sorted = (texts: readonly string[]) => texts.toSorted((a, b) => (a < b ? -1 : 1));

/** What XState itself makes of a config. */
function truthOf(machine: AnyStateMachine) {
  const nodes: AnyStateNode[] = [];
  const visit = (node: AnyStateNode) => {
    nodes.push(node);
    Object.values(node.states).forEach(visit);
  };
  visit(machine.root);
  const edges = nodes.flatMap((node) =>
    [...node.transitions.values(), node.always ?? []]
      .flat()
      .map((transition) =>
        [
          transition.source.id,
          transition.eventType,
          (transition.target ?? []).map(({ id }: AnyStateNode) => id).join(),
        ].join(' '),
      ),
  );
  return {
    states: nodes.map(
      (node) => `${node.id} ${node.type} ${node.path.join('.')} ${node.tags.join()}`,
    ),
    edges,
  };
}

describe('chartOf', () => {
  it.each([
    ['the reconnect machine', reconnectMachine as unknown as AnyStateMachine],
    ['a player', player as unknown as AnyStateMachine],
    ['a stone', stone as unknown as AnyStateMachine],
  ])(
    'finds in the definition of %s every state and transition that XState finds',
    (_name, machine) => {
      const chart = chartOf(definitionOf(machine), 'given name');
      const truth = truthOf(machine);
      const states = [...chart.states.values()].map(
        ({ id, type, path, tags }) => `${id} ${type} ${path} ${tags.join()}`,
      );
      const edges = chart.edges.map(({ source, eventType, targets }) =>
        [source.id, eventType, targets.map(({ id }) => id).join()].join(' '),
      );
      expect(sorted(states)).toEqual(sorted(truth.states));
      expect(sorted(edges)).toEqual(sorted(truth.edges));
    },
  );

  it('says in words what a transition is', () => {
    const { edges } = chartOf(definitionOf(player), '');
    const labels = edges.map(({ label, kind }) => `${kind}: ${label}`);
    expect(labels).toEqual(
      expect.arrayContaining([
        'event: play',
        'event: play [never]',
        'event: any event',
        'event: song.*',
        'after: after 100 ms',
        'after: after fade',
        'always: always [never]',
        'done: fetchSong done',
        'error: fetchSong failed',
        'done: done [hasMore]',
      ]),
    );
    expect(
      chartOf(definitionOf(reconnectMachine as unknown as AnyStateMachine), '').edges.map(
        ({ label }) => label,
      ),
    ).toEqual(
      expect.arrayContaining([
        'connect done [isStableAtOnce]',
        'run failed',
        'after retryDelay [isBounded]',
      ]),
    );
  });

  it('puts the initial state first and a final one last, whatever the order of the keys', () => {
    const { root } = chartOf(definitionOf(reconnectMachine), '');
    const names = root.children.map(({ name }) => name);
    expect([names[0], names.at(-1)]).toEqual(['waiting', 'stopped']);
  });

  it('puts states that no arrow leads to before a final one', () => {
    const definition = { initial: 'c', states: { a: { type: 'final' }, b: {}, c: {} } };
    const { root } = chartOf(JSON.stringify(definition), '');
    expect(root.children.map(({ name }) => name)).toEqual(['c', 'b', 'a']);
  });

  it.each([
    [null],
    [''],
    ['{'],
    ['null'],
    ['[]'],
    ['"text"'],
    ['{"states":[1,2]}'],
    ['{"states":{"a":null,"b":"[Object]"},"initial":7}'],
    [
      '{"states":{"a":{"on":{"x":"#nowhere","y":["b",null,3],"z":{"target":["a","q"]}},"after":"[Object]","invoke":[null,"x"],"always":{}}}}',
    ],
  ])('reads what it can of %s', (definition) => {
    const chart = chartOf(definition, 'something');
    expect(chart.root.path).toBe('');
    for (const { targets } of chart.edges) expect(targets).not.toContain(undefined);
  });

  it('a definition without states is one state of the given name', () => {
    expect(chartOf(null, 'connect').root).toMatchObject({ name: 'connect', type: 'atomic' });
  });
});
