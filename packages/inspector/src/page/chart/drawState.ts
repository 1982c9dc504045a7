// Why: docs/decisions/0030-inspector-chart.md
import { notesOf, stateTip, tagsOf } from './captions.js';
import type { ChartState } from '../definition/chart.js';
import { arrowHeadUrl } from './drawArrow.js';
import { hueOf } from './hue.js';
import type { Box } from './layout.js';
import type { Pen } from './pen.js';
import { headWidth, isInitial, type Look, nameIndent, NOTE, PAD, tagWidth } from './sizes.js';

/**
 * Draws a state's box with its name, calls and tags, at its position in the chart.
 *
 * @param shift distance of its name from the usual position
 */
export function drawState<T>(svg: Pen<T>, state: ChartState, box: Box, look: Look, shift = 0): T {
  const isRoot = state.parent === undefined;
  return svg(
    'g',
    {
      class: `state ${state.type}${isRoot ? ' root' : ''}`,
      'data-path': state.path,
      transform: `translate(${box.x} ${box.y})`,
    },
    svg('title', {}, stateTip(state)),
    ...drawBox(svg, state, box),
    ...(state.type === 'history'
      ? [drawLetter(svg, state)]
      : drawHead(svg, state, box, look, shift)),
  );
}

export function drawBox<T>(svg: Pen<T>, state: ChartState, { width, height }: Box): T[] {
  const rx = state.type === 'history' ? 14 : state.children.length > 0 ? 12 : 9;
  const box = svg('rect', { class: 'box', width, height, rx });
  if (state.type !== 'final') return [box];
  const ring = { x: 3.5, y: 3.5, width: width - 7, height: height - 7, rx: 6 };
  return [box, svg('rect', { class: 'ring', ...ring })];
}

/** The letter of a history state, which has no room for a name. */
function drawLetter<T>(svg: Pen<T>, { isDeepHistory }: ChartState): T {
  const letter = isDeepHistory ? 'H*' : 'H';
  return svg('text', { class: 'name', x: 14, y: 19, 'text-anchor': 'middle' }, letter);
}

function drawHead<T>(svg: Pen<T>, state: ChartState, box: Box, look: Look, shift: number): T[] {
  const hue = hueOf(state);
  const nameX = shift + PAD + nameIndent(state, look);
  return [
    ...(hue === undefined
      ? []
      : [svg('circle', { class: `hue-${hue}`, cx: nameX - 9, cy: 15.5, r: 4.5 })]),
    svg('text', { class: 'name', x: nameX, y: 20 }, state.name),
    ...notesOf(state, look).map((note, i) =>
      svg('text', { class: 'aside', x: shift + PAD, y: 35 + i * NOTE }, note),
    ),
    // A state with inner states has its tags beside its name, because arrows to inner states pass on the right.
    ...drawTags(
      svg,
      state,
      look.isPrinted || state.children.length === 0
        ? box.width
        : shift + headWidth(state, look) - 4,
      look,
    ),
    ...(isInitial(state)
      ? look.isPrinted
        ? drawStart(svg)
        : drawStartInside(svg, shift + PAD)
      : []),
  ];
}

/** Draws tags from right to left. */
function drawTags<T>(svg: Pen<T>, state: ChartState, width: number, look: Look): T[] {
  let right = width - 8;
  return tagsOf(state, look)
    .toReversed()
    .flatMap((tag) => {
      const tagged = tagWidth(tag, look);
      const x = right - tagged;
      right = x - 4;
      return [
        svg('rect', { class: 'tag', x, y: 7, width: tagged, height: 16, rx: 8 }),
        svg('text', { class: 'tag', x: x + tagged / 2, y: 18.5, 'text-anchor': 'middle' }, tag),
      ];
    });
}

/** The dot and the arrow that lead into an initial state. */
export function drawStart<T>(svg: Pen<T>): T[] {
  return [
    svg('circle', { class: 'start', cx: -10, cy: 6, r: 3.5 }),
    svg('path', { class: 'start', d: 'M-10 6Q-10 16 -1 16', 'marker-end': arrowHeadUrl(false) }),
  ];
}

/** On a screen they are drawn before the name, where there are no arrows and borders. */
function drawStartInside<T>(svg: Pen<T>, x: number): T[] {
  return [
    svg('circle', { class: 'start', cx: x + 3, cy: 15.5, r: 3.5 }),
    svg('path', { class: 'start', d: `M${x + 3} 15.5h14`, 'marker-end': arrowHeadUrl(false) }),
  ];
}
