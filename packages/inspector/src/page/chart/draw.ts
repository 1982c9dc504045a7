import type { Chart, ChartEdge, ChartState } from '../definition/chart.js';
import { drawArrow, arrowHeads } from './drawArrow.js';
import { drawRow, type Row } from './drawRow.js';
import { drawState } from './drawState.js';
import { hasFrame } from './graph.js';
import type { Layout } from './layout.js';
import type { Pen } from './pen.js';
import { type Look, rowHeight } from './sizes.js';

/** The parts of a drawing that change while the machine runs. */
export interface Drawing<T> {
  readonly svg: T;
  readonly states: ReadonlyMap<ChartState, T>;
  readonly rows: ReadonlyMap<ChartEdge, Row<T>>;
  readonly arrows: ReadonlyMap<ChartEdge, readonly T[]>;
}

/** Draws the chart as SVG, once per machine; afterwards only classes and numbers change. */
export function draw<T>(svg: Pen<T>, chart: Chart, layout: Layout, look: Look): Drawing<T> {
  const states = new Map<ChartState, T>();
  const rows = new Map<ChartEdge, Row<T>>();
  const arrows = new Map<ChartEdge, T[]>();
  const lines: T[] = [];

  for (const [state, box] of layout.boxes) {
    states.set(state, drawState(svg, state, box, look, layout.shifts.get(state)));
  }
  for (const arrow of layout.arrows) {
    const path = drawArrow(svg, arrow);
    lines.push(path);
    for (const edge of arrow.edges) arrows.set(edge, [...(arrows.get(edge) ?? []), path]);
  }
  for (const [state, { x, y, width }] of look.isBrief ? [] : layout.rows) {
    let below = y;
    for (const edge of state.edges) {
      rows.set(edge, drawRow(svg, edge, { x, y: below }, width, look));
      below += rowHeight(edge, look);
    }
  }
  const whole = svg(
    'svg',
    {
      class: hasFrame(chart) ? 'chart' : 'chart bare',
      viewBox: `0 0 ${layout.width} ${layout.height}`,
      role: 'img',
      'aria-label': `Statechart of ${chart.root.name}`,
    },
    arrowHeads(svg),
    // Outer states first, so that inner ones lie above them; arrows above the boxes, texts above the arrows.
    ...states.values(),
    svg('g', { class: 'arrows' }, ...lines),
    ...[...rows.values()].map(({ group }) => group),
  );
  return { svg: whole, states, rows, arrows };
}
