import type { Chart, ChartEdge, ChartState, StateType } from './chart.js';
import { edgesOf } from './edgesOf.js';
import { type Fields, fields, list, namesOf, text } from './fields.js';
import { invokesOf } from './invokesOf.js';
import { readingOrder } from './readingOrder.js';

/**
 * Reads a machine's config as it comes over the wire: JSON, keys in any order, functions as `{type}`. Whatever
 * is not understood in it is left out, never an error.
 */
export function chartOf(definition: string | null, name: string): Chart {
  const config = parse(definition);
  const machineId = text(config['id']) ?? '(machine)';
  const states = new Map<string, ChartState>();
  const ids = new Map<string, ChartState>();
  const configs = new Map<ChartState, Fields>();

  const add = (key: string, own: Fields, parent: ChartState | undefined): ChartState => {
    const path = parent ? (parent.path === '' ? key : `${parent.path}.${key}`) : '';
    const inner = fields(own['states']);
    const id = text(own['id']) ?? (path === '' ? machineId : `${machineId}.${path}`);
    const state: ChartState = {
      path,
      id,
      name: parent ? key : (text(own['id']) ?? name),
      type: typeOf(own, inner),
      parent,
      children: [],
      initial: initialOf(own),
      isDeepHistory: own['history'] === 'deep',
      description: text(own['description']) ?? '',
      tags: list(own['tags']).filter((tag) => typeof tag === 'string'),
      invokes: invokesOf(own, id).map((invoke) => invoke.name),
      entry: namesOf(own['entry']),
      exit: namesOf(own['exit']),
      edges: [],
    };
    states.set(path, state);
    ids.set(id, state);
    configs.set(state, own);
    for (const [childKey, child] of Object.entries(inner)) {
      state.children.push(add(childKey, fields(child), state));
    }
    return state;
  };
  const root = add('', config, undefined);

  // Targets may lead anywhere: edges come when all states are known, and the order when all edges are.
  const edges: ChartEdge[] = [];
  for (const [state, own] of configs) {
    state.edges.push(...edgesOf(state, own, ids, edges.length));
    edges.push(...state.edges);
  }
  for (const state of states.values()) {
    state.children.splice(0, state.children.length, ...readingOrder(state));
  }
  return { root, states, ids, edges };
}

function parse(definition: string | null): Fields {
  try {
    return fields(JSON.parse(definition ?? '{}'));
  } catch {
    return {};
  }
}

function typeOf(own: Fields, inner: Fields): StateType {
  const type = own['type'];
  if (type === 'final' || type === 'history' || type === 'parallel') return type;
  if (own['history'] !== undefined && own['history'] !== false) return 'history';
  return Object.keys(inner).length > 0 ? 'compound' : 'atomic';
}

function initialOf(own: Fields): string | undefined {
  const { initial } = own;
  const target = typeof initial === 'object' ? list(fields(initial)['target'])[0] : initial;
  return typeof target === 'string' ? target.replace(/^\./, '') : undefined;
}
