import { innermostOf } from '../configuration.js';
import { type Chart, type ChartEdge, type ChartState, isInside } from '../definition/chart.js';
import { draw } from './draw.js';
import { byId, html, svg } from '../elements.js';
import type { Layout } from './layout.js';
import { Layouter } from './layouter.js';
import { Lights } from './lights.js';
import { measure } from './measure.js';
import type { Look } from './sizes.js';
import type { Step } from '../steps.js';
import { Viewport } from './viewport.js';

const FULL: Look = { measure, isPrinted: false };
const BRIEF: Look = { ...FULL, isBrief: true };

/** The chart in the middle: drawn once per machine, then highlighted. */
export class ChartView {
  readonly #layouter = new Layouter();
  readonly #viewport: Viewport;
  #chart: Chart | undefined;
  #drawn: { readonly lights: Lights; readonly layout: Layout } | undefined;
  #shown: Step | undefined;
  #look = FULL;

  /** `onDrawn` is called after each new drawing. */
  constructor(onDrawn: () => void) {
    const host = byId('chart');
    this.#viewport = new Viewport(host);
    host.addEventListener('pointerover', ({ target }) => this.#point(target as Element));
    host.addEventListener('pointerleave', () => this.#drawn?.lights.point(undefined));
    const brief = byId('brief');
    brief.addEventListener('click', () => {
      this.#look = this.#look === FULL ? BRIEF : FULL;
      brief.setAttribute('aria-pressed', String(this.#look === BRIEF));
      if (this.#chart) void this.open(this.#chart).then(onDrawn);
    });
  }

  /** Draws another machine; until its layout is ready nothing is shown. */
  async open(chart: Chart): Promise<void> {
    this.close('Drawing the chart …');
    this.#chart = chart;
    const look = this.#look;
    const layout = await this.#layouter
      .layoutFor(chart, look)
      .catch((error: unknown) => String(error));
    if (this.#chart !== chart || this.#look !== look) return; // another chart was opened meanwhile
    if (typeof layout === 'string') {
      this.close(`No chart: ${layout}`);
      return;
    }
    const drawing = draw<SVGElement>(svg, chart, layout, look);
    this.#drawn = { lights: new Lights(drawing), layout };
    this.#viewport.open(drawing.svg, layout);
  }

  /** Shows a text instead of a chart. */
  close(text: string): void {
    this.#chart = undefined;
    this.#drawn = undefined;
    this.#shown = undefined;
    this.#viewport.close(html('p', { class: 'empty' }, text));
  }

  get isDrawn(): boolean {
    return this.#drawn !== undefined;
  }

  /** Highlights the states of a step, and shows counts; `taken` are the edges that flash. */
  show(step: Step | undefined, counts: readonly number[], taken: readonly ChartEdge[]): void {
    if (this.#drawn === undefined) return;
    const { lights, layout } = this.#drawn;
    if (step !== this.#shown) {
      this.#shown = step;
      lights.show(step);
      const state = step && newestOf(step);
      this.#viewport.follow(state && layout.boxes.get(state));
    }
    lights.count(counts);
    lights.flash(taken);
  }

  /** The elapsed share of a running `after`, from 0 to 1. */
  tick(progress: ReadonlyMap<ChartEdge, number>): void {
    this.#drawn?.lights.fill(progress);
  }

  #point(target: Element): void {
    const index = target.closest<SVGElement>('.row')?.dataset['edge'];
    this.#drawn?.lights.point(index === undefined ? undefined : this.#chart?.edges[Number(index)]);
  }
}

/**
 * The innermost state that was entered last: the target of the last arrow, else the state that has been active for the
 * shortest time.
 */
function newestOf({ configuration, entered, edges }: Step): ChartState | undefined {
  const innermost = innermostOf(configuration);
  const [target] = edges.findLast(({ targets }) => targets.length > 0)?.targets ?? [];
  const reached = target && innermost.find((state) => isInside(state, target));
  const since = (state: ChartState) => entered.get(state) ?? 0;
  return reached ?? innermost.toSorted((a, b) => since(b) - since(a))[0];
}
