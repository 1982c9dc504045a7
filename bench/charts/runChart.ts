import { type AnyStateMachine, createActor } from 'xstate';

/** Runs such a chart to its end. */
export function runChart(chart: AnyStateMachine): Promise<void> {
  return new Promise((resolve, reject) => {
    const actor = createActor(chart);
    actor.subscribe({ complete: resolve, error: reject });
    actor.start();
  });
}
