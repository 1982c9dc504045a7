import type { ElkNode } from 'elkjs/lib/elk-api.js';
import type { Chart } from '../definition/chart.js';
import { graphOf } from './graph.js';
import { type Layout, layoutOf } from './layout.js';
import type { Look } from './sizes.js';

interface Elk {
  layout(graph: ElkNode): Promise<ElkNode>;
  terminateWorker(): void;
}
declare const ELK: new (options: { workerUrl: string }) => Elk;

/** Maximum duration of a layout in milliseconds: others wait for the same worker. */
const MOST_MS = 20_000;

/** Computes the layout of charts in a worker, once for each chart; that takes about 100 ms. */
export class Layouter {
  #elk = newElk();
  #before: Promise<unknown> = Promise.resolve();
  readonly #layouts = new WeakMap<Chart, Map<Look, Promise<Layout>>>();

  layoutFor(chart: Chart, look: Look): Promise<Layout> {
    const layouts = this.#layouts.get(chart) ?? new Map<Look, Promise<Layout>>();
    this.#layouts.set(chart, layouts);
    const known = layouts.get(look);
    if (known) return known;
    const laidOut = this.#layOut(chart, look);
    layouts.set(look, laidOut);
    // A failed layout is computed again the next time.
    laidOut.catch(() => layouts.delete(look));
    return laidOut;
  }

  /** One layout after another: in parallel they would wait for each other in the worker, and exceed their deadlines. */
  #layOut(chart: Chart, look: Look): Promise<Layout> {
    const result = this.#before.then(() => this.#next(chart, look));
    this.#before = result.catch(() => {});
    return result;
  }

  async #next(chart: Chart, look: Look): Promise<Layout> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tooLong = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        // A worker that computes for minutes does not read a message to stop.
        this.#elk.terminateWorker();
        this.#elk = newElk();
        reject(new Error(`its layout takes more than ${MOST_MS / 1000} s`));
      }, MOST_MS);
    });
    try {
      const graph = await Promise.race([this.#elk.layout(graphOf(chart, look)), tooLong]);
      return layoutOf(chart, graph, look);
    } finally {
      clearTimeout(timer);
    }
  }
}

function newElk(): Elk {
  return new ELK({ workerUrl: '/elk/elk-worker.min.js' });
}
