import {
  eventsOf,
  initialModelState,
  type ModelEvent,
  type ModelSetup,
  type ModelState,
  nextModelState,
} from '../../../src/testing/model.js';

/** Events to apply in order, from the start. */
export type Tour = readonly ModelEvent[];

interface Edge {
  readonly source: ModelState;
  readonly event: ModelEvent;
  readonly target: ModelState;
  /** Where it leads: the edges that can follow it. */
  readonly next: Edge[];
  /** What it is in a pair; states that differ in nothing but these are one. */
  readonly kind: number;
  /** Itself. */
  readonly id: number;
  /** Whether nothing that is wanted can follow it any more. */
  isSpent: boolean;
}

export interface Tours {
  readonly tours: readonly Tour[];
  readonly edges: number;
  /** How many edges, or pairs of edges, they take: all there are. */
  readonly taken: number;
}

/**
 * Walks from the start that together take everything: `edges` tells states apart by all that the model knows but the
 * number of the session; `pairs` takes every two edges in a row, and tells states apart by all but the attempt, and
 * whether there has been a good session. Where a walk leads on it goes on, so that most steps take something new.
 */
export function tours(setup: ModelSetup, cover: 'edges' | 'pairs', maxAttempt: number): Tours {
  const start = modelEdges(setup, maxAttempt);
  const taken = new Set<number>();
  const goalOf = (before: Edge, edge: Edge) =>
    cover === 'edges' ? edge.id : before.kind * MANY + edge.kind;
  const isWanted = (before: Edge, edge: Edge) => !taken.has(goalOf(before, edge));
  const take = (before: Edge, edge: Edge) => {
    taken.add(goalOf(before, edge));
    return edge;
  };

  const all: Tour[] = [];
  for (;;) {
    const tour: Edge[] = [];
    let at = start.root;
    for (;;) {
      const way = nearest(at, isWanted);
      if (way === undefined) break;
      for (const edge of way) {
        tour.push(take(at, edge));
        at = edge;
      }
    }
    if (tour.length === 0) break;
    all.push(tour.map(({ event }) => event));
  }
  return { tours: all, edges: start.count, taken: taken.size };
}

const MANY = 2 ** 20;

/** The shortest way to something that is wanted, its end included; one that leads on is preferred. */
function nearest(
  from: Edge,
  isWanted: (before: Edge, edge: Edge) => boolean,
): readonly Edge[] | undefined {
  const cameFrom = new Map<Edge, Edge | undefined>([[from, undefined]]);
  for (const edge of cameFrom.keys()) {
    if (!edge.isSpent) {
      const wanted = edge.next.filter((following) => isWanted(edge, following));
      edge.isSpent = wanted.length === 0;
      const best = wanted.find(({ next }) => next.length > 0) ?? wanted[0];
      if (best !== undefined) return [...wayTo(edge, cameFrom), best];
    }
    for (const following of edge.next) {
      if (!cameFrom.has(following)) cameFrom.set(following, edge);
    }
  }
  return undefined;
}

function wayTo(edge: Edge, cameFrom: ReadonlyMap<Edge, Edge | undefined>): Edge[] {
  const way: Edge[] = [];
  for (let at = edge; ;) {
    const before = cameFrom.get(at);
    if (before === undefined) return way.toReversed();
    way.push(at);
    at = before;
  }
}

function modelEdges(setup: ModelSetup, maxAttempt: number): { root: Edge; count: number } {
  const keyOf = (state: ModelState) => JSON.stringify({ ...state, epoch: 0 });
  const kindOf = (state: ModelState) =>
    JSON.stringify({ ...state, epoch: 0, attempt: 0, hasBeenStable: false });
  const kinds = new Map<string, number>();
  const outOf = new Map<string, Edge[]>();
  const root: Edge = {
    source: initialModelState(setup),
    event: 'resume',
    target: initialModelState(setup),
    next: [],
    kind: 0,
    id: 0,
    isSpent: false,
  };
  outOf.set(keyOf(root.target), root.next);
  let count = 0;
  const unseen: Edge[] = [root];
  for (const { target: source, next } of unseen) {
    for (const event of eventsOf(source)) {
      const target = nextModelState(source, event, setup);
      if (target.attempt > maxAttempt) continue;
      const key = keyOf(target);
      const isNew = !outOf.has(key);
      const out = outOf.get(key) ?? [];
      outOf.set(key, out);
      const kindName = `${kindOf(source)} ${event} ${kindOf(target)}`;
      const kind = kinds.get(kindName) ?? kinds.size + 1;
      kinds.set(kindName, kind);
      count += 1;
      const edge: Edge = { source, event, target, next: out, kind, id: count, isSpent: false };
      next.push(edge);
      if (isNew) unseen.push(edge);
    }
  }
  return { root, count };
}
