import { bounded, type Settings } from '../model/settings.js';
import { topOf, type Scene } from './charts.js';
import type { Plot } from './plot.js';

/**
 * The server's capacity and outage, to be dragged where they are drawn. The sliders of the form do the same, for a
 * keyboard too.
 */
export class Handles {
  readonly #plot: Plot;
  readonly #changed: (settings: Settings) => void;
  readonly #capacity: HTMLElement;
  readonly #start: HTMLElement;
  readonly #end: HTMLElement;
  #scene: Scene | undefined;

  constructor(place: HTMLElement, plot: Plot, changed: (settings: Settings) => void) {
    this.#plot = plot;
    this.#changed = changed;
    const handle = (
      kind: string,
      title: string,
      move: (event: PointerEvent) => Partial<Settings> | undefined,
    ) => {
      const made = document.createElement('div');
      made.className = `handle ${kind}`;
      made.title = title;
      made.setAttribute('aria-hidden', 'true');
      made.addEventListener('pointerdown', (event) => {
        made.setPointerCapture(event.pointerId);
        event.preventDefault();
      });
      made.addEventListener('pointermove', (event) => {
        if (!made.hasPointerCapture(event.pointerId)) return;
        const change = move(event);
        if (change && this.#scene) this.#changed({ ...this.#scene.settings, ...change });
      });
      place.append(made);
      return made;
    };
    this.#capacity = handle('level', 'Capacity: drag it up or down', ({ clientY }) => {
      const scene = this.#scene as Scene;
      const { top, height } = plot.canvas.getBoundingClientRect();
      const floor = plot.y(0);
      const part = Math.min(
        1,
        Math.max(0, (floor - (clientY - top) * (plot.canvas.clientHeight / height)) / plot.height),
      );
      return { capacity: bounded('capacity', part ** 2 * topOf(scene) * 10) };
    });
    this.#start = handle(
      'edge',
      'The outage begins: drag it to the left or right',
      ({ clientX }) => {
        const { outageAt, outage } = (this.#scene as Scene).settings;
        const at = bounded('outageAt', Math.min(plot.secondAt(clientX), outageAt + outage));
        return { outageAt: at, outage: bounded('outage', outageAt + outage - at) };
      },
    );
    this.#end = handle(
      'edge',
      'The server is back: drag it to the left or right',
      ({ clientX }) => {
        const { outageAt } = (this.#scene as Scene).settings;
        return { outage: bounded('outage', plot.secondAt(clientX) - outageAt) };
      },
    );
  }

  /** Where the chart now has them. */
  place(scene: Scene): void {
    this.#scene = scene;
    const { capacity, outageAt, outage } = scene.settings;
    this.#capacity.style.top = `${this.#plot.y(capacity / 10)}px`;
    this.#start.style.left = `${this.#plot.x(outageAt)}px`;
    this.#end.style.left = `${this.#plot.x(outageAt + outage)}px`;
  }
}
