import type { Box, Point } from '../../packages/inspector/src/page/chart/layout.js';
import type { ChartState } from '../../packages/inspector/src/page/definition/chart.js';
import { heightOf, linesOf, type Text, widthOf } from './lines.js';
import { measure } from './measure.js';
import { type Link, type Overview, topOf } from './overview.js';

export interface Route {
  readonly link: Link;
  readonly points: readonly Point[];
  readonly texts: readonly Text[];
}

export interface Columns {
  readonly width: number;
  readonly height: number;
  readonly boxes: ReadonlyMap<ChartState, Box>;
  readonly ways: ReadonlyMap<ChartState, readonly Text[]>;
  readonly routes: readonly Route[];
}

/** From the border of a state to its texts. */
export const PAD = 12;
const TITLE = 30;
const TOP = 10;
/** Between two boxes. */
const GAP = 12;
/** On both sides of the text beside an arrow. */
const BESIDE = 10;
/** Between two arrows that run side by side. */
const LANE = 9;
/** From the border of a state to the states in it: on the left there is room for the dot of the first one. */
const INDENT = 26;
const INDENT_RIGHT = 14;

/**
 * The first state is a column on the left, the end is one on the right, and the others lie between them, one below
 * the other. So most arrows are straight, and each is at a height of its own, which leaves room for its text.
 */
export function columnsOf({ left, middle, right, ways, links }: Overview): Columns {
  const isMiddle = (state: ChartState) => middle.includes(topOf(state));
  const upright = links.filter(({ from, to }) => isMiddle(from) && isMiddle(to));
  const across = links.filter(({ from, to }) => !isMiddle(from) && !isMiddle(to));
  const level = links.filter((link) => !upright.includes(link) && !across.includes(link));
  const leftward = level.filter(({ from, to }) => from === left || to === left);
  const rightward = level.filter((link) => !leftward.includes(link));
  const placesOf = ({ from, to }: Link) =>
    [middle.indexOf(from), middle.indexOf(to)].toSorted((a, b) => a - b) as [number, number];
  /** Those that pass a state on their way have lanes on the right of the middle. */
  const far = upright.filter((link) => placesOf(link)[1] - placesOf(link)[0] > 1);
  const below = (place: number) =>
    upright.filter((link) => !far.includes(link) && placesOf(link)[0] === place);

  const boxWidth = (state: ChartState): number =>
    Math.max(
      measure(state.name, 'name') * 1.12 + 2 * PAD,
      widthOf(ways.get(state) ?? []) + 2 * PAD,
      ...state.children.map((child) => boxWidth(child) + INDENT + INDENT_RIGHT),
    );
  const gutter = (...all: Link[]) =>
    Math.max(...all.map(({ notes }) => widthOf(notes)), 20) + 3 * BESIDE;
  const sideBySide = (all: readonly Link[]) =>
    all.reduce((width, { notes }) => width + widthOf(notes) + 40, 40);

  const leftX = 22;
  const leftEnd = leftX + boxWidth(left);
  const middleX = leftEnd + gutter(...leftward, ...across);
  const middleEnd =
    middleX + Math.max(120, ...middle.map(boxWidth), ...middle.map((_, i) => sideBySide(below(i))));
  const lanesEnd = middleEnd + far.length * LANE;
  const rightX = lanesEnd + gutter(...rightward, ...far);
  const rightEnd = right === undefined ? rightX : rightX + boxWidth(right) + 8;

  const boxes = new Map<ChartState, Box>();
  const written = new Map<ChartState, readonly Text[]>();
  const routes: Route[] = [];
  /** Where the long arrows that have been met once begin or end. */
  const open = new Map<Link, Point[]>();

  /** An arrow whose points are given as seen from a state, with its text above its last line. */
  const route = (link: Link, state: ChartState, points: Point[], x: number, y: number) =>
    routes.push({
      link,
      points: link.from === state ? points : points.toReversed(),
      texts: linesOf(link.notes, x, y - heightOf(link.notes) + 10),
    });
  const at = (y: number, ...xs: number[]) => xs.map((x) => ({ x, y }));
  const room = ({ notes }: Link) => heightOf(notes) + 8;
  const touching = (all: readonly Link[], state: ChartState) =>
    all.filter(({ from, to }) => from === state || to === state);

  /** Puts a state and what is in it, beside its arrows; answers where it ends. */
  const put = (state: ChartState, x: number, y: number, xEnd: number): number => {
    const own = ways.get(state) ?? [];
    written.set(state, linesOf(own, x + PAD, y + TITLE + 7));
    let [leftY, rightY] = [y, y];
    for (const link of isMiddle(state) ? touching(leftward, state) : []) {
      leftY += room(link);
      route(link, state, at(leftY, x, leftEnd), leftEnd + BESIDE, leftY);
    }
    for (const link of isMiddle(state) ? touching(rightward, state) : []) {
      rightY += room(link);
      route(link, state, at(rightY, xEnd, rightX), lanesEnd + BESIDE, rightY);
    }
    for (const link of touching(far, state)) {
      rightY += room(link);
      const ends = at(rightY, xEnd, middleEnd + LANE * (far.indexOf(link) + 1));
      const others = open.get(link);
      // Its text stands where it is met first.
      if (others) others.push(...ends.toReversed());
      else {
        open.set(link, ends);
        route(link, state, [], lanesEnd + BESIDE, rightY);
      }
    }
    let end = Math.max(
      y + TITLE + 2 + heightOf(own) + (own.length > 0 ? 2 : 0),
      leftY + 10,
      rightY + 10,
    );
    for (const child of state.children) {
      end = put(child, x + INDENT, end, xEnd - INDENT_RIGHT) + GAP;
    }
    boxes.set(state, { x, y, width: xEnd - x, height: end - y });
    return end;
  };

  let y = TOP;
  for (const link of across) {
    y += room(link);
    route(link, left, at(y, leftEnd, rightX), leftEnd + BESIDE, y);
  }
  if (across.length > 0) y += GAP;
  middle.forEach((state, i) => {
    y = put(state, middleX, y, middleEnd);
    if (i === middle.length - 1) return;
    const gap = Math.max(GAP, ...below(i).map(({ notes }) => heightOf(notes) + 22));
    let x = middleX + 40;
    for (const link of below(i)) {
      const ends = [
        { x, y },
        { x, y: y + gap },
      ];
      route(link, state, ends, x + 8, y + (gap + heightOf(link.notes)) / 2 + 1);
      x += widthOf(link.notes) + 40;
    }
    y += gap;
  });

  // The columns beside the middle are as high as all of it.
  const end = Math.max(y, put(left, leftX, TOP, leftEnd));
  for (const [state, x, xEnd] of [
    [left, leftX, leftEnd],
    [right, rightX, rightEnd],
  ] as const) {
    if (state === undefined) continue;
    put(state, x, TOP, xEnd);
    boxes.set(state, { x, y: TOP, width: xEnd - x, height: end - TOP });
  }
  return {
    width: rightEnd + 10,
    height: end + 10,
    boxes,
    ways: written,
    routes: routes.map((it) => {
      const points = open.get(it.link);
      if (points === undefined) return it;
      const isMetAtStart = placesOf(it.link)[0] === middle.indexOf(it.link.from);
      return { ...it, points: isMetAtStart ? points : points.toReversed() };
    }),
  };
}
