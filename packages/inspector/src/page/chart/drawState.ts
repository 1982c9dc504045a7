import { callsOf, stateTip } from './captions.js';
import type { ChartState } from '../definition/chart.js';
import { arrowHeadUrl } from './drawArrow.js';
import { svg } from '../elements.js';
import { hueOf } from './hue.js';
import type { Box } from './layout.js';
import { HUE_WIDTH, type Measure, PAD, tagWidth } from './sizes.js';

/** A state's box with its name, calls and tags, at its place in the chart. */
export function drawState(state: ChartState, box: Box, measure: Measure): SVGGElement {
  const isRoot = state.parent === undefined;
  return svg(
    'g',
    {
      class: `state ${state.type}${isRoot ? ' root' : ''}`,
      'data-path': state.path,
      transform: `translate(${box.x} ${box.y})`,
    },
    svg('title', {}, stateTip(state)),
    ...drawBox(state, box),
    ...(state.type === 'history' ? [drawLetter(state)] : drawHead(state, box, measure)),
  );
}

function drawBox(state: ChartState, { width, height }: Box): SVGElement[] {
  const rx = state.type === 'history' ? 14 : state.children.length > 0 ? 12 : 9;
  const box = svg('rect', { class: 'box', width, height, rx });
  if (state.type !== 'final') return [box];
  const ring = { x: 3.5, y: 3.5, width: width - 7, height: height - 7, rx: 6 };
  return [box, svg('rect', { class: 'ring', ...ring })];
}

/** A history state has no room for a name. */
function drawLetter({ isDeepHistory }: ChartState): SVGElement {
  const letter = isDeepHistory ? 'H*' : 'H';
  return svg('text', { class: 'name', x: 14, y: 19, 'text-anchor': 'middle' }, letter);
}

function drawHead(state: ChartState, box: Box, measure: Measure): SVGElement[] {
  const hue = hueOf(state);
  const nameX = hue === undefined ? PAD : PAD + HUE_WIDTH;
  return [
    ...(hue === undefined
      ? []
      : [svg('circle', { class: `hue-${hue}`, cx: 16, cy: 15.5, r: 4.5 })]),
    svg('text', { class: 'name', x: nameX, y: 20 }, state.name),
    ...(state.invokes.length > 0
      ? [svg('text', { class: 'calls', x: PAD, y: 35 }, callsOf(state))]
      : []),
    ...drawTags(state, box, measure),
    ...(isInitial(state) ? drawStart() : []),
  ];
}

/** From the right border to the left. */
function drawTags({ tags }: ChartState, { width }: Box, measure: Measure): SVGElement[] {
  let right = width - 8;
  return tags.toReversed().flatMap((tag) => {
    const tagged = tagWidth(tag, measure);
    const x = right - tagged;
    right = x - 4;
    return [
      svg('rect', { class: 'tag', x, y: 7, width: tagged, height: 16, rx: 8 }),
      svg('text', { class: 'tag', x: x + tagged / 2, y: 18.5, 'text-anchor': 'middle' }, tag),
    ];
  });
}

function isInitial({ parent, name }: ChartState): boolean {
  if (parent?.type !== 'compound') return false;
  return (parent.initial ?? parent.children[0]?.name) === name;
}

/** The dot and the arrow that lead into an initial state. */
function drawStart(): SVGElement[] {
  return [
    svg('circle', { class: 'start', cx: -10, cy: 6, r: 3.5 }),
    svg('path', { class: 'start', d: 'M-10 6Q-10 16 -1 16', 'marker-end': arrowHeadUrl(false) }),
  ];
}
