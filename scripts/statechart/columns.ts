import type { Box, Point } from '../../packages/inspector/src/page/chart/layout.js';
import type { ChartState } from '../../packages/inspector/src/page/definition/chart.js';
import { measure } from './measure.js';
import { type Link, type Note, type Overview, topOf } from './overview.js';

/** A line of text, and the note that it is of. */
export interface Text {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly note: Note;
}

export interface Columns {
  readonly width: number;
  readonly height: number;
  readonly boxes: ReadonlyMap<ChartState, Box>;
  readonly ways: ReadonlyMap<ChartState, readonly Text[]>;
  readonly arrows: readonly { link: Link; points: readonly Point[]; texts: readonly Text[] }[];
}

export const LINE = 15;
export const PAD = 12;
const TITLE = 30;
/** Between two boxes. */
const GAP = 12;
/** From a border to the text beside an arrow. */
const BESIDE = 10;
/** From the border of a state to the states in it: on the left there is room for the dot of the first one. */
const INDENT = 26;
const INDENT_RIGHT = 14;
/** The most that a line takes; what is longer is broken. */
const LONGEST = 215;
/** The lines that follow a broken one stand back. */
const HANGING = 12;

/**
 * The first state is a column on the left, the end is one on the right, and the others lie between them, one below
 * the other. So most arrows are straight lines, and each has a height of its own: room for its text.
 */
