import { statePaths } from '../../src/machine/vocabulary.js';
import { colourOf } from './colours.js';
import { numberText } from './plot.js';

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Arrow {
  /** From one corner to the next. */
  readonly points: readonly (readonly [number, number])[];
  readonly words?: string;
  /** Where they begin, or end. */
  readonly at?: readonly [number, number];
  readonly anchor?: 'start' | 'middle' | 'end';
}

interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: Readonly<Record<string, Box>>;
  readonly arrows: Readonly<Record<string, Arrow>>;
}

const TITLE = 30;
const ROW = 20;
const heightOf = (leaves: number) => TITLE + leaves * ROW + 8;

/** The top-level states, and the leaves in each as places in `statePaths`. */
export const tops: ReadonlyMap<string, readonly number[]> = groupedByTop();

function groupedByTop(): ReadonlyMap<string, readonly number[]> {
  const groups = new Map<string, number[]>();
  for (const [state, path] of statePaths.entries()) {
    const [top = ''] = path.split('.');
    groups.set(top, [...(groups.get(top) ?? []), state]);
  }
  return groups;
}

const leaves = (top: string) => tops.get(top)?.length ?? 0;

/** As the README has it. */
function wideLayout(): Layout {
  const [connecting, running] = [heightOf(leaves('connecting')), heightOf(leaves('running'))];
  const gap = 56;
  const height = connecting + gap + running;
  const [left, middle, right] = [8, 332, 704];
  const below = 10 + connecting + gap;
  const level = (y: number, from: number, to: number, words: string): Arrow => ({
    points: [
      [from, y],
      [to, y],
    ],
    words,
    at: [(from + to) / 2, y - 7],
    anchor: 'middle',
  });
  const upright = (x: number, from: number, to: number, words: string): Arrow => ({
    points: [
      [x, from],
      [x, to],
    ],
    words,
    at: [x + 7, (from + to) / 2 + 4],
  });
  return {
    width: 860,
    height: height + 20,
    boxes: {
      waiting: { x: left, y: 10, width: 196, height },
      connecting: { x: middle, y: 10, width: 226, height: connecting },
      running: { x: middle, y: below, width: 226, height: running },
      stopped: { x: right, y: 10, width: 148, height },
    },
    arrows: {
      'waiting connecting': level(60, 204, middle, 'delay is over'),
      'connecting waiting': level(120, middle, 204, 'attempt failed'),
      'connecting running': upright(middle + 50, 10 + connecting, below, 'connected'),
      'running connecting': upright(middle + 150, below, 10 + connecting, 'reconnect'),
      'running waiting': level(below + 70, middle, 204, 'connection lost'),
      'connecting stopped': level(90, middle + 226, right, 'fatal, or stop'),
      'running stopped': level(below + 70, middle + 226, right, 'Break, or stop'),
      'waiting stopped': {
        points: [
          [106, 10 + height],
          [106, 20 + height + 16],
          [right + 74, 20 + height + 16],
          [right + 74, 10 + height],
        ],
        words: 'stop',
        at: [middle + 113, 20 + height + 10],
        anchor: 'middle',
      },
    },
  };
}

/** For a phone: one below the other. */
function tallLayout(): Layout {
  const gap = 46;
  const [x, width] = [42, 262];
  let y = 8;
  const boxes: Record<string, Box> = {};
  for (const top of ['waiting', 'connecting', 'running', 'stopped']) {
    const height = heightOf(leaves(top));
    boxes[top] = { x, y, width, height };
    y += height + gap;
  }
  const box = (top: string) => boxes[top] as Box;
  const bottom = (top: string) => box(top).y + box(top).height;
  const down = (from: string, to: string, at: number, words: string): Arrow => ({
    points: [
      [at, bottom(from)],
      [at, box(to).y],
    ],
    words,
    at: [at + 7, bottom(from) + gap / 2 + 4],
  });
  const up = (from: string, to: string, at: number, words: string): Arrow => ({
    points: [
      [at, box(from).y],
      [at, bottom(to)],
    ],
    words,
    at: [at + 7, bottom(to) + gap / 2 + 4],
  });
  const beside = (lane: number, edge: number, from: number, to: number): Arrow => ({
    points: [
      [edge, from],
      [lane, from],
      [lane, to],
      [edge, to],
    ],
  });
  const right = x + width;
  return {
    width: 346,
    height: y - gap + 8,
    boxes,
    arrows: {
      'waiting connecting': down('waiting', 'connecting', x + 24, 'delay is over'),
      'connecting waiting': up('connecting', 'waiting', x + 140, 'attempt failed'),
      'connecting running': down('connecting', 'running', x + 24, 'connected'),
      'running connecting': up('running', 'connecting', x + 140, 'reconnect'),
      'running stopped': down('running', 'stopped', x + 24, 'Break, or stop'),
      'running waiting': beside(20, x, box('running').y + 60, box('waiting').y + 60),
      'connecting stopped': beside(
        right + 16,
        right,
        box('connecting').y + 60,
        bottom('stopped') - 14,
      ),
      'waiting stopped': beside(right + 30, right, box('waiting').y + 60, box('stopped').y + 16),
    },
  };
}

