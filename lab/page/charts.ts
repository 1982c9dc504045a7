import { FRAME_MS } from '../model/frames.js';
import type { Settings } from '../model/settings.js';
import { statePaths } from '../../src/machine/vocabulary.js';
import { colourOf, riverOrder } from './colours.js';
import type { Plot, Point } from './plot.js';
import type { Recording } from './recording.js';

const FRAME_S = FRAME_MS / 1000;

/** What a chart shows of a storm. */
export interface Scene {
  readonly settings: Settings;
  readonly recording: Recording;
  /** Seconds on the axis. */
  readonly span: number;
  /** Where time stands, in seconds. */
  readonly second: number;
}

/** Frames that share a column of pixels are drawn as one. */
function stepOf({ span }: Scene, width: number): number {
  return Math.max(1, Math.ceil(span / FRAME_S / width));
}

function shade(plot: Plot, { settings }: Scene): void {
  const { outageAt, outage } = settings;
  if (outage > 0) plot.strip('var(--down)', outageAt, outageAt + outage);
}

/** The highest value on the axis of the attempts. */
export function topOf({ settings, recording }: Scene): number {
  const most = recording.attempts.reduce((a, b) => Math.max(a, b), 0);
  return Math.max(most, settings.capacity / 5);
}

/** Attempts in each tenth of a second, on an axis of square roots: 50 and 10 000 are in one picture. */
export function drawAttempts(plot: Plot, scene: Scene): void {
  const { settings, recording, span, second } = scene;
  const top = topOf(scene);
  const perTenth = settings.capacity / 10;
  const isRoomy = (a: number, b: number) => Math.abs(Math.sqrt(a / top) - Math.sqrt(b / top)) > 0.1;
  const ticks = [0, perTenth, top, 10, 100, 1000, 5000, 10_000].reduce<number[]>(
    (all, tick) =>
      tick <= top && all.every((other) => isRoomy(tick, other)) ? [...all, tick] : all,
    [],
  );
  plot.begin(span, ticks, (value) => Math.sqrt(value / top));
  shade(plot, scene);
  const step = stepOf(scene, plot.width);
  for (let frame = 1; frame < recording.length; frame += step) {
    let [attempts, accepted] = [0, 0];
    for (let i = frame; i < Math.min(frame + step, recording.length); i++) {
      attempts = Math.max(attempts, recording.attempts[i] ?? 0);
      accepted = Math.max(accepted, recording.accepted[i] ?? 0);
    }
    const at = (each: number) => Math.round(plot.x(each * FRAME_S));
    const [x, end] = [at(frame - 1), at(frame - 1 + step)];
    const width = Math.max(1, end - x - (end - x > 3 ? 1 : 0));
    if (attempts > accepted) plot.rect('var(--surplus)', x, width, 0, attempts);
    if (accepted > 0) plot.rect('var(--taken)', x, width, 0, accepted);
  }
  const y = Math.round(plot.y(perTenth)) + 0.5;
  const ends: Point[] = [
    [plot.x(0), y],
    [plot.x(span), y],
  ];
  plot.line('var(--ink)', ends, [4, 3]);
  plot.text('capacity', plot.x(span) - 32, y - 3, 'right');
  plot.cursor(second);
}

/** Clients that are online, and how many could be. */
export function drawBack(plot: Plot, scene: Scene): void {
  const { settings, recording, span, second } = scene;
  const { clients } = settings;
  plot.begin(span, [0, clients / 2, clients], (value) => value / clients);
  shade(plot, scene);
  plot.line(
    'var(--quiet)',
    idealOf(settings, span).map(([s, n]) => [plot.x(s), plot.y(n)]),
    [5, 4],
  );
  const step = stepOf(scene, plot.width);
  const points: Point[] = [];
  for (let frame = 0; frame < recording.length; frame += step) {
    points.push([plot.x(frame * FRAME_S), plot.y(recording.back(frame))]);
  }
  const floor = plot.y(0);
  if (points.length > 1) {
    plot.area(
      'var(--back)',
      points.map(([x]) => [x, floor] as const),
      points,
    );
    plot.line('var(--taken)', points);
  }
  plot.cursor(second);
}

/** Clients that are back if they come one after another, as fast as the server takes them: corners of that line. */
function idealOf({ clients, capacity, boot, outage, outageAt }: Settings, span: number): Point[] {
  const corners: Point[] = [];
  if (boot) {
    const fullAt = clients / capacity;
    const until = outage > 0 ? Math.min(fullAt, outageAt) : fullAt;
    corners.push([0, 0], [until, until * capacity]);
    if (outage === 0) return [...corners, [span, clients]];
    corners.push([outageAt, until * capacity]);
  } else {
    corners.push([0, clients], [outageAt, clients]);
  }
  const upAt = outageAt + outage;
  corners.push([outageAt, 0], [upAt, 0], [upAt + clients / capacity, clients]);
  return corners
    .filter(([at]) => at <= span)
    .concat(upAt + clients / capacity < span ? [[span, clients]] : []);
}

/** How many clients are in which state, one above the other. */
export function drawRiver(plot: Plot, scene: Scene): void {
  const { settings, recording, span, second } = scene;
  const { clients } = settings;
  plot.begin(span, [0, clients / 2, clients], (value) => value / clients);
  const { seen } = recording;
  const step = stepOf(scene, plot.width);
  const frames: number[] = [];
  for (let frame = 0; frame < recording.length; frame += step) frames.push(frame);
  let sums = frames.map(() => 0);
  let lower = frames.map((frame): Point => [plot.x(frame * FRAME_S), plot.y(0)]);
  for (const state of riverOrder) {
    if (!seen[state]) continue;
    sums = sums.map((sum, i) => sum + recording.count(frames[i] as number, state));
    const upper = sums.map((sum, i): Point => [(lower[i] as Point)[0], plot.y(sum)]);
    plot.area(colourOf(statePaths[state] as string), lower, upper);
    plot.line('var(--card)', upper);
    lower = upper;
  }
  plot.cursor(second);
}
