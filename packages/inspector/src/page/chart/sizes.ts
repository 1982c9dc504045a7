import { actionsOf, lineOf, notesOf, tagsOf } from './captions.js';
import type { ChartEdge, ChartState } from '../definition/chart.js';
import { hueOf } from './hue.js';

/** The width of a text in the chart's font, in pixels. */
export type Measure = (text: string, style: 'name' | 'line') => number;

/** How a chart is drawn. */
export interface Look {
  readonly measure: Measure;
  /** A printed chart has no counts and no tooltips: actions are written out. */
  readonly isPrinted: boolean;
  /** Only names and arrows, without the transitions, so that more of a large chart is visible. */
  readonly isBrief?: boolean;
}

/** The height of a transition's line. */
export const LINE = 17;
/** Distance from the border of a state to its texts. */
export const PAD = 11;
/** Distance from the dot in a state's colour to its name. */
export const HUE_WIDTH = 14;
/** Width of the dot and the arrow before an initial state's name, on a screen. */
export const START_WIDTH = 21;
/** The height of a line below a state's name. */
export const NOTE = 15;
/** The height of a transition's actions. */
export const ACTIONS = 14;
const TITLE = 29;
/** Room after each line for the number of times it was taken. */
const COUNT = 36;

/** The height of a name and the lines below it. */
export function headHeight(state: ChartState, look: Look): number {
  return TITLE + notesOf(state, look).length * NOTE;
}

export function headWidth(state: ChartState, look: Look): number {
  const tags = tagsOf(state, look).reduce((width, tag) => width + tagWidth(tag, look) + 4, 0);
  const notes = notesOf(state, look).map((note) => look.measure(note, 'line'));
  const hue = nameIndent(state, look);
  const name = look.measure(state.name, 'name') + hue + (tags > 0 ? tags + 14 : 0);
  const title = name + (state.type === 'final' ? 8 : 0);
  return Math.max(look.isBrief ? 40 : 88, title + 2 * PAD, ...notes.map((note) => note + 2 * PAD));
}

/** Width of the symbols before a state's name, in pixels. */
export function nameIndent(state: ChartState, { isPrinted }: Look): number {
  const start = isInitial(state) && !isPrinted ? START_WIDTH : 0;
  return start + (hueOf(state) === undefined ? 0 : HUE_WIDTH);
}

export function isInitial({ parent, name }: ChartState): boolean {
  if (parent?.type !== 'compound') return false;
  return (parent.initial ?? parent.children[0]?.name) === name;
}

export function tagWidth(tag: string, { measure, isPrinted }: Look): number {
  return measure(tag, 'line') * (isPrinted ? 0.86 : 1) + 14;
}

/** The width of a state's transitions, including counts. */
export function rowsWidth({ edges }: ChartState, look: Look): number {
  if (look.isBrief) return 0;
  const widths = edges.flatMap((edge) => [
    look.measure(lineOf(edge), 'line'),
    ...(isWrittenOut(edge, look) ? [look.measure(actionsOf(edge), 'line') + 10] : []),
  ]);
  return Math.max(...widths, 40) + (look.isPrinted ? 0 : COUNT);
}

/** The height of a state's transitions. */
export function rowsHeight({ edges }: ChartState, look: Look): number {
  if (look.isBrief) return 0;
  return edges.reduce((height, edge) => height + rowHeight(edge, look), 0);
}

export function rowHeight(edge: ChartEdge, look: Look): number {
  return LINE + (isWrittenOut(edge, look) ? ACTIONS : 0);
}

/** True if a transition's actions are written below its line. */
export function isWrittenOut({ actions }: ChartEdge, { isPrinted }: Look): boolean {
  return isPrinted && actions.length > 0;
}
