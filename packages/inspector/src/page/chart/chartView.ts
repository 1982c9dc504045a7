import type { Chart, ChartEdge } from '../definition/chart.js';
import { draw } from './draw.js';
import { byId, html, svg } from '../elements.js';
import type { Layout } from './layout.js';
import { Layouter } from './layouter.js';
import { Lights } from './lights.js';
import { measure } from './measure.js';
import type { Look } from './sizes.js';
import type { Step } from '../steps.js';
import { Viewport } from './viewport.js';

const LOOK: Look = { measure, isPrinted: false };

/** The chart in the middle: drawn once per machine, then lit. */
export class ChartView {
  readonly #layouter = new Layouter(LOOK);
  readonly #viewport: Viewport;
  #chart: Chart | undefined;
  #drawn: { readonly lights: Lights; readonly layout: Layout } | undefined;
  #shown: Step | undefined;

  constructor() {
    const host = byId('chart');
    this.#viewport = new Viewport(host);
    host.addEventListener('pointerover', ({ target }) => this.#point(target as Element));
    host.addEventListener('pointerleave', () => this.#drawn?.lights.point(undefined));
  }

  /** Draws another machine; until it is laid out nothing is shown. */
  async open(chart: Chart): Promise<void> {
    this.close('Drawing the chart …');
    this.#chart = chart;
    const layout = await this.#layouter.layoutFor(chart).catch((error: unknown) => String(error));
    if (this.#chart !== chart) return; // another one was opened meanwhile
    if (typeof layout === 'string') {
      this.close(`No chart: ${layout}`);
      return;
    }
    const drawing = draw<SVGElement>(svg, chart, layout, LOOK);
    this.#drawn = { lights: new Lights(drawing), layout };
    this.#viewport.open(drawing.svg, layout);
  }

  /** Shows a text in its place. */
  close(text: string): void {
    this.#chart = undefined;
    this.#drawn = undefined;
    this.#shown = undefined;
    this.#viewport.close(html('p', { class: 'empty' }, text));
  }

  get isDrawn(): boolean {
    return this.#drawn !== undefined;
  }

  /** Lights the states of a step, and counts; `taken` are the edges that flash. */
  show(step: Step | undefined, counts: readonly number[], taken: readonly ChartEdge[]): void {
    if (this.#drawn === undefined) return;
    const { lights, layout } = this.#drawn;
    if (step !== this.#shown) {
      this.#shown = step;
      lights.show(step);
      const innermost = [...(step?.configuration ?? [])].at(-1);
      this.#viewport.follow(innermost && layout.boxes.get(innermost));
    }
    lights.count(counts);
    lights.flash(taken);
  }

  /** How much of a running `after` is over, from 0 to 1. */
  tick(progress: ReadonlyMap<ChartEdge, number>): void {
    this.#drawn?.lights.fill(progress);
  }

  #point(target: Element): void {
    const index = target.closest<SVGElement>('.row')?.dataset['edge'];
    this.#drawn?.lights.point(index === undefined ? undefined : this.#chart?.edges[Number(index)]);
  }
}
