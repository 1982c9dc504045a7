import type { Chart, ChartEdge, ChartState, StateType } from './chart.js';
import { edgesOf } from './edgesOf.js';
import { few, type Fields, fields, list, namesOf, short, text } from './fields.js';
import { invokesOf } from './invokesOf.js';
import { readingOrder } from './readingOrder.js';

/** The texts with which `@statelyai/inspect` replaces objects deeper than ten levels. */
const CUT: ReadonlySet<unknown> = new Set(['[Object]', '[Array]']);
/** Larger charts are unreadable, and their layout would take minutes. */
const MAX_DEPTH = 24;
const MAX_STATES = 500;
const MAX_EDGES = 1500;
const MAX_DESCRIPTION = 2000;

/**
 * Reads a machine's config from the wire: JSON, with keys in any order and functions as `{type}`. Unknown parts are
 * omitted, never an error.
 */
export function chartOf(definition: string | null, name: string): Chart {
  const config = parse(definition);
  const machineId = text(config['id']) ?? '(machine)';
  const states = new Map<string, ChartState>();
  const ids = new Map<string, ChartState>();
  const configs = new Map<ChartState, Fields>();
  let isTooDeep = false;
  let isCut = false;
  let isTooLarge = false;

  const add = (
    key: string,
    own: Fields,
    parent: ChartState | undefined,
    depth: number,
  ): ChartState => {
    const path = parent ? (parent.path === '' ? key : `${parent.path}.${key}`) : '';
    if (CUT.has(own['states'])) isCut = true;
    const inner = fields(own['states']);
    const id = text(own['id']) ?? (path === '' ? machineId : `${machineId}.${path}`);
    const state: ChartState = {
      path,
      id,
      name: short(parent ? key : (text(own['id']) ?? name)),
      type: typeOf(own, inner),
      parent,
      children: [],
      initial: initialOf(own),
      isDeepHistory: own['history'] === 'deep',
      description: short(text(own['description']) ?? '', MAX_DESCRIPTION),
      tags: few(list(own['tags']).filter((tag) => typeof tag === 'string')),
      invokes: few(invokesOf(own, id).map((invoke) => invoke.name)),
      entry: few(namesOf(own['entry'])),
      exit: few(namesOf(own['exit'])),
      edges: [],
    };
    states.set(path, state);
    ids.set(id, state);
    configs.set(state, own);
    for (const [childKey, child] of Object.entries(inner)) {
      if (CUT.has(child)) isCut = true;
      isTooDeep ||= depth >= MAX_DEPTH;
      isTooLarge ||= states.size >= MAX_STATES;
      if (depth >= MAX_DEPTH || isTooLarge) break;
      state.children.push(add(childKey, fields(child), state, depth + 1));
    }
    return state;
  };
  const root = add('', config, undefined, 0);

  // Targets may be anywhere: edges are read when all states are known, and sorted when all edges are.
  const edges: ChartEdge[] = [];
  let hasTooMany = false;
  for (const [state, own] of configs) {
    const all = edgesOf(state, own, ids, edges.length);
    const kept = all.slice(0, MAX_EDGES - edges.length);
    hasTooMany ||= kept.length < all.length;
    for (const edge of kept) state.edges.push(edge);
    for (const edge of kept) edges.push(edge);
  }
  for (const state of states.values()) {
    state.children.splice(0, state.children.length, ...readingOrder(state));
  }
  const omission = [
    ...(isCut
      ? [
          'states that @statelyai/inspect has cut off: it sends ten levels of a definition, which are four or five of states',
        ]
      : []),
    ...(isTooDeep ? [`states deeper than ${MAX_DEPTH} levels`] : []),
    ...(isTooLarge ? [`states after the first ${MAX_STATES}`] : []),
    ...(hasTooMany ? [`transitions after the first ${MAX_EDGES}`] : []),
  ].join(' and ');
  return { root, states, ids, edges, omission };
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
