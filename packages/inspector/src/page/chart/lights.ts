import type { ChartEdge } from '../definition/chart.js';
import type { Drawing } from './draw.js';
import { arrowHeadUrl } from './drawArrow.js';
import { setText } from '../elements.js';
import { reducedMotion } from './reducedMotion.js';
import type { Step } from '../steps.js';

const FLASH_MS = 1400;

/** The changes of a drawing while its machine runs. */
export class Lights {
  readonly #drawing: Drawing<SVGElement>;
  #last: readonly ChartEdge[] = [];
  #counted: readonly number[] = [];

  constructor(drawing: Drawing<SVGElement>) {
    this.#drawing = drawing;
  }

  /** Highlights the active states, and marks the edges just taken. */
  show(step: Step | undefined): void {
    for (const [state, group] of this.#drawing.states) {
      group.classList.toggle('active', step?.configuration.has(state) ?? false);
    }
    const edges = step?.edges ?? [];
    for (const edge of this.#last) this.#mark(edge, false);
    for (const edge of edges) this.#mark(edge, true);
    this.#last = edges;
  }

  /** Shows how often each edge was taken. */
  count(counts: readonly number[]): void {
    for (const [edge, { count, group }] of this.#drawing.rows) {
      const times = counts[edge.index] ?? 0;
      if (times === (this.#counted[edge.index] ?? 0)) continue;
      setText(count, times > 0 ? `×${times}` : '');
      group.classList.toggle('taken', times > 0);
    }
    this.#counted = counts.slice();
  }

  flash(edges: readonly ChartEdge[]): void {
    if (reducedMotion.matches) return; // without flashing; the edge taken last stays marked, which is enough
    for (const edge of new Set(edges)) {
      const back = this.#drawing.rows.get(edge)?.group.querySelector('.back');
      if (back) flash(back, { fillOpacity: 1 });
      for (const path of this.#drawing.arrows.get(edge) ?? []) {
        flash(path, { strokeWidth: '4px', stroke: 'var(--flash)' });
      }
    }
  }

  /** Shows the elapsed share of a running `after`, from 0 to 1, as a bar below its line. */
  fill(progress: ReadonlyMap<ChartEdge, number>): void {
    for (const [edge, { bar, barWidth }] of this.#drawing.rows) {
      const width = String(Math.round((progress.get(edge) ?? 0) * barWidth));
      if (bar.getAttribute('width') !== width) bar.setAttribute('width', width);
    }
  }

  /** Shows which arrows belong to a line; several lines may have the same arrow. */
  point(edge: ChartEdge | undefined): void {
    const pointed = edge && this.#drawing.arrows.get(edge);
    for (const paths of this.#drawing.arrows.values()) {
      for (const path of paths) path.classList.toggle('pointed', pointed?.includes(path) ?? false);
    }
  }

  #mark(edge: ChartEdge, isLast: boolean): void {
    this.#drawing.rows.get(edge)?.group.classList.toggle('last', isLast);
    for (const path of this.#drawing.arrows.get(edge) ?? []) {
      path.classList.toggle('last', isLast);
      path.setAttribute('marker-end', arrowHeadUrl(isLast));
      if (isLast) path.parentNode?.append(path); // above the other arrows
    }
  }
}

function flash(part: Element, from: Keyframe): void {
  for (const running of part.getAnimations()) running.cancel();
  part.animate([from, {}], { duration: FLASH_MS, easing: 'ease-out' });
}
