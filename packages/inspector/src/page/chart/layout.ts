// Why: docs/decisions/0098-the-inspector-for-a-bad-night.md
import type { ElkNode } from 'elkjs/lib/elk-api.js';
import type { Chart, ChartState } from '../definition/chart.js';
import { boxId, type Link, linkId, linksOf, rowsId } from './graph.js';
import { headHeight, headWidth, type Look, PAD } from './sizes.js';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** One arrow for all transitions from one state to another. Each transition is described in the state. */
export interface Arrow extends Link {
  readonly points: readonly Point[];
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: ReadonlyMap<ChartState, Box>;
  /** The positions of a state's own transitions, one line each. */
  readonly rows: ReadonlyMap<ChartState, Box>;
  readonly arrows: readonly Arrow[];
  /** Distance of the name of a state with inner states from its usual position, so that no arrow crosses it. */
  readonly shifts: ReadonlyMap<ChartState, number>;
}

/** Reads ELK's layout. */
export function layoutOf(chart: Chart, graph: ElkNode, look: Look): Layout {
  const found = new Map<string, Box>();
  const visit = ({ id, children, x = 0, y = 0, width = 0, height = 0 }: ElkNode) => {
    found.set(id, { x, y, width, height });
    children?.forEach(visit);
  };
  visit(graph);
  const boxes = new Map<ChartState, Box>();
  const rows = new Map<ChartState, Box>();
  for (const state of chart.states.values()) {
    const box = found.get(boxId(state));
    if (box) boxes.set(state, box);
    const block = found.get(rowsId(state)) ?? (box && rowsIn(box, state, look));
    if (block) rows.set(state, block);
  }
  const arrows = linksOf(chart).map((link, i): Arrow => {
    const section = graph.edges?.find(({ id }) => id === linkId(i))?.sections?.[0];
    const points = section
      ? [section.startPoint, ...(section.bendPoints ?? []), section.endPoint]
      : [];
    return { ...link, points };
  });
  const shifts = new Map<ChartState, number>();
  for (const [state, box] of look.isPrinted ? [] : boxes) {
    if (state.children.length === 0) continue;
    const shift = shiftOf(box, headWidth(state, look), headHeight(state, look), arrows);
    if (shift > 0) shifts.set(state, shift);
  }
  return { width: graph.width ?? 0, height: graph.height ?? 0, boxes, rows, arrows, shifts };
}

/** Minimum distance between an arrow and a text. */
const CLEAR = 5;

/**
 * The first position from the left where no arrow crosses the head of a box vertically; the usual one if there is none.
 */
function shiftOf(box: Box, width: number, height: number, arrows: readonly Arrow[]): number {
  const crossings = arrows
    .flatMap(({ points }) => crossingsOf(points, box.y, box.y + height))
    .filter((x) => x > box.x && x < box.x + box.width)
    .toSorted((a, b) => a - b);
  let left = box.x;
  for (const x of [...crossings, box.x + box.width + CLEAR]) {
    if (x - left >= width + CLEAR) break;
    left = x + CLEAR - PAD;
  }
  const shift = left - box.x;
  return shift + width > box.width ? 0 : Math.max(0, shift);
}

/** The positions where lines run vertically between two heights. */
function crossingsOf(points: readonly Point[], top: number, bottom: number): number[] {
  return points.slice(1).flatMap((point, i) => {
    const before = points[i] as Point;
    const isInside = Math.max(before.y, point.y) > top && Math.min(before.y, point.y) < bottom;
    return isInside ? [before.x, point.x] : [];
  });
}

/** A state without inner states has its transitions below its head. */
function rowsIn({ x, y, width, height }: Box, state: ChartState, look: Look): Box | undefined {
  if (state.edges.length === 0) return undefined;
  const head = headHeight(state, look);
  return { x: x + PAD, y: y + head, width: width - 2 * PAD, height: height - head };
}