export const layouts = { wide: wideLayout(), tall: tallLayout() };

const SVG = 'http://www.w3.org/2000/svg';

function svg(tag: string, attributes: Record<string, string | number>, text = ''): SVGElement {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.textContent = text;
  return element;
}

/** The chart of a link, with the number of clients in each of its states. */
export class ChartPicture {
  readonly #place: HTMLElement;
  #layout: Layout | undefined;
  #counts: readonly SVGElement[] = [];
  #bars: readonly SVGElement[] = [];
  #sums: ReadonlyMap<string, SVGElement> = new Map();

  constructor(place: HTMLElement) {
    this.#place = place;
  }

  /** What is drawn has the shape that there is room for. */
  show(counts: readonly number[], clients: number): void {
    this.#draw(this.#place.clientWidth < 620 ? layouts.tall : layouts.wide);
    for (const [state, count] of counts.entries()) {
      const [text, bar] = [this.#counts[state], this.#bars[state]];
      if (!text) continue;
      text.textContent = numberText(count);
      text.classList.toggle('none', count === 0);
      bar?.setAttribute('width', String((count / clients) * Number(bar.dataset['full'])));
    }
    for (const [top, states] of tops) {
      const sum = states.reduce((all, state) => all + (counts[state] ?? 0), 0);
      const text = this.#sums.get(top);
      if (text) text.textContent = numberText(sum);
    }
  }

  #draw(layout: Layout): void {
    if (this.#layout === layout) return;
    this.#layout = layout;
    const { width, height, boxes, arrows } = layout;
    const full = height + (layout === layouts.wide ? 26 : 0);
    const root = svg('svg', { viewBox: `0 0 ${width} ${full}`, class: 'statechart' });
    const head = svg('marker', {
      id: 'head',
      viewBox: '0 0 8 8',
      refX: 7,
      refY: 4,
      markerWidth: 7,
      markerHeight: 7,
      orient: 'auto-start-reverse',
    });
    head.append(svg('path', { d: 'M0 0.5 L7.5 4 L0 7.5 z', class: 'head' }));
    const defs = svg('defs', {});
    defs.append(head);
    root.append(defs);
    const counts: SVGElement[] = [];
    const bars: SVGElement[] = [];
    const sums = new Map<string, SVGElement>();
    for (const [ends, { points, words, at, anchor = 'start' }] of Object.entries(arrows)) {
      const d = points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x} ${y}`).join(' ');
      root.append(
        svg('path', { d, class: 'arrow', 'marker-end': 'url(#head)', 'data-ends': ends }),
      );
      if (words === undefined || at === undefined) continue;
      root.append(
        svg('text', { x: at[0], y: at[1], 'text-anchor': anchor, class: 'words' }, words),
      );
    }
    for (const [top, { x, y, width: wide, height: high }] of Object.entries(boxes)) {
      const style = `--hue: var(--${top})`;
      root.append(svg('rect', { x, y, width: wide, height: high, rx: 9, class: 'box', style }));
      root.append(svg('text', { x: x + 12, y: y + 20, class: 'name' }, top));
      const sum = svg('text', { x: x + wide - 12, y: y + 20, class: 'sum' }, '0');
      sums.set(top, sum);
      root.append(sum);
      for (const [row, state] of (tops.get(top) ?? []).entries()) {
        const path = statePaths[state] as string;
        if (path === top) {
          // A state without states has one number.
          sum.dataset['path'] = path;
          counts[state] = sum;
          continue;
        }
        const rowY = y + TITLE + row * ROW;
        const bar = svg('rect', {
          x: x + 6,
          y: rowY,
          width: 0,
          height: ROW - 3,
          rx: 3,
          class: 'bar',
          style: `fill: ${colourOf(path)}`,
          'data-full': wide - 12,
        });
        const count = svg(
          'text',
          { x: x + wide - 12, y: rowY + 13, class: 'count', 'data-path': path },
          '0',
        );
        bars[state] = bar;
        counts[state] = count;
        const leaf = path.slice(top.length + 1);
        root.append(bar, svg('text', { x: x + 12, y: rowY + 13, class: 'leaf' }, leaf), count);
      }
    }
    this.#counts = counts;
    this.#bars = bars;
    this.#sums = sums;
    this.#place.replaceChildren(root);
  }
}
