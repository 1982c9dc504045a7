import { keyOf } from './model.js';
import type { ModelTestEvent, UserModel } from './userModel.js';

/** Options of the paths. */
export interface ModelTestPathOptions {
  /**
   * `'edges'` covers every edge of the model once, `'pairs'` every two edges that can follow each other. Default:
   * 'pairs'.
   */
  readonly cover?: 'edges' | 'pairs';
  /**
   * Maximum number of failures in a row on a path: a state after one failure differs from one after two, up to this
   * number. Default: 3. Bounds: an integer >= 1.
   */
  readonly maxAttempt?: number;
}

/** The options' only list of defaults. */
export const pathDefaults: Required<ModelTestPathOptions> = { cover: 'pairs', maxAttempt: 3 };

/** Events to apply in order, from the start. */
type Path = readonly ModelTestEvent[];

interface Edge {
  readonly source: string;
  readonly event: ModelTestEvent;
  readonly target: string;
}

/**
 * Returns the shortest paths from the start that together take every edge or every pair of edges, and paths that take a
 * round twice.
 */
export function modelPaths(model: UserModel, options: Required<ModelTestPathOptions>): Path[] {
  const { cover, maxAttempt } = options;
  const edges = modelEdges(model, maxAttempt);
  const prefixes = shortestPrefixes(edges);
  const paths = edges.flatMap((edge) => {
    const path = [...(prefixes.get(edge.source) as ModelTestEvent[]), edge.event];
    const next = edges.filter(({ source }) => cover === 'pairs' && source === edge.target);
    return next.length > 0 ? next.map(({ event }) => [...path, event]) : [path];
  });
  // A short path that fails says more than a long one that begins with it.
  return [...withoutPrefixes(paths), ...rounds(edges, prefixes)];
}

/**
 * Returns paths that go round twice through each edge of a round: things that a session leaves behind accumulate there.
 */
function rounds(edges: readonly Edge[], prefixes: ReadonlyMap<string, Path>): Path[] {
  const taken = new Set<Edge>();
  return edges.flatMap((edge) => {
    if (taken.has(edge)) return [];
    const back = wayBack(edges, edge);
    if (back === undefined) return [];
    const round = [edge, ...back];
    for (const each of round) taken.add(each);
    const events = round.map(({ event }) => event);
    return [[...(prefixes.get(edge.source) as Path), ...events, ...events]];
  });
}

/** The shortest path from the end of an edge to its beginning. */
function wayBack(edges: readonly Edge[], { source, target }: Edge): readonly Edge[] | undefined {
  const ways = new Map<string, readonly Edge[]>([[target, []]]);
  for (const [place, way] of ways) {
    if (place === source) return way;
    for (const edge of edges) {
      if (edge.source === place && !ways.has(edge.target)) ways.set(edge.target, [...way, edge]);
    }
  }
  return undefined;
}

/** Returns every edge between states that differ in more than the number of the session. */
function modelEdges(model: UserModel, maxAttempt: number): Edge[] {
  const states = new Map([[keyOf(model.initial), model.initial]]);
  const edges: Edge[] = [];
  // A Map's iterator also visits entries added during the iteration: breadth first.
  for (const [source, state] of states) {
    for (const event of model.eventsOf(state)) {
      const next = model.next(state, event);
      if (next.attempt > maxAttempt) continue;
      const target = keyOf(next);
      edges.push({ source, event, target });
      if (!states.has(target)) states.set(target, next);
    }
  }
  return edges;
}

/** The shortest path from the start to each state. */
function shortestPrefixes(edges: readonly Edge[]): Map<string, ModelTestEvent[]> {
  const start = (edges[0] as Edge).source;
  const prefixes = new Map<string, ModelTestEvent[]>([[start, []]]);
  for (const [source, prefix] of prefixes) {
    for (const edge of edges) {
      if (edge.source === source && !prefixes.has(edge.target)) {
        prefixes.set(edge.target, [...prefix, edge.event]);
      }
    }
  }
  return prefixes;
}

/** Removes each path that another one begins with. */
function withoutPrefixes(paths: readonly Path[]): Path[] {
  const prefixes = new Set(
    paths.flatMap((path) => path.slice(1).map((_, i) => path.slice(0, i + 1).join())),
  );
  const whole = paths.filter((path) => !prefixes.has(path.join()));
  return [...new Map(whole.map((path) => [path.join(), path])).values()];
}
