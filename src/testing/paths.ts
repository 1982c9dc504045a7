import { keyOf } from './model.js';
import type { ModelTestEvent, UserModel } from './userModel.js';

/** Which paths to make. */
export interface ModelTestPathOptions {
  /** Every edge of the model once, or every two edges that can follow each other. Default 'pairs'. */
  readonly cover?: 'edges' | 'pairs';
  /** How many failed attempts in a row are told apart. Default 3; bounds >= 1. */
  readonly maxAttempt?: number;
}

/** The options' defaults; each stands here only. */
export const pathDefaults: Required<ModelTestPathOptions> = { cover: 'pairs', maxAttempt: 3 };

/** Events to apply in order, from the start. */
type Path = readonly ModelTestEvent[];

interface Edge {
  readonly source: string;
  readonly event: ModelTestEvent;
  readonly target: string;
}

/**
 * The shortest paths from the start that, together, take every edge or every pair of edges, and those that go round
 * twice.
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

/** Goes round twice by each edge that a round can take: what a session leaves behind shows as it grows. */
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

/** The shortest way from where an edge ends to where it begins. */
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

/** Every edge between states that differ in more than the number of the session. */
function modelEdges(model: UserModel, maxAttempt: number): Edge[] {
  const states = new Map([[keyOf(model.initial), model.initial]]);
  const edges: Edge[] = [];
  // A Map's iterator also reaches what is added on the way: breadth first.
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

/** The shortest way from the start to each state. */
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

/** A path that another one starts with says nothing new. */
function withoutPrefixes(paths: readonly Path[]): Path[] {
  const prefixes = new Set(
    paths.flatMap((path) => path.slice(1).map((_, i) => path.slice(0, i + 1).join())),
  );
  const whole = paths.filter((path) => !prefixes.has(path.join()));
  return [...new Map(whole.map((path) => [path.join(), path])).values()];
}
