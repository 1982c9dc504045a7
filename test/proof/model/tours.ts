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
  readonly event: ModelEvent;
  readonly target: ModelState;
  /** Where it leads: the edges that can follow it. */
  readonly next: Edge[];
  /** One for all that lead from one kind of state to another by one event. */
  readonly kind: number;
  /** Itself. */
  readonly id: number;
  /** Whether nothing that is wanted can follow it any more. */
  isSpent: boolean;
}

/**
 * What the walks must take. States differ by all that the model knows but the number of the session; they are of one
 * kind if they differ in nothing but the attempt and whether there has been a good session.
 */
export interface Goal {
  /** Failed attempts in a row that are told apart. */
  readonly maxAttempt: number;
  /** Every event in every state, or in every kind of state. */
  readonly edges: 'states' | 'kinds';
  /** And every two events in a row, from one kind of state to the next. */
  readonly pairs: boolean;
}

export interface Tours {
  readonly tours: readonly Tour[];
  /** How many edges, and pairs of edges, they take: all there are. */
  readonly edges: number;
  readonly pairs: number;
}

/** Walks from the start that together reach the goal: where one leads on it goes on, so that most steps are new. */
export function tours(setup: ModelSetup, goal: Goal): Tours {
  const root = modelEdges(setup, goal.maxAttempt);
  const edges = new Set<number>();
  const pairs = new Set<number>();
  const edgeOf = ({ id, kind }: Edge) => (goal.edges === 'states' ? id : kind);
  const pairOf = (before: Edge, { kind }: Edge) => before.kind * MANY + kind;
  const isPair = (before: Edge) => goal.pairs && before !== root;
  const isWanted = (before: Edge, edge: Edge) =>
    !edges.has(edgeOf(edge)) || (isPair(before) && !pairs.has(pairOf(before, edge)));
  const take = (before: Edge, edge: Edge) => {
    edges.add(edgeOf(edge));
    if (isPair(before)) pairs.add(pairOf(before, edge));
  };

  const all: Tour[] = [];
  for (;;) {
    const tour: ModelEvent[] = [];
    let at = root;
    for (let way = nearest(at, isWanted); way.length > 0; way = nearest(at, isWanted)) {
      for (const edge of way) {
        take(at, edge);
        tour.push(edge.event);
        at = edge;
      }
    }
    if (tour.length === 0) return { tours: all, edges: edges.size, pairs: pairs.size };
    all.push(tour);
  }
}

const MANY = 2 ** 20;

/** The shortest way to something that is wanted, its end included; one that leads on is preferred. */
function nearest(from: Edge, isWanted: (before: Edge, edge: Edge) => boolean): readonly Edge[] {
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
  return [];
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

/** The edge that leads to the start; all others follow it. */
function modelEdges(setup: ModelSetup, maxAttempt: number): Edge {
  const kinds = new Map<string, number>();
  const outOf = new Map<string, Edge[]>();
  let count = 0;
  const edgeTo = (target: ModelState, event: ModelEvent, source: ModelState): Edge => {
    const name = `${kindOf(source)} ${event} ${kindOf(target)}`;
    const kind = kinds.get(name) ?? kinds.size;
    kinds.set(name, kind);
    const next = outOf.get(keyOf(target)) ?? [];
    outOf.set(keyOf(target), next);
    return { event, target, next, kind, id: count++, isSpent: false };
  };
  const start = initialModelState(setup);
  const root = edgeTo(start, 'resume', start);
  const states = [root];
  for (const { target: source, next } of states) {
    for (const event of eventsOf(source)) {
      const target = nextModelState(source, event, setup);
      if (target.attempt > maxAttempt) continue;
      const isNew = !outOf.has(keyOf(target));
      const edge = edgeTo(target, event, source);
      next.push(edge);
      if (isNew) states.push(edge);
    }
  }
  return root;
}

function keyOf(state: ModelState): string {
  return JSON.stringify({ ...state, epoch: 0 });
}

function kindOf(state: ModelState): string {
  return keyOf({ ...state, attempt: 0, hasBeenStable: false });
}