export function columnsOf({ left, middle, right, ways, links }: Overview): Columns {
  const boxes = new Map<ChartState, Box>();
  const written = new Map<ChartState, readonly Text[]>();
  const arrows: { link: Link; points: Point[]; texts: Text[] }[] = [];

  const isMiddle = (state: ChartState) => middle.includes(topOf(state));
  const across = links.filter(({ from, to }) => !isMiddle(from) && !isMiddle(to));
  const upright = links.filter(({ from, to }) => isMiddle(from) && isMiddle(to));
  const isShort = ({ from, to }: Link) => Math.abs(middle.indexOf(from) - middle.indexOf(to)) === 1;
  const long = upright.filter((link) => !isShort(link));
  const leftLinks = links.filter(
    (link) =>
      !upright.includes(link) && !across.includes(link) && (link.from === left || link.to === left),
  );
  const rightLinks = links.filter(
    (link) => !upright.includes(link) && !across.includes(link) && !leftLinks.includes(link),
  );

  const widthOf = (state: ChartState): number =>
    Math.max(
      measure(state.name, 'name') * 1.12 + 2 * PAD,
      ...linesOf(ways.get(state) ?? []).map(({ x, text }) => x + measure(text, 'line') + 2 * PAD),
      ...state.children.map((child) => widthOf(child) + INDENT + INDENT_RIGHT),
    );
  const noteWidth = (all: readonly Link[]) =>
    Math.max(
      0,
      ...all.flatMap(({ notes }) => linesOf(notes)).map(({ x, text }) => x + measure(text, 'line')),
    );
  const between = (i: number) =>
    upright.filter(
      (link) => isShort(link) && Math.min(middle.indexOf(link.from), middle.indexOf(link.to)) === i,
    );

  const leftX = 22;
  const leftEnd = leftX + widthOf(left);
  const middleX = leftEnd + Math.max(noteWidth(leftLinks), noteWidth(across)) + 2 * BESIDE + 8;
  const middleEnd =
    middleX +
    Math.max(
      120,
      ...middle.map(widthOf),
      ...middle.map((_, i) => between(i).reduce((sum, link) => sum + noteWidth([link]) + 40, 0)),
    );
  const lanesEnd = middleEnd + long.length * 9;
  const rightX = lanesEnd + noteWidth([...rightLinks, ...long]) + 2 * BESIDE + 8;

  const arrow = (link: Link, points: Point[], x: number, lowest: number) =>
    arrows.push({ link, points, texts: linesOf(link.notes, x, lowest) });

  /** Puts a state and what is in it; answers where it ends. */
  const put = (state: ChartState, x: number, y: number, xEnd: number): number => {
    const own = linesOf(ways.get(state) ?? [], x + PAD, undefined, y + TITLE - 8 + LINE);
    written.set(state, own);
    let [leftY, rightY] = [y, y];
    if (isMiddle(state)) {
      for (const link of leftLinks.filter((it) => it.from === state || it.to === state)) {
        leftY += room(link);
        const ends = [
          { x, y: leftY },
          { x: leftEnd, y: leftY },
        ];
        arrow(link, link.from === state ? ends : ends.toReversed(), leftEnd + BESIDE, leftY - 5);
      }
      for (const link of rightLinks.filter((it) => it.from === state || it.to === state)) {
        rightY += room(link);
        const ends = [
          { x: xEnd, y: rightY },
          { x: rightX, y: rightY },
        ];
        arrow(link, link.from === state ? ends : ends.toReversed(), lanesEnd + BESIDE, rightY - 5);
      }
      long.forEach((link, i) => {
        const lane = middleEnd + 9 * (i + 1);
        if (link.from === state) {
          rightY += room(link);
          arrow(
            link,
            [
              { x: xEnd, y: rightY },
              { x: lane, y: rightY },
            ],
            lanesEnd + BESIDE,
            rightY - 5,
          );
        } else if (link.to === state) {
          rightY += 16;
          entries.set(link, [
            { x: lane, y: rightY },
            { x: xEnd, y: rightY },
          ]);
        }
      });
    }
    let end = Math.max(
      y + TITLE + own.length * LINE + (own.length > 0 ? 4 : 2),
      Math.max(leftY, rightY) + 10,
    );
    for (const child of state.children) {
      end = put(child, x + INDENT, end, xEnd - INDENT_RIGHT) + GAP;
    }
    boxes.set(state, { x, y, width: xEnd - x, height: end - y });
    return end;
  };
  const entries = new Map<Link, Point[]>();

  const top = 10;
  let y = top;
  for (const link of across) {
    y += room(link);
    const ends = [
      { x: leftEnd, y },
      { x: rightX, y },
    ];
    arrow(link, link.from === left ? ends : ends.toReversed(), leftEnd + BESIDE, y - 5);
  }
  if (across.length > 0) y += GAP;
  middle.forEach((state, i) => {
    const start = y;
    y = put(state, middleX, start, middleEnd);
    const below = between(i);
    if (i === middle.length - 1) return;
    const gap = Math.max(GAP, ...below.map((link) => linesOf(link.notes).length * LINE + 22));
    let x = middleX + 40;
    for (const link of below) {
      const ends = [
        { x, y },
        { x, y: y + gap },
      ];
      const height = linesOf(link.notes).length * LINE;
      arrow(
        link,
        link.from === state ? ends : ends.toReversed(),
        x + 8,
        y + (gap + height) / 2 - 4,
      );
      x += noteWidth([link]) + 40;
    }
    y += gap;
  });
  for (const { link, points } of arrows) points.push(...(entries.get(link) ?? []));

  const end = Math.max(y, put(left, leftX, top, leftEnd), top + 100);
  boxes.set(left, { x: leftX, y: top, width: leftEnd - leftX, height: end - top });
  const rightEnd = right ? rightX + widthOf(right) + 8 : lanesEnd;
  if (right) {
    put(right, rightX, top, rightEnd);
    boxes.set(right, { x: rightX, y: top, width: rightEnd - rightX, height: end - top });
  }
  return { width: rightEnd + 10, height: end + 10, boxes, ways: written, arrows };
}

/** The height that an arrow takes with what is written over it. */
function room({ notes }: Link): number {
  return linesOf(notes).length * LINE + 8;
}

/** Notes as lines, broken at spaces; from the first one down, or up from the last one. */
function linesOf(notes: readonly Note[], x = 0, lastY?: number, firstY = 0): Text[] {
  const lines = notes.flatMap((note) =>
    broken(note.text).map((text, i) => ({ text, note, indent: i === 0 ? 0 : HANGING })),
  );
  const startY = lastY === undefined ? firstY : lastY - (lines.length - 1) * LINE;
  return lines.map(({ text, note, indent }, i) => ({
    x: x + indent,
    y: startY + i * LINE,
    text,
    note,
  }));
}

function broken(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && measure(`${last} ${word}`, 'line') <= LONGEST) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}
