import { createActor } from 'xstate';
import type { loopChart } from './loopChart.js';

/** Runs such a chart to its end. */
export function runChart(chart: ReturnType<typeof loopChart>): Promise<void> {
  return new Promise((resolve, reject) => {
    const actor = createActor(chart);
    actor.subscribe({ complete: resolve, error: reject });
    actor.start();
  });
}
