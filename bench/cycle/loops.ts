import { constantBackoff, createReconnectActor, run } from 'schmoozer';
import { reconnectLogic } from 'schmoozer/compiled';
import { type AnyActorLogic, createActor, fromPromise, toPromise } from 'xstate';
import { deadlineChart, featureChart } from '../charts/featureChart.js';
import { leanLogic } from '../charts/leanLogic.js';
import { loopChart } from '../charts/loopChart.js';
import { runChart } from '../charts/runChart.js';
import { fullLoop } from '../full/fullLoop.js';
import { script } from './script.js';

/** Each lives through so many cycles. */
export const loops: Readonly<Record<string, (cycles: number) => Promise<unknown>>> = {
  async hand(cycles) {
    const { connect, run: serve } = script(cycles);
    for (;;) {
      try {
        await connect();
      } catch {
        continue;
      }
      if ((await serve()).type === 'Break') return;
    }
  },
  chart(cycles) {
    const { connect, run: serve } = script(cycles);
    return runChart(loopChart(leanLogic, connect, serve));
  },
  fromPromise(cycles) {
    const { connect, run: serve } = script(cycles);
    return runChart(loopChart((work) => fromPromise(work), connect, serve));
  },
  deadlines(cycles) {
    const { connect, run: serve } = script(cycles);
    return runChart(deadlineChart(leanLogic, connect, serve));
  },
  features(cycles) {
    const { connect, run: serve } = script(cycles);
    return runChart(featureChart(leanLogic, connect, serve));
  },
  full: (cycles) => fullLoop(script(cycles), { backoff: constantBackoff(0) }).done,
  machine: (cycles) =>
    toPromise(createReconnectActor(script(cycles), { backoff: constantBackoff(0) }).start()),
  logic: (cycles) => {
    const logic = reconnectLogic(() => script(cycles), { backoff: constantBackoff(0) });
    return toPromise(createActor(logic as AnyActorLogic).start());
  },
  schmoozer: (cycles) => run(script(cycles), { backoff: constantBackoff(0) }),
};
