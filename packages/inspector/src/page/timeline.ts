import { innermostOf } from './configuration.js';
import type { Chart, ChartState } from './definition.js';
import { byId, setAll, setText } from './elements.js';
import type { Step, Steps } from './steps.js';
import { clockTime, wordsOf } from './words.js';

/** How many top-level states have a colour of their own, as style.css lists them. */
const HUES = 8;

/** The scrubber: a place among the steps, or always the newest one. */
export class Timeline {
  readonly #scrubber = byId<HTMLInputElement>('scrubber');
  readonly #live = byId<HTMLButtonElement>('live');
  readonly #ribbon = byId<HTMLCanvasElement>('ribbon');
  readonly #onMove: (place: number | undefined) => void;
  #steps: Steps | undefined;
  #place = 0;

  /** `onMove` is told a place, or undefined for live. */
  constructor(onMove: (place: number | undefined) => void) {
    this.#onMove = onMove;
    this.#scrubber.addEventListener('input', () => onMove(Number(this.#scrubber.value)));
    this.#live.addEventListener('click', () => {
      const isLive = this.#live.getAttribute('aria-pressed') === 'true';
      onMove(isLive ? this.#place : undefined);
    });
    byId('back').addEventListener('click', () => this.#by(-1));
    byId('forth').addEventListener('click', () => this.#by(1));
    new ResizeObserver(() => this.#draw(undefined)).observe(this.#ribbon);
  }

  show(steps: Steps, chart: Chart, place: number, isLive: boolean): void {
    this.#steps = steps;
    this.#place = place;
    const step = steps.list[place];
    setAll(this.#scrubber, { max: Math.max(0, steps.list.length - 1) });
    this.#scrubber.value = String(Math.max(0, place));
    setAll(this.#live, { 'aria-pressed': isLive ? 'true' : 'false' });
    byId<HTMLButtonElement>('back').disabled = place <= 0;
    byId<HTMLButtonElement>('forth').disabled = place >= steps.list.length - 1;
    const lost = steps.dropped > 0 ? ` · ${steps.dropped} before it dropped` : '';
    const text = step
      ? `${place + 1} of ${steps.list.length} · ${clockTime(step.at)}${lost}`
      : 'no step yet';
    setText(byId('moment'), text);
    setAll(this.#scrubber, {
      'aria-valuetext': step
        ? `step ${text}: ${wordsOf(step.event.type)} to ${placeOf(step)}`
        : text,
    });
    this.#draw(chart);
  }

  #by(count: number): void {
    const last = (this.#steps?.list.length ?? 1) - 1;
    this.#onMove(Math.min(last, Math.max(0, this.#place + count)));
  }

  #chart: Chart | undefined;

  /** A stripe per step in the colour of its top-level state. */
  #draw(chart: Chart | undefined): void {
    this.#chart = chart ?? this.#chart;
    const canvas = this.#ribbon;
    const context = canvas.getContext('2d');
    const { list } = this.#steps ?? { list: [] };
    if (context === null || this.#chart === undefined) return;
    const width = Math.round(canvas.clientWidth * devicePixelRatio);
    const height = Math.round(canvas.clientHeight * devicePixelRatio);
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    context.clearRect(0, 0, width, height);
    const style = getComputedStyle(canvas);
    const colours = Array.from({ length: HUES }, (_, i) => style.getPropertyValue(`--hue-${i}`));
    const top = this.#chart.root.children;
    list.forEach((step, i) => {
      const state = top.find((child) => step.configuration.has(child));
      const hue = state ? top.indexOf(state) % HUES : -1;
      context.globalAlpha = i <= this.#place ? 1 : 0.35;
      context.fillStyle = colours[hue] ?? 'gray';
      const from = Math.floor((i * width) / list.length);
      const to = Math.max(from + 1, Math.floor(((i + 1) * width) / list.length));
      context.fillRect(from, 0, to - from, height);
    });
  }
}

/** Where a step ended: the innermost states. */
export function placeOf({ configuration, snapshot }: Step): string {
  const states = innermostOf(configuration).filter((state: ChartState) => state.path !== '');
  return states.map(({ path }) => path).join(', ') || (snapshot.status ?? 'active');
}
