import type { ChartState } from '../definition/chart.js';

/** The number of colours in chart.css. */
const HUES = 8;

/** The states that have a colour, which the timeline uses too: top-level states, or those of the first region. */
export function colouredStates({ type, children }: ChartState): readonly ChartState[] {
  const states = type === 'parallel' ? (children[0]?.children ?? []) : children;
  return states.filter((state) => state.type !== 'history');
}

/** The number of a state's colour. */
export function hueOf(state: ChartState): number | undefined {
  let root = state;
  while (root.parent) root = root.parent;
  const place = colouredStates(root).indexOf(state);
  return place < 0 ? undefined : place % HUES;
}
