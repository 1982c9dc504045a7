import { callsOf, lineOf } from './captions.js';
import type { ChartState } from '../definition/chart.js';
import { hueOf } from './hue.js';

/** The width of a text in the chart's type, in pixels. */
export type Measure = (text: string, style: 'name' | 'line') => number;

/** The height of a transition's line. */
export const LINE = 17;
/** From the border of a state to its texts. */
export const PAD = 11;
/** From the dot in a state's colour to its name. */
export const HUE_WIDTH = 14;
const TITLE = 29;
const CALLS = 15;
/** Room behind each line for the number of times it was taken. */
const COUNT = 36;

/** The height of name and calls. */
export function headHeight({ invokes }: ChartState): number {
  return TITLE + (invokes.length > 0 ? CALLS : 0);
}

export function headWidth(state: ChartState, measure: Measure): number {
  const tags = state.tags.reduce((width, tag) => width + tagWidth(tag, measure) + 4, 0);
  const calls = state.invokes.length > 0 ? measure(callsOf(state), 'line') : 0;
  const hue = hueOf(state) === undefined ? 0 : HUE_WIDTH;
  const name = measure(state.name, 'name') + hue + (tags > 0 ? tags + 14 : 0);
  return Math.max(88, name + 2 * PAD + (state.type === 'final' ? 8 : 0), calls + 2 * PAD);
}

export function tagWidth(tag: string, measure: Measure): number {
  return measure(tag, 'line') * 0.86 + 14;
}

/** The width of a state's transitions, counts included. */
export function rowsWidth({ edges }: ChartState, measure: Measure): number {
  return Math.max(...edges.map((edge) => measure(lineOf(edge), 'line')), 40) + COUNT;
}
