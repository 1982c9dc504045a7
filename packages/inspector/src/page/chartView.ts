import type { ElkNode } from 'elkjs/lib/elk-api.js';
import type { Chart, ChartEdge } from './definition.js';
import { draw, type Drawing } from './draw.js';
import { byId, html, setText } from './elements.js';
import { graphOf, type Layout, layoutOf, type Measure } from './layout.js';
import type { Step } from './steps.js';

interface Elk {
  layout(graph: ElkNode): Promise<ElkNode>;
}
declare const ELK: new (options: { workerUrl: string }) => Elk;

const FLASH_MS = 1400;
/** Smaller than this a chart is no longer read: it is shown in part, around the active state. */
const LEAST_READ = 0.7;
/** On a phone, which is held closer to the eye but has smaller pixels. */
const LEAST_READ_NARROW = 0.9;
const NARROW_PX = 500;

/** The chart in the middle: drawn once per machine, then lit. */
export class ChartView {
  readonly #host = byId('chart');
  readonly #elk = new ELK({ workerUrl: '/elk/elk-worker.min.js' });
  readonly #layouts = new WeakMap<Chart, Promise<Layout>>();
  readonly #stillness = matchMedia('(prefers-reduced-motion: reduce)');
  #drawing: Drawing | undefined;
  #layout: Layout | undefined;
  #chart: Chart | undefined;
  #scale: number | 'read' | 'fit' = 'read';
  #last: readonly ChartEdge[] = [];
  #shown: Step | undefined;
  #counted: readonly number[] = [];

