import type { Chart, ChartEdge, ChartState } from './definition.js';
import { setAll, svg } from './elements.js';
import {
  aimOf,
  HUE_WIDTH,
  hueOf,
  type Arrow,
  callsOf,
  hasFrame,
  type Layout,
  LINE,
  type Measure,
  tagWidth,
} from './layout.js';

/** The drawn parts that change while the machine runs. */
export interface Drawing {
  readonly svg: SVGSVGElement;
  readonly states: ReadonlyMap<ChartState, SVGGElement>;
  readonly rows: ReadonlyMap<ChartEdge, SVGGElement>;
  readonly counts: ReadonlyMap<ChartEdge, SVGTextElement>;
  readonly bars: ReadonlyMap<ChartEdge, SVGRectElement>;
  readonly arrows: ReadonlyMap<ChartEdge, readonly SVGPathElement[]>;
}

/** The chart as SVG, once per machine; afterwards only classes and numbers change. */
export function draw(chart: Chart, layout: Layout, measure: Measure): Drawing {
  const states = new Map<ChartState, SVGGElement>();
  const rows = new Map<ChartEdge, SVGGElement>();
  const counts = new Map<ChartEdge, SVGTextElement>();
  const bars = new Map<ChartEdge, SVGRectElement>();
  const arrows = new Map<ChartEdge, SVGPathElement[]>();
  const root = svg('svg', {
    class: 'chart',
    viewBox: `0 0 ${layout.width} ${layout.height}`,
    role: 'img',
    'aria-label': `Statechart of ${chart.root.name}`,
  });
  root.append(svg('defs', {}, head('head'), head('head-last')));

  // Outer states first, so that inner ones lie on them; arrows over the boxes, texts over the arrows.
  for (const [state] of layout.boxes) {
    const group = drawBox(state, layout, measure, state === chart.root);
    states.set(state, group);
    root.append(group);
  }
  const lines = svg('g', { class: 'arrows' });
  for (const arrow of layout.arrows) {
    const path = drawArrow(arrow);
    lines.append(path);
    for (const edge of arrow.edges) arrows.set(edge, [...(arrows.get(edge) ?? []), path]);
  }
  root.append(lines);
  for (const [state, box] of layout.rows) {
    state.edges.forEach((edge, i) => {
      const width = box.width;
      const count = svg('text', { class: 'count', x: width, y: 12.5, 'text-anchor': 'end' });
      const bar = svg('rect', { class: 'bar', x: -5, y: LINE - 2, width: 0, height: 2, rx: 1 });
      const row = svg(
        'g',
        {
          class: `row ${edge.kind}`,
          transform: `translate(${box.x} ${box.y + i * LINE})`,
          'data-edge': edge.index,
          'data-source': state.path,
        },
        svg('title', {}, titleOf(edge)),
        svg('rect', { class: 'back', x: -6, y: 0, width: width + 12, height: LINE, rx: 5 }),
        svg('text', { x: 0, y: 12.5 }, ...labelOf(edge)),
        count,
        bar,
      );
      rows.set(edge, row);
      counts.set(edge, count);
      bars.set(edge, bar);
      root.append(row);
    });
  }
  if (!hasFrame(chart)) root.classList.add('bare');
  return { svg: root, states, rows, counts, bars, arrows };
}

