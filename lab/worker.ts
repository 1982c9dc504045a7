// Runs one storm, and tells of it as it goes: the page stays free.
import type { News, Order } from './model/messages.js';
import { type Frame, simulate } from './model/simulate.js';

/** Real milliseconds from one message to the next. */
const TELL_EVERY_MS = 100;

const scope = globalThis as unknown as {
  setImmediate: (callback: () => void) => void;
  postMessage(news: News): void;
};

// The virtual clock lets promises go on between two timers, until the next macrotask: that costs a worker more than all
// else together. So long chains of promises are there none: with 2 turns the figures are the same.
const TURNS = 8;
const settled = Promise.resolve();
const turn = (left: number, callback: () => void): unknown =>
  left === 0 ? callback() : settled.then(() => turn(left - 1, callback));
scope.setImmediate = (callback) => void turn(TURNS, callback);
// Nobody reads where a refused attempt came from.
Error.stackTraceLimit = 0;

async function run({ settings }: Order): Promise<void> {
  const startMs = performance.now();
  const simulation = await simulate(settings);
  const begunMs = performance.now();
  tell({ type: 'begun', realMs: begunMs - startMs });
  let toldMs = begunMs;
  let frames: Frame[] = [];
  const flush = () => {
    const { allBackMs, peak, peakPerSecond, attempts, wasted } = simulation.figures;
    tell({
      type: 'frames',
      attempts: frames.map((frame) => frame.attempts),
      accepted: frames.map(({ accepted }) => accepted),
      states: frames.flatMap(({ states }) => states),
      figures: { allBackMs, peak, peakPerSecond, attempts, wasted },
    });
    frames = [];
    toldMs = performance.now();
  };
  for await (const frame of simulation.frames()) {
    frames.push(frame);
    if (performance.now() - toldMs >= TELL_EVERY_MS) flush();
  }
  const realMs = performance.now() - begunMs;
  flush();
  tell({ type: 'over', isBack: simulation.storm.isOver, realMs });
}

function tell(news: News): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has none
  scope.postMessage(news);
}

globalThis.addEventListener('message', ({ data }: MessageEvent<Order>) => void run(data));
