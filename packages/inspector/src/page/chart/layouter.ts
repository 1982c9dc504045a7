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

/** A chart that takes longer is given up: others wait for the same worker. */
const MOST_MS = 20_000;

/** Lays charts out in a worker, which takes it some 100 ms, each of them once. */
export class Layouter {
  #elk = newElk();
  #before: Promise<unknown> = Promise.resolve();
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

  /** One after the other: they would wait for each other in the worker, and time is counted for each. */
  #layOut(chart: Chart): Promise<Layout> {
    const result = this.#before.then(() => this.#next(chart));
    this.#before = result.catch(() => {});
    return result;
  }

  async #next(chart: Chart): Promise<Layout> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tooLong = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        // One that counts for minutes does not hear that it may stop.
        this.#elk.terminateWorker();
        this.#elk = newElk();
        reject(new Error(`its layout takes more than ${MOST_MS / 1000} s`));
      }, MOST_MS);
    });
    try {
      const graph = await Promise.race([this.#elk.layout(graphOf(chart, this.#look)), tooLong]);
      return layoutOf(chart, graph, this.#look);
    } finally {
      clearTimeout(timer);
    }
  }
}

function newElk(): Elk {
  return new ELK({ workerUrl: '/elk/elk-worker.min.js' });
}
