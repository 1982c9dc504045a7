import { innermostOf } from './configuration.js';
import type { Chart, ChartState } from './definition/chart.js';
import { byId, setAll, setText } from './elements.js';
import { colouredStates, hueOf } from './chart/hue.js';
import type { Step, Steps } from './steps.js';
import { TimeAxis } from './timeAxis.js';
import { clockTime, span, wordsOf } from './words.js';

/** The scrubber: selects a step, or always the newest one. */
export class Timeline {
  readonly #scrubber = byId('scrubber', HTMLInputElement);
  readonly #live = byId('live', HTMLButtonElement);
  readonly #ribbon = byId('ribbon', HTMLCanvasElement);
  readonly #onMove: (place: number | undefined) => void;
  readonly #axis: TimeAxis;
  #steps: Steps | undefined;
  #place = 0;

  /** `onMove` receives the index of a step, or undefined for live. */
  constructor(onMove: (place: number | undefined) => void) {
    this.#onMove = onMove;
    this.#axis = new TimeAxis(onMove);
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
    byId('back', HTMLButtonElement).disabled = place <= 0;
    byId('forth', HTMLButtonElement).disabled = place >= steps.list.length - 1;
    const text = step
      ? `${place + 1} of ${steps.list.length} · ${clockTime(step.at)}`
      : 'no step yet';
    setText(byId('moment'), text);
    const [first] = steps.list;
    const last = steps.list.at(-1);
    const lost = steps.dropped > 0 ? `; ${steps.dropped} earlier records were removed` : '';
    setText(byId('reach'), first && last ? `reaches back ${span(last.at - first.at)}${lost}` : '');
    this.#axis.show(steps, place);
    setAll(this.#scrubber, {
      'aria-valuetext': step ? `step ${text}: ${eventOf(step)} to ${placeOf(step)}` : text,
    });
    this.#draw(chart);
  }

  #by(count: number): void {
    const last = (this.#steps?.list.length ?? 1) - 1;
    this.#onMove(Math.min(last, Math.max(0, this.#place + count)));
  }

  #chart: Chart | undefined;

  /** Draws a stripe per step in the colour of its top-level state. */
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
    const top = colouredStates(this.#chart.root);
    const colours = new Map(
      top.map((state) => [state, style.getPropertyValue(`--hue-${hueOf(state) ?? 0}`)]),
    );
    list.forEach((step, i) => {
      const state = top.find((child) => step.configuration.has(child));
      context.globalAlpha = i <= this.#place ? 1 : 0.35;
      context.fillStyle = (state && colours.get(state)) || 'gray';
      const from = Math.floor((i * width) / list.length);
      const to = Math.max(from + 1, Math.floor(((i + 1) * width) / list.length));
      context.fillRect(from, 0, to - from, height);
    });
  }
}

/** The event of a step, formatted as in the chart if one of its transitions took it. */
export function eventOf({ event, edges }: Step): string {
  const taken = edges.find(({ eventType }) => eventType === event.type);
  return taken === undefined || event.type === '' ? wordsOf(event.type) : taken.what;
}

/** The state at the end of a step: the innermost states. */
export function placeOf({ configuration, snapshot }: Step): string {
  const states = innermostOf(configuration).filter((state: ChartState) => state.path !== '');
  return states.map(({ path }) => path).join(', ') || (snapshot.status ?? 'active');
}

/** The target of a step: for a parallel machine only the regions that moved. */
export function moveOf(step: Step, isFirst: boolean): string {
  const active = innermostOf(step.configuration);
  if (isFirst || active.length < 2) return placeOf(step);
  return step.changed.map(({ path }) => path).join(', ') || 'no other state';
}