  constructor() {
    byId('fit').addEventListener('click', () => this.#zoom('fit'));
    byId('smaller').addEventListener('click', () => this.#zoom(this.#factor() / 1.2));
    byId('larger').addEventListener('click', () => this.#zoom(this.#factor() * 1.2));
    new ResizeObserver(() => this.#resize()).observe(this.#host);
    this.#host.addEventListener('pointerover', ({ target }) => this.#point(target as Element));
    this.#host.addEventListener('pointerleave', () => this.#point(undefined));
  }

  /** Shows which arrow belongs to the line under the pointer; several lines may have the same. */
  #point(target: Element | undefined): void {
    const index = target?.closest<SVGElement>('.row')?.dataset['edge'];
    const edge = index === undefined ? undefined : this.#chart?.edges[Number(index)];
    const pointed = edge && this.#drawing?.arrows.get(edge);
    for (const paths of this.#drawing?.arrows.values() ?? []) {
      for (const path of paths) path.classList.toggle('pointed', pointed?.includes(path) ?? false);
    }
  }

  /** Draws another machine; until it is laid out, which takes a worker some 100 ms, nothing is shown. */
  async open(chart: Chart): Promise<void> {
    this.#chart = chart;
    this.#drawing = undefined;
    this.#shown = undefined;
    this.#host.replaceChildren(html('p', { class: 'empty' }, 'Drawing the chart …'));
    const layout = await this.#layoutFor(chart).catch((error: unknown) => String(error));
    if (this.#chart !== chart) return; // another one was opened meanwhile
    if (typeof layout === 'string') {
      this.#layouts.delete(chart);
      this.#host.replaceChildren(html('p', { class: 'empty' }, `No chart: ${layout}`));
      return;
    }
    this.#layout = layout;
    this.#drawing = draw(chart, layout, measure);
    this.#host.replaceChildren(this.#drawing.svg);
    this.#zoom('read');
  }

  close(text: string): void {
    this.#chart = undefined;
    this.#drawing = undefined;
    this.#host.replaceChildren(html('p', { class: 'empty' }, text));
  }

  get isDrawn(): boolean {
    return this.#drawing !== undefined;
  }

  /** Lights the states of a step, and counts; `taken` are the edges that flash. */
  show(step: Step | undefined, counts: readonly number[], taken: readonly ChartEdge[]): void {
    const drawing = this.#drawing;
    if (drawing === undefined) return;
    if (step !== this.#shown) {
      for (const [state, group] of drawing.states) {
        group.classList.toggle('active', step?.configuration.has(state) ?? false);
      }
      this.#mark(drawing, step?.edges ?? []);
      this.#follow(step);
    }
    for (const [edge, text] of drawing.counts) {
      const count = counts[edge.index] ?? 0;
      if (count !== (this.#counted[edge.index] ?? 0) || this.#shown === undefined) {
        setText(text, count > 0 ? `×${count}` : '');
        drawing.rows.get(edge)?.classList.toggle('taken', count > 0);
      }
    }
    this.#counted = counts.slice();
    this.#shown = step;
    this.#flash(drawing, taken);
  }

  /** How much of a running `after` is over, from 0 to 1, as a bar below its line. */
  tick(progress: ReadonlyMap<ChartEdge, number>): void {
    for (const [edge, bar] of this.#drawing?.bars ?? []) {
      const part = progress.get(edge);
      const width = part === undefined ? '0' : String(Math.round(part * this.#rowWidth(edge)));
      if (bar.getAttribute('width') !== width) bar.setAttribute('width', width);
    }
  }

  #rowWidth({ source }: ChartEdge): number {
    return (this.#layout?.rows.get(source)?.width ?? 0) + 10;
  }

  #mark(drawing: Drawing, edges: readonly ChartEdge[]): void {
    const setLast = (edge: ChartEdge, isLast: boolean) => {
      drawing.rows.get(edge)?.classList.toggle('last', isLast);
      for (const path of drawing.arrows.get(edge) ?? []) {
        path.classList.toggle('last', isLast);
        path.setAttribute('marker-end', isLast ? 'url(#head-last)' : 'url(#head)');
        if (isLast) path.parentNode?.append(path); // over the others
      }
    };
    for (const edge of this.#last) setLast(edge, false);
    for (const edge of edges) setLast(edge, true);
    this.#last = edges;
  }

  #flash(drawing: Drawing, edges: readonly ChartEdge[]): void {
    if (this.#stillness.matches) return; // what was taken last stays marked, which is enough
    for (const edge of new Set(edges)) {
      const parts = [
        drawing.rows.get(edge)?.querySelector('.back'),
        ...(drawing.arrows.get(edge) ?? []),
      ];
      for (const part of parts) {
        for (const running of part?.getAnimations() ?? []) running.cancel();
        const from = part?.classList.contains('arrow')
          ? { strokeWidth: '4px', stroke: 'var(--flash)' }
          : { fillOpacity: 1 };
        part?.animate([from, {}], { duration: FLASH_MS, easing: 'ease-out' });
      }
    }
  }

  #layoutFor(chart: Chart): Promise<Layout> {
    const known = this.#layouts.get(chart);
    if (known) return known;
    const laidOut = this.#elk
      .layout(graphOf(chart, measure))
      .then((graph) => layoutOf(chart, graph));
    this.#layouts.set(chart, laidOut);
    return laidOut;
  }

  #factor(): number {
    const { width = 1, height = 1 } = this.#layout ?? {};
    if (typeof this.#scale === 'number') return this.#scale;
    const { clientWidth, clientHeight } = this.#host;
    const whole = Math.min((clientWidth - 4) / width, (clientHeight - 4) / height);
    const readable = clientWidth < NARROW_PX ? LEAST_READ_NARROW : LEAST_READ;
    return Math.min(1.15, Math.max(whole, this.#scale === 'fit' ? 0.2 : readable));
  }

  #zoom(scale: number | 'read' | 'fit'): void {
    this.#scale = typeof scale === 'number' ? Math.min(3, Math.max(0.2, scale)) : scale;
    this.#resize();
  }

  #resize(): void {
    if (this.#drawing === undefined || this.#layout === undefined) return;
    const factor = this.#factor();
    this.#drawing.svg.style.width = `${Math.floor(this.#layout.width * factor)}px`;
    this.#drawing.svg.style.height = `${Math.floor(this.#layout.height * factor)}px`;
    this.#follow(this.#shown);
  }

  /** Keeps the innermost active state in view. */
  #follow(step: Step | undefined): void {
    const host = this.#host;
    if (host.scrollWidth <= host.clientWidth && host.scrollHeight <= host.clientHeight) return;
    const state = [...(step?.configuration ?? [])].at(-1);
    const box = state && this.#layout?.boxes.get(state);
    if (box === undefined) return;
    const factor = this.#factor();
    const [left, top] = [box.x * factor, box.y * factor];
    const [right, bottom] = [left + box.width * factor, top + box.height * factor];
    const isInView =
      left >= host.scrollLeft &&
      top >= host.scrollTop &&
      right <= host.scrollLeft + host.clientWidth &&
      bottom <= host.scrollTop + host.clientHeight;
    if (isInView) return;
    host.scrollTo({
      left: (left + right - host.clientWidth) / 2,
      top: (top + bottom - host.clientHeight) / 2,
      behavior: this.#stillness.matches ? 'instant' : 'smooth',
    });
  }
}

let family: string | undefined;
const canvas = document.createElement('canvas').getContext('2d');

/** In the chart's own type, as style.css sets it. */
export const measure: Measure = (text, style) => {
  if (canvas === null) return text.length * 7;
  family ??= getComputedStyle(document.body).fontFamily;
  canvas.font = style === 'name' ? `600 13.5px ${family}` : `12px ${family}`;
  return canvas.measureText(text).width;
};
