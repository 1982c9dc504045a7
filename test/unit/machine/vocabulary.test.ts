import { describe, expect, it } from 'vitest';
import { chart } from '../../../src/machine/chart.js';
import {
  commands,
  emittedTypes,
  isCommand,
  isTransient,
  reports,
  statePaths,
  tags,
} from '../../../src/machine/vocabulary.js';

interface State {
  readonly states?: Readonly<Record<string, State>>;
  readonly on?: object;
  readonly tags?: string | readonly string[];
  readonly always?: unknown;
}

/** Every state of the chart that has no states of its own. */
function leavesOf(state: State, path: readonly string[] = []): [string, State][] {
  if (state.states === undefined) return [[path.join('.'), state]];
  return Object.entries(state.states).flatMap(([name, child]) => leavesOf(child, [...path, name]));
}
const leaves = leavesOf(chart);

describe('the vocabulary', () => {
  it('lists the leaves of the chart, and which of them no snapshot shows', () => {
    expect(leaves.map(([path]) => path).toSorted()).toEqual(statePaths.toSorted());
    for (const path of statePaths) {
      const [, leaf] = leaves.find(([name]) => name === path) as [string, State];
      expect(isTransient(path)).toBe(leaf.always !== undefined);
    }
  });

  it('lists the tags that leaves have', () => {
    const used = leaves.flatMap(([, leaf]) => leaf.tags ?? []);
    expect([...new Set(used)].toSorted()).toEqual(tags.toSorted());
  });

  it('lists the commands and reports that the chart hears, and tells commands from the rest', () => {
    const heard = new Set(leaves.flatMap(([, leaf]) => Object.keys(leaf.on ?? {})));
    for (const type of [...commands, ...reports]) expect(heard).toContain(type);
    expect([...heard].filter(isCommand).toSorted()).toEqual(commands.toSorted());
    expect([...emittedTypes, ...reports].filter(isCommand)).toEqual([]);
  });
});
