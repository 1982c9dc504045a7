import { isInitial } from '../../packages/inspector/src/page/chart/sizes.js';
import { arrowHeads, drawArrow } from '../../packages/inspector/src/page/chart/drawArrow.js';
import { drawBox, drawStart } from '../../packages/inspector/src/page/chart/drawState.js';
import type { Box, Point } from '../../packages/inspector/src/page/chart/layout.js';
import type { Chart, ChartState } from '../../packages/inspector/src/page/definition/chart.js';
import { topOf } from './overview.js';
import { type Markup, onPaper, svg } from './paper.js';

const size = { width: 866, height: 330 };

/** Where each state stands: the outer ones are tall, so that every arrow is straight. */
const boxes: Readonly<Record<string, Box>> = {
  waiting: { x: 20, y: 10, width: 110, height: 300 },
  connecting: { x: 360, y: 60, width: 170, height: 90 },
  running: { x: 360, y: 220, width: 170, height: 90 },
  stopped: { x: 736, y: 10, width: 110, height: 300 },
};

interface Arrow {
  readonly points: readonly [Point, Point];
  readonly words: string;
}

const level = (from: number, to: number, y: number): Arrow['points'] => [
  { x: from, y },
  { x: to, y },
];

/** Why the machine goes from one state to another, in words. */
const arrows: Readonly<Record<string, Arrow>> = {
  'waiting stopped': { points: level(130, 736, 35), words: 'stop, or retryDelay answers Break' },
  'waiting connecting': {
    points: level(130, 360, 85),
    words: 'at first, after a delay, or reconnect',
  },
  'connecting waiting': { points: level(360, 130, 130), words: 'failed, timed out, or suspend' },
  'connecting stopped': { points: level(530, 736, 105), words: 'a fatal error, or stop' },
  'connecting running': {
    points: [
      { x: 395, y: 150 },
      { x: 395, y: 220 },
    ],
    words: 'connected',
  },
  'running connecting': {
    points: [
      { x: 485, y: 220 },
      { x: 485, y: 150 },
    ],
    words: 'reconnect',
  },
  'running waiting': { points: level(360, 130, 265), words: 'Continue, lost, or suspend' },
  'running stopped': { points: level(530, 736, 265), words: 'Break, a fatal error, or stop' },
};

/**
 * The four states, as the README shows them.
 *
 * @throws when the chart has another state, or leads from one to another where no arrow is
 */
export function statesPicture(chart: Chart): string {
  check(
    'states',
    chart.root.children.map(({ name }) => name),
    Object.keys(boxes),
  );
  check('arrows', linksOf(chart), Object.keys(arrows));
  const stateOf = (name: string) =>
    chart.root.children.find((it) => it.name === name) as ChartState;
  const drawing = svg(
    'svg',
    {
      class: 'chart overview',
      viewBox: `0 0 ${size.width} ${size.height}`,
      role: 'img',
      'aria-label': `The states of ${chart.root.name}`,
    },
    arrowHeads(svg),
    ...chart.root.children.map((state) => drawState(state, boxes[state.name] as Box)),
    ...Object.entries(arrows).map(([ends, { points, words }]) => {
      const [from, to] = ends.split(' ').map((name) => stateOf(name)) as [ChartState, ChartState];
      return svg(
        'g',
        { class: 'link' },
        drawArrow(svg, { from, to, points, edges: [] }),
        svg('text', { class: 'label', ...placeOf(points) }, words),
      );
    }),
  );
  return onPaper(chart, drawing, size);
}

function drawState(state: ChartState, box: Box): Markup {
  return svg(
    'g',
    {
      class: `state ${state.type} outer`,
      'data-path': state.path,
      transform: `translate(${box.x} ${box.y})`,
    },
    ...drawBox(svg, state, box),
    svg('text', { class: 'name', x: 14, y: 22 }, state.name),
    ...(isInitial(state) ? drawStart(svg) : []),
  );
}

/** Above an arrow that is level, beside one that is upright. */
function placeOf([start, end]: Arrow['points']): Point {
  return start.y === end.y
    ? { x: Math.min(start.x, end.x) + 10, y: start.y - 8 }
    : { x: start.x + 8, y: (start.y + end.y) / 2 + 4 };
}

/** From which of the outermost states the chart leads to which. */
function linksOf({ root, edges }: Chart): string[] {
  const links = edges.flatMap(({ source, targets }) =>
    targets.map((target) => [topOf(source), topOf(target)] as const),
  );
  return links
    .filter(([from, to]) => from !== to && from !== root && to !== root)
    .map(([from, to]) => `${from.name} ${to.name}`);
}

function check(what: string, found: readonly string[], drawn: readonly string[]): void {
  const [wanted, given] = [found, drawn].map((names) => [...new Set(names)].toSorted().join(', '));
  if (wanted !== given)
    throw new Error(`${what} of the chart: ${wanted}; in the picture: ${given}`);
}
