import { fromTransition } from 'xstate';
import { getAdjacencyMap } from 'xstate/graph';
import {
  eventsOf,
  initialModelState,
  type ModelEvent,
  type ModelState,
  nextModelState,
} from './model.js';

export interface PathOptions {
  /** Every edge of the model once, or every two edges that can follow each other. Default 'pairs'. */
  readonly cover?: 'edges' | 'pairs';
  /** How many failed tries in a row are told apart. Default 3; bounds >= 1. */
  readonly maxAttempt?: number;
  /** The model to walk. Default: the whole chart. */
  readonly model?: WalkedModel;
}

/** A pure model: where it starts, what can happen, what follows. */
export interface WalkedModel {
  readonly initial: ModelState;
  eventsOf(state: ModelState): ModelEvent[];
  next(state: ModelState, event: ModelEvent): ModelState;
}

const wholeChart: WalkedModel = { initial: initialModelState, eventsOf, next: nextModelState };

/** Events to apply in order, from the start. */
export type Path = readonly ModelEvent[];

interface Edge {
  readonly source: string;
  readonly event: ModelEvent;
  readonly target: string;
}

interface Transition {
  readonly event: { readonly type: ModelEvent };
  readonly state: { readonly context: ModelState };
}

/** The shortest paths from the start that, together, take every edge or every pair of edges. */
export function modelPaths(options: PathOptions = {}): Path[] {
  const { cover = 'pairs', maxAttempt = 3, model = wholeChart } = options;
  const edges = modelEdges(model, maxAttempt);
  const prefixes = shortestPrefixes(edges);
  const paths = edges.flatMap((edge) => {
    const path = [...(prefixes.get(edge.source) as ModelEvent[]), edge.event];
    const next = edges.filter(({ source }) => cover === 'pairs' && source === edge.target);
    return next.length > 0 ? next.map(({ event }) => [...path, event]) : [path];
  });
  return withoutPrefixes(paths);
}

/** Every edge between states that differ in more than the number of the session. */
function modelEdges(model: WalkedModel, maxAttempt: number): Edge[] {
  const keyOf = ({ place, attempt, waitsForever, status, hasLateError }: ModelState) =>
    [place, attempt, waitsForever, status, hasLateError].join();
  const logic = fromTransition(
    (state: ModelState, event: { type: ModelEvent }) => model.next(state, event.type),
    model.initial,
  );
  const map = getAdjacencyMap(logic, {
    events: ({ context }) =>
      model
        .eventsOf(context)
        .filter((event) => model.next(context, event).attempt <= maxAttempt)
        .map((type) => ({ type })),
    serializeState: ({ context }) => keyOf(context),
    serializeEvent: ({ type }) => type,
  });
  return Object.entries(map).flatMap(([source, { transitions }]) =>
    Object.values(transitions as Record<string, Transition>).map(({ event, state }) => ({
      source,
      event: event.type,
      target: keyOf(state.context),
    })),
  );
}

/** The shortest way from the start to each state. */
function shortestPrefixes(edges: readonly Edge[]): Map<string, ModelEvent[]> {
  const start = (edges[0] as Edge).source;
  const prefixes = new Map<string, ModelEvent[]>([[start, []]]);
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
