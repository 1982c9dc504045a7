import type { ChartEdge } from './definition/chart.js';
import { byId, html, setText } from './elements.js';
import { type Timer, timersOf } from './timers.js';
import type { Step, Steps } from './steps.js';
import { duration } from './words.js';

/** The running `after`s above the chart: their remaining time, or their duration. */
export class Countdown {
  readonly #host = byId('timers');
  #timers: readonly Timer[] = [];
  #step: Step | undefined;

  show(step: Step | undefined, steps: Steps): void {
    if (step === this.#step) return;
    this.#step = step;
    this.#timers = step ? timersOf(step, steps) : [];
    this.#host.replaceChildren(
      ...this.#timers.map(({ edge }) =>
        html(
          'span',
          { class: 'timer', role: 'timer', 'data-delay': edge.delay, title: edge.eventType },
          html('span', { class: 'what' }, edge.label),
          html('span', { class: 'left' }),
        ),
      ),
    );
  }

  /** Writes the remaining times; returns the elapsed share of each, from 0 to 1. Empty when nothing runs. */
  tick(nowMs: number, isLive: boolean): Map<ChartEdge, number> {
    const progress = new Map<ChartEdge, number>();
    this.#timers.forEach(({ edge, startedAt, delayMs, isGuess }, i) => {
      const left = this.#host.children[i]?.lastElementChild;
      if (!left) return;
      const passed = Math.max(0, nowMs - startedAt);
      if (delayMs === undefined) {
        setText(left, isLive ? `for ${coarse(passed)}` : 'delay unknown');
        return;
      }
      const about = isGuess ? '≈ ' : '';
      if (!isLive) {
        setText(left, `${about}${duration(delayMs)}`);
        return;
      }
      progress.set(edge, delayMs > 0 ? Math.min(1, passed / delayMs) : 1);
      const rest = delayMs - passed;
      setText(left, rest > 0 ? `${about}${coarse(rest)} left` : 'due');
    });
    return progress;
  }

  get isRunning(): boolean {
    return this.#timers.length > 0;
  }
}

/** Rounds to tenths of seconds: faster digits are noise. */
function coarse(ms: number): string {
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : duration(ms);
}
