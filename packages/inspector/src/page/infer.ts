// Why: docs/decisions/0031-inspector-edges.md
import { type Configuration, follow, innermostOf, isSame } from './configuration.js';
import { type ChartEdge, type ChartState, isInside } from './definition/chart.js';

/** Sufficient for every readable chart; a step that needs more is shown without an edge. */
const MAX_TRIED = 2000;
/** Maximum number of visited states: in a chart with hundreds of active states, fewer paths are searched. */
const MAX_WORK = 40_000;

interface Trail {
  readonly at: Configuration;
  readonly edges: readonly ChartEdge[];
  /** True if the event itself has been taken; then `always` and `done` follow. */
  readonly isTaken: boolean;
}

/**
 * Infers the edges between two snapshots, for producers that do not send them. Guards cannot be evaluated, so the
 * result is the shortest path to the machine's actual state, and of two equal paths the first in the definition.
 */
export function inferEdges(
  before: Configuration,
  eventType: string,
  after: Configuration,
): readonly ChartEdge[] {
  const trails: Trail[] = [{ at: before, edges: [], isTaken: eventType === 'xstate.init' }];
  const isStill = isSame(before, after);
  const most = Math.min(MAX_TRIED, MAX_WORK / (before.size + 1));
  for (const trail of trails) {
    if (trail.isTaken && isSame(trail.at, after)) return trail.edges;
    if (trails.length > most) return [];
    if (trail.edges.length > 8) continue;
    const event = trail.isTaken ? undefined : eventType;
    for (const edges of choices(trail.at, event).slice(0, most)) {
      // Nothing moved: it is unknown whether the guard passed, so no edge is shown.
      if (isStill && edges.some(({ guard }) => guard !== undefined)) continue;
      let at = trail.at;
      for (const edge of edges) at = follow(at, edge, after);
      trails.push({ at, edges: [...trail.edges, ...edges], isTaken: true });
    }
  }
  return [];
}

/** The possible edges of one microstep: one edge, or one in each of several regions. */
function choices(at: Configuration, eventType: string | undefined): ChartEdge[][] {
  const perRegion = innermostOf(at)
    .map((leaf) => candidates(leaf, at, eventType))
    .filter((edges) => edges.length > 0);
  // Inner states first, in any region.
  const single = [...new Set(perRegion.flat())].toSorted(
    (a, b) => depthOf(b.source) - depthOf(a.source),
  );
  const together = perRegion.length > 1 ? combinations(perRegion) : [];
  return [...together, ...single.map((edge) => [edge])];
}

/** Inner states come first; their guards may leave the event to the outer state. */
function candidates(
  leaf: ChartState,
  at: Configuration,
  eventType: string | undefined,
): ChartEdge[] {
  const found: ChartEdge[] = [];
  for (let state: ChartState | undefined = leaf; state; state = state.parent) {
    const own = state.edges.filter((edge) =>
      eventType === undefined ? isEventless(edge, at) : matches(edge.eventType, eventType),
    );
    found.push(...bySpecificity(own));
    // An edge without a guard is taken, and outer states are not considered.
    if (own.some(({ guard }) => guard === undefined)) break;
  }
  return found;
}

function depthOf({ path }: ChartState): number {
  return path === '' ? 0 : path.split('.').length;
}

function bySpecificity(edges: readonly ChartEdge[]): ChartEdge[] {
  const isWild = ({ eventType }: ChartEdge) => eventType.endsWith('*');
  return [...edges.filter((edge) => !isWild(edge)), ...edges.filter(isWild)];
}

function matches(descriptor: string, eventType: string): boolean {
  if (descriptor === eventType || descriptor === '*') return descriptor !== '';
  return descriptor.endsWith('.*') && eventType.startsWith(descriptor.slice(0, -1));
}

/** `always`, and the `done` of a state whose inner states have ended: both follow without an event. */
function isEventless({ kind, source, eventType }: ChartEdge, at: Configuration): boolean {
  if (kind === 'always') return true;
  return eventType === `xstate.done.state.${source.id}` && hasEnded(source, at);
}

function hasEnded(state: ChartState, at: Configuration): boolean {
  if (state.type === 'parallel') {
    return state.children.every((child) => child.type === 'history' || hasEnded(child, at));
  }
  return state.children.some((child) => child.type === 'final' && at.has(child));
}

/** One edge of each region, at most 64 combinations. */
function combinations(perRegion: readonly (readonly ChartEdge[])[]): ChartEdge[][] {
  let ways: ChartEdge[][] = [[]];
  for (const edges of perRegion) {
    ways = ways.flatMap((way) => edges.map((edge) => [...way, edge])).slice(0, 64);
  }
  return ways.map(withoutOuter).filter((way) => way.length > 1);
}

/** A state takes an event only if none of its inner states does. */
function withoutOuter(way: readonly ChartEdge[]): ChartEdge[] {
  return [...new Set(way)].filter(
    ({ source }) => !way.some((other) => other.source !== source && isInside(other.source, source)),
  );
}
