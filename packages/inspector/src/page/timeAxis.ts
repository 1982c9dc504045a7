import { byId, html, setAll } from './elements.js';
import type { Steps } from './steps.js';
import { clockTime } from './words.js';

/** Possible distances between two labels, in milliseconds: natural units of time. */
const UNITS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000, 120_000, 300_000,
  600_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000, 43_200_000, 86_400_000,
];
/** Width of a label including its margin. */
const LABEL_PX = 96;
/** Maximum number of distinguishable marks. */
const MOST_MARKS = 200;

/** The time of the steps to scale, with their failures; a click selects the step before it. */
export class TimeAxis {
  readonly #host = byId('axis');
  #steps: Steps | undefined;
  #place = 0;
  #shown = '';
  /** Stored, because reading it at each step would cause a layout each time. */
  #width = 0;

  /** `onMove` receives the index of a step. */
  constructor(onMove: (place: number) => void) {
    new ResizeObserver(([entry]) => {
      this.#width = entry?.contentRect.width ?? 0;
      if (this.#steps) this.show(this.#steps, this.#place);
    }).observe(this.#host);
    this.#host.addEventListener('click', ({ clientX }) => {
      const { left, width } = this.#host.getBoundingClientRect();
      const place = this.#placeAt((clientX - left) / width);
      if (place !== undefined) onMove(place);
    });
  }

  show(steps: Steps, place: number): void {
    this.#steps = steps;
    this.#place = place;
    const [first] = steps.list;
    const last = steps.list.at(-1);
    const width = this.#width;
    const key = `${first?.seq} ${last?.seq} ${place} ${width}`;
    if (key === this.#shown) return;
    this.#shown = key;
    if (first === undefined || last === undefined) {
      this.#host.replaceChildren();
      return;
    }
    const total = Math.max(1, last.at - first.at);
    const at = (moment: number) => `${(Math.max(0, moment - first.at) / total) * 100}%`;
    const failures = steps.list.filter(({ isFailure }) => isFailure);
    const now = steps.list[place];
    this.#host.replaceChildren(
      ...ticksOf(first.at, last.at, width).map((moment) => {
        const hasRoom = ((last.at - moment) / total) * width > LABEL_PX * 0.7;
        const label = hasRoom ? clockTime(moment) : '';
        return placed(
          html('span', { class: 'tick' }, total < 5000 ? label : label.slice(0, 8)),
          at(moment),
        );
      }),
      // Of thousands, only those that are far enough apart.
      ...thinned(failures, total / MOST_MARKS).map((step) =>
        placed(
          html('span', { class: 'failure', title: `${clockTime(step.at)} failure` }),
          at(step.at),
        ),
      ),
      ...(now ? [placed(html('span', { class: 'now' }), at(now.at))] : []),
    );
    setAll(this.#host, {
      'aria-label': `From ${clockTime(first.at)} to ${clockTime(last.at)}, ${failures.length} failures`,
    });
  }

  /** The last step before a given share of the whole time. */
  #placeAt(part: number): number | undefined {
    const list = this.#steps?.list ?? [];
    const [first] = list;
    const last = list.at(-1);
    if (first === undefined || last === undefined) return undefined;
    const moment = first.at + part * (last.at - first.at);
    // A tolerance of half a mark to the right.
    const slack = (last.at - first.at) / 200;
    return Math.max(
      0,
      list.findLastIndex(({ at }) => at <= moment + slack),
    );
  }
}

function placed(element: HTMLElement, left: string): HTMLElement {
  element.style.left = left;
  return element;
}

function ticksOf(from: number, to: number, width: number): number[] {
  const least = ((to - from) * LABEL_PX) / Math.max(1, width);
  const unit = UNITS.find((each) => each >= least) ?? Math.ceil(least / 86_400_000) * 86_400_000;
  const ticks: number[] = [];
  // Whole hours in the reader's time zone.
  const offset = new Date(from).getTimezoneOffset() * 60_000;
  const first = Math.ceil((from - offset) / unit) * unit + offset;
  for (let moment = first; moment <= to; moment += unit) ticks.push(moment);
  return ticks;
}

function thinned<T extends { readonly at: number }>(items: readonly T[], leastMs: number): T[] {
  let last = -Infinity;
  return items.filter(({ at }) => {
    if (at - last < leastMs) return false;
    last = at;
    return true;
  });
}
