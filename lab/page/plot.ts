import type { Palette } from './colours.js';
import { ticksOf } from './timeAxis.js';

/** Room around what is drawn, in CSS pixels. */
export const LEFT = 52;
const RIGHT = 12;
const TOP = 10;
const BOTTOM = 22;

/** A canvas with axes: seconds to the right. */
export class Plot {
  readonly canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #palette: Palette;
  #span = 1;
  #yOf: (value: number) => number = () => 0;

  constructor(canvas: HTMLCanvasElement, palette: Palette) {
    this.canvas = canvas;
    this.#palette = palette;
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('no canvas');
    this.#context = context;
  }

  /** In CSS pixels, between the axes. */
  get width(): number {
    return Math.max(1, this.canvas.clientWidth - LEFT - RIGHT);
  }

  get height(): number {
    return Math.max(1, this.canvas.clientHeight - TOP - BOTTOM);
  }

  x(seconds: number): number {
    return LEFT + (seconds / this.#span) * this.width;
  }

  y(value: number): number {
    return TOP + this.height - this.#yOf(value) * this.height;
  }

  /** The second at a place, as a pointer has it. */
  secondAt(clientX: number): number {
    const x = clientX - this.canvas.getBoundingClientRect().left;
    return Math.min(this.#span, Math.max(0, ((x - LEFT) / this.width) * this.#span));
  }

  colour(value: string): string {
    return this.#palette.of(value);
  }

  /** Clears it, and draws the axes; `yOf` answers how high a value stands, from 0 to 1. */
  begin(span: number, yTicks: readonly number[], yOf: (value: number) => number): void {
    this.#span = span;
    this.#yOf = yOf;
    const { canvas } = this;
    const context = this.#context;
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.font = '12px system-ui, sans-serif';
    context.lineWidth = 1;
    context.textBaseline = 'middle';
    context.textAlign = 'right';
    for (const value of yTicks) {
      const y = Math.round(this.y(value)) + 0.5;
      this.line('var(--line)', [
        [LEFT, y],
        [LEFT + this.width, y],
      ]);
      context.fillStyle = this.colour('var(--quiet)');
      context.fillText(numberText(value), LEFT - 7, y);
    }
    context.textBaseline = 'top';
    context.fillStyle = this.colour('var(--quiet)');
    for (const second of ticksOf(span, this.width)) {
      const isLast = second === span;
      context.textAlign = isLast ? 'right' : 'center';
      const text = second === 0 ? '0 s' : numberText(second);
      context.fillText(text, this.x(second) + (isLast ? RIGHT - 2 : 0), TOP + this.height + 6);
    }
  }

  rect(fill: string, x: number, width: number, from: number, to: number): void {
    const context = this.#context;
    context.fillStyle = this.colour(fill);
    const [low, high] = [this.y(from), this.y(to)];
    context.fillRect(x, high, width, low - high);
  }

  /** A strip over the whole height. */
  strip(fill: string, fromSecond: number, toSecond: number): void {
    const [from, to] = [fromSecond, Math.min(toSecond, this.#span)].map((second) => this.x(second));
    this.#context.fillStyle = this.colour(fill);
    this.#context.fillRect(from as number, TOP, (to as number) - (from as number), this.height);
  }

  line(stroke: string, points: readonly (readonly [number, number])[], dash: number[] = []): void {
    const context = this.#context;
    context.beginPath();
    for (const [x, y] of points) context.lineTo(x, y);
    context.strokeStyle = this.colour(stroke);
    context.setLineDash(dash);
    context.stroke();
    context.setLineDash([]);
  }

  /** The place between two curves. */
  area(fill: string, lower: readonly Point[], upper: readonly Point[]): void {
    const context = this.#context;
    context.beginPath();
    for (const [x, y] of lower) context.lineTo(x, y);
    for (const [x, y] of upper.toReversed()) context.lineTo(x, y);
    context.closePath();
    context.fillStyle = this.colour(fill);
    context.fill();
  }

  /** Where time stands. */
  cursor(second: number): void {
    const x = Math.round(this.x(second)) + 0.5;
    this.#context.lineWidth = 1.5;
    this.line('var(--ink)', [
      [x, TOP - 4],
      [x, TOP + this.height],
    ]);
    this.#context.lineWidth = 1;
  }

  text(value: string, x: number, y: number, align: CanvasTextAlign = 'left'): void {
    const context = this.#context;
    context.textAlign = align;
    context.textBaseline = 'bottom';
    context.lineWidth = 4;
    context.strokeStyle = this.colour('var(--card)');
    context.lineJoin = 'round';
    context.strokeText(value, x, y);
    context.fillStyle = this.colour('var(--soft)');
    context.fillText(value, x, y);
    context.lineWidth = 1;
  }
}

export type Point = readonly [x: number, y: number];

/** With thin spaces between the thousands. */
export function numberText(value: number): string {
  const [whole = '', rest] = String(value).split('.');
  const text = whole.length > 4 ? whole.replaceAll(/\B(?=(\d{3})+$)/g, '\u202f') : whole;
  return rest === undefined ? text : `${text}.${rest}`;
}
