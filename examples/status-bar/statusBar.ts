import type { ReconnectActor } from 'schmoozer';
import type { Mistake } from './mistakes.js';

/** Where the text is shown: in a browser, an element. */
export interface Line {
  textContent: string | null;
}

/** Timers and time: `window` and `performance`, or a virtual clock. */
export interface Ticker {
  now(): number;
  setTimeout(callback: () => void, delayMs: number): unknown;
  clearTimeout(timer: never): void;
}

/** Shows the state of the connection in one line, with a countdown to the next attempt in seconds. */
export function statusBar(
  actor: ReconnectActor<unknown>,
  line: Line,
  ticker: Ticker,
  mistake?: Mistake,
): void {
  let target: Line | undefined = line;
  let timer: unknown;
  let firstDelayMs: number | undefined;
  const show = (text: string) => {
    // After the end the bar no longer exists: writing to it is a mistake, and throws.
    (target as Line).textContent = text;
  };
  const countDown = (untilMs: number) => {
    if (mistake === 'stale online' && line.textContent === 'Online') return;
    const seconds = Math.ceil((untilMs - ticker.now()) / 1000);
    show(mistake === 'no countdown' ? 'Offline' : `Offline, next attempt in ${seconds} s`);
    if (seconds > 1) timer = ticker.setTimeout(() => countDown(untilMs), 1000);
  };

  actor.on('retry.scheduled', ({ delayMs }) => {
    firstDelayMs ??= delayMs;
    const isWrong = mistake === 'counts down from the first delay';
    countDown(ticker.now() + (isWrong ? firstDelayMs : delayMs));
  });
  actor.on('connection.opened', () => {
    if (mistake === 'a listener per session') actor.on('connection.closed', () => {});
    if (mistake === 'a timer per session') watch();
  });
  const watch = () => void ticker.setTimeout(watch, 60_000);
  actor.subscribe({
    next(snapshot) {
      if (snapshot.hasTag('waiting')) return;
      ticker.clearTimeout(timer as never);
      if (snapshot.hasTag('online')) show('Online');
      else if (snapshot.hasTag('connecting')) show('Connecting …');
      else if (snapshot.hasTag('suspended')) show('Offline');
      else if (mistake === 'online while closing') return;
      else if (snapshot.hasTag('stopping')) show('Stopping …');
      else if (snapshot.hasTag('closing')) show('Offline');
    },
    complete() {
      ticker.clearTimeout(timer as never);
      show('Stopped');
      if (mistake !== 'throws after stop') return;
      target = undefined;
      ticker.setTimeout(() => show('Goodbye'), 3000);
    },
  });
  show('Connecting …');
}
