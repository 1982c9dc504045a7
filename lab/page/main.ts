import { FRAME_MS } from '../model/frames.js';
import type { News } from '../model/messages.js';
import { hashOf, type Settings, settingsOf } from '../model/settings.js';
import { statePaths } from '../../src/machine/vocabulary.js';
import { ChartPicture } from './chartPicture.js';
import { drawAttempts, drawBack, drawRiver, type Scene } from './charts.js';
import { colourOf, Palette, riverOrder } from './colours.js';
import { Controls } from './controls.js';
import { Handles } from './handles.js';
import { numberText, Plot } from './plot.js';
import { Recording } from './recording.js';
import { runStorm } from './run.js';
import { spanOf } from './timeAxis.js';

/** A storm is left alone for so long before a change begins the next one: whoever drags sees something of each. */
const RESTART_EVERY_MS = 150;
/** Shown at least, in seconds, and so long after an outage. */
const LEAST_SPAN_S = 30;
const AFTER_OUTAGE_S = 8;

const byId = (id: string) => document.querySelector(`#${id}`) as HTMLElement;

const palette = new Palette();
const plotOf = (id: string) => new Plot(byId(id) as HTMLCanvasElement, palette);
const plots = [
  {
    plot: plotOf('attemptsChart'),
    draw: drawAttempts,
    shows: 'Attempts in each tenth of a second',
  },
  { plot: plotOf('backChart'), draw: drawBack, shows: 'Clients that are back' },
  { plot: plotOf('riverChart'), draw: drawRiver, shows: 'Where the clients are' },
] as const;
const picture = new ChartPicture(byId('statechart'));
const slider = byId('time') as HTMLInputElement;
const play = byId('play') as HTMLButtonElement;
const rate = byId('rate') as HTMLSelectElement;

let settings = settingsOf(location.hash);
let recording = new Recording();
let over: Extract<News, { type: 'over' }> | undefined;
let preparedMs = 0;
/** Where time stands, in milliseconds. */
let nowMs = 0;
/** Time stands where the storm is. */
let isFollowing = true;
let playedAtMs: number | undefined;
let halt = () => {};

const controls = new Controls(
  byId('controls') as HTMLFormElement,
  byId('preset') as HTMLSelectElement,
  settings,
  change,
);
const handles = new Handles(byId('attemptsPlot'), plots[0].plot, change);

/** Takes over a setting from wherever it was changed. */
function change(next: Settings): void {
  if (hashOf(next) === hashOf(settings)) return;
  settings = next;
  controls.show(settings);
  history.replaceState(null, '', `#${hashOf(settings)}`);
  restart();
}

let startedAtMs = -Infinity;
let restarting: number | undefined;

function restart(): void {
  const dueMs = startedAtMs + RESTART_EVERY_MS - performance.now();
  window.clearTimeout(restarting);
  if (dueMs > 0) restarting = window.setTimeout(restart, dueMs);
  else start();
  draw();
}

function start(): void {
  startedAtMs = performance.now();
  halt();
  over = undefined;
  isFollowing = true;
  playedAtMs = undefined;
  document.documentElement.dataset['storm'] = 'running';
  // What was seen last stays until there is something new.
  let fresh: Recording | undefined;
  halt = runStorm(settings, (news) => {
    if (news.type === 'begun') preparedMs = news.realMs;
    else if (news.type === 'over') {
      over = news;
      document.documentElement.dataset['storm'] = 'over';
    } else {
      fresh ??= recording = new Recording();
      fresh.add(news);
      if (isFollowing) nowMs = fresh.endMs;
    }
    draw();
  });
}

/** Goes to a moment, and stays there. */
function seek(ms: number): void {
  isFollowing = false;
  nowMs = Math.min(recording.endMs, Math.max(0, Math.round(ms / FRAME_MS) * FRAME_MS));
  draw();
}

slider.addEventListener('input', () => {
  playedAtMs = undefined;
  seek(Number(slider.value));
});
play.addEventListener('click', () => {
  if (playedAtMs !== undefined) playedAtMs = undefined;
  else {
    if (nowMs >= recording.endMs) nowMs = 0;
    isFollowing = false;
    playedAtMs = performance.now();
  }
  draw();
});
for (const { plot } of plots) {
  const toPointer = ({ clientX }: PointerEvent) => {
    playedAtMs = undefined;
    seek(plot.secondAt(clientX) * 1000);
  };
  plot.canvas.addEventListener('pointerdown', (event) => {
    plot.canvas.setPointerCapture(event.pointerId);
    toPointer(event);
  });
  plot.canvas.addEventListener('pointermove', (event) => {
    if (plot.canvas.hasPointerCapture(event.pointerId)) toPointer(event);
  });
}
window.addEventListener('hashchange', () => change(settingsOf(location.hash)));
window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  palette.forget();
  draw();
});
new ResizeObserver(draw).observe(document.body);
window.addEventListener('error', ({ message }) => {
  const problem = byId('problem');
  problem.textContent = `The storm does not run here: ${message}`;
  problem.hidden = false;
});

