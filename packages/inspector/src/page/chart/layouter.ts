import type { ElkNode } from 'elkjs/lib/elk-api.js';
import type { Chart } from '../definition/chart.js';
import { graphOf } from './graph.js';
import { type Layout, layoutOf } from './layout.js';
import type { Look } from './sizes.js';

interface Elk {
  layout(graph: ElkNode): Promise<ElkNode>;
}
declare const ELK: new (options: { workerUrl: string }) => Elk;

/** Lays charts out in a worker, which takes it some 100 ms, each of them once. */
export class Layouter {
  readonly #elk = new ELK({ workerUrl: '/elk/elk-worker.min.js' });
  readonly #layouts = new WeakMap<Chart, Promise<Layout>>();
  readonly #look: Look;

  constructor(look: Look) {
    this.#look = look;
  }

  layoutFor(chart: Chart): Promise<Layout> {
    const known = this.#layouts.get(chart);
    if (known) return known;
    const laidOut = this.#layOut(chart);
    this.#layouts.set(chart, laidOut);
    // What failed is tried again the next time.
    laidOut.catch(() => this.#layouts.delete(chart));
    return laidOut;
  }

  async #layOut(chart: Chart): Promise<Layout> {
    return layoutOf(chart, await this.#elk.layout(graphOf(chart, this.#look)), this.#look);
  }
}
