import { actionsOf, aimOf, edgeTip } from './captions.js';
import type { ChartEdge } from '../definition/chart.js';
import type { Point } from './layout.js';
import type { Pen } from './pen.js';
import { ACTIONS, isWrittenOut, LINE, type Look } from './sizes.js';

/** The line of a transition, with its parts that change while the machine runs. */
export interface Row<T> {
  readonly group: T;
  readonly count: T;
  readonly bar: T;
  /** The width of the bar when its `after` has elapsed. */
  readonly barWidth: number;
}

export function drawRow<T>(
  svg: Pen<T>,
  edge: ChartEdge,
  { x, y }: Point,
  width: number,
  look: Look,
): Row<T> {
  const count = svg('text', { class: 'count', x: width, y: 12.5, 'text-anchor': 'end' });
  const bar = svg('rect', { class: 'bar', x: -5, y: LINE - 2, width: 0, height: 2, rx: 1 });
  const group = svg(
    'g',
    {
      class: `row ${edge.kind}`,
      transform: `translate(${x} ${y})`,
      'data-edge': edge.index,
      'data-source': edge.source.path,
    },
    svg('title', {}, edgeTip(edge)),
    svg('rect', { class: 'back', x: -6, y: 0, width: width + 12, height: LINE, rx: 5 }),
    svg('text', { x: 0, y: 12.5 }, ...textOf(svg, edge)),
    ...(isWrittenOut(edge, look)
      ? [svg('text', { class: 'actions', x: 10, y: 12.5 + ACTIONS }, actionsOf(edge))]
      : []),
    count,
    bar,
  );
  return { group, count, bar, barWidth: width + 10 };
}

function textOf<T>(svg: Pen<T>, edge: ChartEdge): T[] {
  return [
    svg('tspan', { class: 'event' }, edge.what),
    ...(edge.guard === undefined ? [] : [svg('tspan', { class: 'guard' }, ` [${edge.guard}]`)]),
    svg('tspan', { class: 'aim' }, ` ${aimOf(edge)}`),
  ];
}
