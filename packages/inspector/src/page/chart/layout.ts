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

/** All transitions from one state to another: one arrow. What each of them is, is written in the state. */
export interface Arrow extends Link {
  readonly points: readonly Point[];
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: ReadonlyMap<ChartState, Box>;
  /** Where a state's own transitions are written, a line for each. */
  readonly rows: ReadonlyMap<ChartState, Box>;
  readonly arrows: readonly Arrow[];
  /** How far the name of a state with states in it stands from its usual place, so that no arrow runs through it. */
  readonly shifts: ReadonlyMap<ChartState, number>;
}

/** Reads back what ELK has laid out. */
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

/** What an arrow must not come nearer to a text than. */
const CLEAR = 5;

/** The first place from the left where no arrow runs down through the head of a box; its usual one if there is none. */
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

/** Where lines run down between two heights. */
function crossingsOf(points: readonly Point[], top: number, bottom: number): number[] {
  return points.slice(1).flatMap((point, i) => {
    const before = points[i] as Point;
    const isInside = Math.max(before.y, point.y) > top && Math.min(before.y, point.y) < bottom;
    return isInside ? [before.x, point.x] : [];
  });
}

/** A state without states in it has its transitions below its head. */
function rowsIn({ x, y, width, height }: Box, state: ChartState, look: Look): Box | undefined {
  if (state.edges.length === 0) return undefined;
  const head = headHeight(state, look);
  return { x: x + PAD, y: y + head, width: width - 2 * PAD, height: height - head };
}
