import { byId } from '../elements.js';
import type { Box, Layout } from './layout.js';
import { reducedMotion } from './reducedMotion.js';

/**
 * Minimum readable scale: below it, texts of 12 pixels would have less than 11. A chart that would need a smaller scale
 * is shown in part, around the active state.
 */
const LEAST_READ = 0.92;

/** The scale and the visible part of a chart. */
export class Viewport {
  readonly #host: HTMLElement;
  #shown: { readonly svg: SVGElement; readonly layout: Layout } | undefined;
  #followed: Box | undefined;
  /** A factor, or `fit`: the whole chart if it is readable. */
  #scale: number | 'fit' = 'fit';

  constructor(host: HTMLElement) {
    this.#host = host;
    byId('fit').addEventListener('click', () => this.#zoom('fit'));
    byId('smaller').addEventListener('click', () => this.#zoom(this.#factor() / 1.2));
    byId('larger').addEventListener('click', () => this.#zoom(this.#factor() * 1.2));
    new ResizeObserver(() => this.#resize()).observe(host);
  }

  open(svg: SVGElement, layout: Layout): void {
    this.#shown = { svg, layout };
    this.#followed = undefined;
    this.#host.replaceChildren(svg);
    this.#zoom('fit');
  }

  close(content: Node): void {
    this.#shown = undefined;
    this.#host.replaceChildren(content);
  }

  /** Keeps a part of the chart visible, also after later changes of the size. */
  follow(box: Box | undefined): void {
    this.#followed = box;
    const host = this.#host;
    if (host.scrollWidth <= host.clientWidth && host.scrollHeight <= host.clientHeight) return;
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
      behavior: reducedMotion.matches ? 'instant' : 'smooth',
    });
  }

  #factor(): number {
    if (typeof this.#scale === 'number') return this.#scale;
    const { width, height } = this.#shown?.layout ?? { width: 1, height: 1 };
    const { clientWidth, clientHeight } = this.#host;
    const whole = Math.min((clientWidth - 4) / width, (clientHeight - 4) / height);
    return Math.min(1.15, Math.max(whole, LEAST_READ));
  }

  #zoom(scale: number | 'fit'): void {
    this.#scale = typeof scale === 'number' ? Math.min(3, Math.max(0.2, scale)) : scale;
    this.#resize();
  }

  #resize(): void {
    if (this.#shown === undefined) return;
    const { svg, layout } = this.#shown;
    const factor = this.#factor();
    svg.style.width = `${Math.floor(layout.width * factor)}px`;
    svg.style.height = `${Math.floor(layout.height * factor)}px`;
    this.follow(this.#followed);
  }
}