function head(id: string): SVGMarkerElement {
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

function labelOf(edge: ChartEdge): SVGTSpanElement[] {
  const what = edge.label.slice(0, edge.label.length - (edge.guard ? edge.guard.length + 3 : 0));
  return [
    svg('tspan', { class: 'event' }, what),
    ...(edge.guard === undefined ? [] : [svg('tspan', { class: 'guard' }, ` [${edge.guard}]`)]),
    svg('tspan', { class: 'aim' }, ` ${aimOf(edge)}`),
  ];
}

function titleOf(edge: ChartEdge): string {
  return [
    edge.eventType === '' ? 'always' : edge.eventType,
    ...(edge.guard === undefined ? [] : [`if ${edge.guard}`]),
    ...(edge.actions.length > 0 ? [`does ${edge.actions.join(', ')}`] : []),
    ...(edge.description === '' ? [] : [edge.description]),
  ].join('\n');
}

function drawBox(
  state: ChartState,
  { boxes }: Layout,
  measure: Measure,
  isRoot: boolean,
): SVGGElement {
  const { x, y, width, height } = boxes.get(state) ?? { x: 0, y: 0, width: 0, height: 0 };
  const isOuter = state.children.length > 0;
  const group = svg('g', {
    class: `state ${state.type}${isRoot ? ' root' : ''}`,
    'data-path': state.path,
    transform: `translate(${x} ${y})`,
  });
  const radius = state.type === 'history' ? 14 : isOuter ? 12 : 9;
  group.append(
    svg('title', {}, tipOf(state)),
    svg('rect', { class: 'box', width, height, rx: radius }),
  );
  if (state.type === 'final') {
    const inner = { x: 3.5, y: 3.5, width: width - 7, height: height - 7, rx: 6 };
    group.append(svg('rect', { class: 'ring', ...inner }));
  }
  if (state.type === 'history') {
    const letter = state.isDeepHistory ? 'H*' : 'H';
    group.append(svg('text', { class: 'name', x: 14, y: 19, 'text-anchor': 'middle' }, letter));
    return group;
  }
  const hue = hueOf(state);
  if (hue !== undefined) {
    group.append(svg('circle', { class: `hue-${hue}`, cx: 16, cy: 15.5, r: 4.5 }));
  }
  const nameX = hue === undefined ? 11 : 11 + HUE_WIDTH;
  group.append(svg('text', { class: 'name', x: nameX, y: 20 }, state.name));
  if (state.invokes.length > 0) {
    group.append(svg('text', { class: 'calls', x: 11, y: 35 }, callsOf(state)));
  }
  let right = width - 8;
  for (const tag of state.tags.toReversed()) {
    const tagged = tagWidth(tag, measure);
    right -= tagged;
    group.append(
      svg('rect', { class: 'tag', x: right, y: 7, width: tagged, height: 16, rx: 8 }),
      svg('text', { class: 'tag', x: right + tagged / 2, y: 18.5, 'text-anchor': 'middle' }, tag),
    );
    right -= 4;
  }
  const { parent } = state;
  if (
    parent?.type === 'compound' &&
    (parent.initial === state.name ||
      (parent.initial === undefined && parent.children[0] === state))
  ) {
    group.append(
      svg('circle', { class: 'start', cx: -10, cy: 6, r: 3.5 }),
      svg('path', { class: 'start', d: 'M-10 6Q-10 16 -1 16', 'marker-end': 'url(#head)' }),
    );
  }
  return group;
}

function tipOf(state: ChartState): string {
  return [
    state.path || state.name,
    ...(state.description === '' ? [] : [state.description]),
    ...(state.tags.length > 0 ? [`tags ${state.tags.join(', ')}`] : []),
    ...(state.entry.length > 0 ? [`entry ${state.entry.join(', ')}`] : []),
    ...(state.exit.length > 0 ? [`exit ${state.exit.join(', ')}`] : []),
  ].join('\n');
}

function drawArrow({ from, to, points }: Arrow): SVGPathElement {
  const path = svg('path', { class: 'arrow', d: rounded(points) });
  setAll(path, { 'data-from': from.path, 'data-to': to.path, 'marker-end': 'url(#head)' });
  return path;
}

/** Straight lines with round corners. */
function rounded(points: Arrow['points']): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  let d = `M${first.x} ${first.y}`;
  rest.forEach((point, i) => {
    const next = rest[i + 1];
    if (next === undefined) {
      d += `L${point.x} ${point.y}`;
      return;
    }
    const before = i === 0 ? first : (rest[i - 1] as typeof point);
    const length = Math.min(6, distance(before, point) / 2, distance(point, next) / 2);
    const enter = towards(point, before, length);
    const leave = towards(point, next, length);
    d += `L${enter.x} ${enter.y}Q${point.x} ${point.y} ${leave.x} ${leave.y}`;
  });
  return d;
}

type Point = Arrow['points'][number];

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function towards(from: Point, to: Point, length: number): Point {
  const all = distance(from, to) || 1;
  return {
    x: from.x + ((to.x - from.x) * length) / all,
    y: from.y + ((to.y - from.y) * length) / all,
  };
}
