import { isInitial } from '../../packages/inspector/src/page/chart/sizes.js';
import { arrowHeads, drawArrow } from '../../packages/inspector/src/page/chart/drawArrow.js';
import { drawBox, drawStart } from '../../packages/inspector/src/page/chart/drawState.js';
import type { Chart, ChartState } from '../../packages/inspector/src/page/definition/chart.js';
import type { Box, Point } from '../../packages/inspector/src/page/chart/layout.js';
import { columnsOf, PAD } from './columns.js';
import type { Text } from './lines.js';
import { overviewOf } from './overview.js';
import { type Markup, onPaper, svg } from './paper.js';

/** The chart in short. */
export function overviewPicture(chart: Chart): string {
  const columns = columnsOf(overviewOf(chart));
  const drawing = svg(
    'svg',
    {
      class: 'chart overview',
      viewBox: `0 0 ${columns.width} ${columns.height}`,
      role: 'img',
      'aria-label': `Statechart of ${chart.root.name}`,
    },
    arrowHeads(svg),
    // Outer states first, so that inner ones lie on them.
    ...[...chart.states.values()].flatMap((state) => {
      const box = columns.boxes.get(state);
      return box ? [drawState(state, box, columns.ways.get(state) ?? [])] : [];
    }),
    ...columns.routes.map(({ link: { from, to }, points, texts }) =>
      svg(
        'g',
        { class: 'link', 'data-from': from.path, 'data-to': to.path },
        drawArrow(svg, { from, to, points, edges: [] }),
        ...texts.map((text) => drawText(text, 'label', { x: 0, y: 0 })),
      ),
    ),
  );
  return onPaper(chart, drawing, columns);
}

function drawState(state: ChartState, box: Box, ways: readonly Text[]): Markup {
  const isOuter = state.parent?.parent === undefined;
  return svg(
    'g',
    {
      class: `state ${state.type}${isOuter ? ' outer' : ''}`,
      'data-path': state.path,
      transform: `translate(${box.x} ${box.y})`,
    },
    ...drawBox(svg, state, box),
    svg('text', { class: 'name', x: PAD, y: 20 }, state.name),
    ...ways.map((text) => drawText(text, 'way', box)),
    ...(isInitial(state) ? drawStart(svg) : []),
  );
}

function drawText({ x, y, text, note }: Text, kind: 'way' | 'label', origin: Point): Markup {
  const edges = note.edges.map(({ index }) => index).join(' ');
  return svg('text', { class: kind, x: x - origin.x, y: y - origin.y, 'data-edges': edges }, text);
}
