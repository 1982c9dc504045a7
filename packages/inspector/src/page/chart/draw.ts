import type { Chart, ChartEdge, ChartState } from '../definition/chart.js';
import { drawArrow, arrowHeads } from './drawArrow.js';
import { drawRow, type Row } from './drawRow.js';
import { drawState } from './drawState.js';
import { svg } from '../elements.js';
import { hasFrame } from './graph.js';
import type { Layout } from './layout.js';
import { LINE, type Measure } from './sizes.js';

/** The drawn parts that change while the machine runs. */
export interface Drawing {
  readonly svg: SVGSVGElement;
  readonly states: ReadonlyMap<ChartState, SVGGElement>;
  readonly rows: ReadonlyMap<ChartEdge, Row>;
  readonly arrows: ReadonlyMap<ChartEdge, readonly SVGPathElement[]>;
}

/** The chart as SVG, once per machine; afterwards only classes and numbers change. */
export function draw(chart: Chart, layout: Layout, measure: Measure): Drawing {
  const states = new Map<ChartState, SVGGElement>();
  const rows = new Map<ChartEdge, Row>();
  const arrows = new Map<ChartEdge, SVGPathElement[]>();
  const lines = svg('g', { class: 'arrows' });

  for (const [state, box] of layout.boxes) states.set(state, drawState(state, box, measure));
  for (const arrow of layout.arrows) {
    const path = drawArrow(arrow);
    lines.append(path);
    for (const edge of arrow.edges) arrows.set(edge, [...(arrows.get(edge) ?? []), path]);
  }
  for (const [state, { x, y, width }] of layout.rows) {
    state.edges.forEach((edge, i) => rows.set(edge, drawRow(edge, { x, y: y + i * LINE }, width)));
  }
  const whole = svg(
    'svg',
    {
      class: hasFrame(chart) ? 'chart' : 'chart bare',
      viewBox: `0 0 ${layout.width} ${layout.height}`,
      role: 'img',
      'aria-label': `Statechart of ${chart.root.name}`,
    },
    arrowHeads(),
    // Outer states first, so that inner ones lie on them; arrows over the boxes, texts over the arrows.
    ...states.values(),
    lines,
    ...[...rows.values()].map(({ group }) => group),
  );
  return { svg: whole, states, rows, arrows };
}
