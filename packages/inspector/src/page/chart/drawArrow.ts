import type { Arrow } from './layout.js';
import type { Pen } from './pen.js';
import { roundedPath } from './roundedPath.js';

export function drawArrow<T>(svg: Pen<T>, { from, to, points }: Arrow): T {
  return svg('path', {
    class: 'arrow',
    d: roundedPath(points),
    'data-from': from.path,
    'data-to': to.path,
    'marker-end': arrowHeadUrl(false),
  });
}

/** The two arrowheads, drawn once. */
export function arrowHeads<T>(svg: Pen<T>): T {
  return svg('defs', {}, arrowHead(svg, 'head'), arrowHead(svg, 'head-last'));
}

/** The `marker-end` of an arrow: the arrow taken last has a head in its own colour. */
export function arrowHeadUrl(isLast: boolean): string {
  return isLast ? 'url(#head-last)' : 'url(#head)';
}

function arrowHead<T>(svg: Pen<T>, id: string): T {
  return svg(
    'marker',
    {
      id,
      class: id,
      viewBox: '0 0 10 10',
      refX: 9,
      refY: 5,
      markerWidth: 7,
      markerHeight: 7,
      markerUnits: 'userSpaceOnUse',
      orient: 'auto',
    },
    svg('path', { d: 'M0 1L9 5L0 9z' }),
  );
}