let isDrawing = false;

/** Before the next frame of the screen. */
function draw(): void {
  if (isDrawing) return;
  isDrawing = true;
  window.requestAnimationFrame(() => {
    isDrawing = false;
    drawNow();
  });
}

/** The moment up to which a playback has come, in milliseconds that are not rounded. */
function playOn(): void {
  if (playedAtMs === undefined) return;
  const atMs = performance.now();
  nowMs = Math.min(recording.endMs, nowMs + (atMs - playedAtMs) * Number(rate.value));
  playedAtMs = nowMs < recording.endMs ? atMs : undefined;
  draw();
}

function drawNow(): void {
  playOn();
  const { outageAt, outage, clients } = settings;
  const frame = Math.round(nowMs / FRAME_MS);
  const span = spanOf(
    Math.max(recording.endMs / 1000, outageAt + outage + AFTER_OUTAGE_S, LEAST_SPAN_S),
  );
  const scene: Scene = { settings, recording, span, second: nowMs / 1000 };
  const moment = momentOf(frame);
  for (const { plot, draw: drawPlot, shows } of plots) {
    drawPlot(plot, scene);
    plot.canvas.setAttribute('aria-label', `${shows}. ${moment}`);
  }
  handles.place(scene);
  const counts = statePaths.map((_, state) => recording.count(frame, state));
  picture.show(counts, clients);
  byId('statechart').setAttribute(
    'aria-label',
    `The chart of a link. ${counts.flatMap((count, state) => (count > 0 ? [`${statePaths[state]}: ${count}`] : [])).join(', ')}`,
  );
  slider.max = String(recording.endMs);
  slider.value = String(nowMs);
  slider.setAttribute('aria-valuetext', moment);
  byId('now').textContent = `${(nowMs / 1000).toFixed(1)} s`;
  byId('moment').textContent = moment;
  play.textContent = playedAtMs === undefined ? 'Play' : 'Pause';
  showFigures();
  showLegend();
}

function momentOf(frame: number): string {
  const [attempts = 0, accepted = 0] = [recording.attempts[frame], recording.accepted[frame]];
  const taken = attempts === 0 ? '' : `, ${numberText(accepted)} taken in`;
  const back = `${numberText(recording.back(frame))} of ${numberText(settings.clients)}`;
  return `At ${(nowMs / 1000).toFixed(1)} s: ${numberText(attempts)} attempts${taken}; ${back} clients are back.`;
}

function showFigures(): void {
  const { figures } = recording;
  const tell = (id: string, text: string) => void (byId(id).textContent = text);
  if (figures) {
    tell('peak', numberText(figures.peak));
    tell('peakPerSecond', numberText(figures.peakPerSecond));
    tell('attempts', numberText(figures.attempts));
    tell('wasted', numberText(figures.wasted));
    byId('figures').dataset['figures'] = JSON.stringify(figures);
  }
  if (over === undefined) {
    tell('allBack', '…');
    tell('speed', '…');
    return;
  }
  tell('allBack', over.isBack && figures ? `${(figures.allBackMs / 1000).toFixed(1)} s` : 'never');
  tell('speed', `${numberText(Math.round(recording.endMs / over.realMs))} ×`);
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  byId('speed').title =
    `${seconds(recording.endMs)} in ${seconds(over.realMs)}; before that, ${seconds(preparedMs)} to make the clients and connect them`;
  byId('speed').dataset['real'] = JSON.stringify({
    virtualMs: recording.endMs,
    realMs: over.realMs,
    preparedMs,
  });
}

let told = '';

function showLegend(): void {
  const { seen } = recording;
  const shown = riverOrder.filter((state) => seen[state]);
  if (shown.join() === told) return;
  told = shown.join();
  byId('legend').replaceChildren(
    ...shown.map((state) => {
      const key = document.createElement('span');
      const path = statePaths[state] as string;
      key.className = 'key';
      key.style.setProperty('--colour', colourOf(path));
      key.textContent = path;
      return key;
    }),
  );
}

start();
draw();
