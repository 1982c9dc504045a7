import {
  type Connector,
  constantBackoff,
  createReconnectActor,
  type ReconnectEmitted,
} from 'schmoozer';
import { onTestFinished } from 'vitest';
import { until } from '../../../../test/support/until.js';

/** A link that is made at once, and ended with the test. */
export function startLink<TConnection, TOutput>(connector: Connector<TConnection, TOutput>) {
  const actor = createReconnectActor(connector, {
    backoff: constantBackoff(20),
    gracePeriodMs: Infinity,
    stableAfterMs: 0,
  });
  const emitted: ReconnectEmitted[] = [];
  actor.on('*', (event) => void emitted.push(event));
  actor.start();
  const isDone = () => actor.getSnapshot().status !== 'active';
  const stop = async () => {
    if (!isDone()) actor.send({ type: 'stop' });
    await until('the link has ended', isDone);
    return actor.getSnapshot().output;
  };
  onTestFinished(() => stop().then(() => {}));
  return {
    stop,
    isDone,
    isOnline: () => actor.getSnapshot().hasTag('online'),
    /** What sessions have ended by, and attempts failed with. */
    errors: () =>
      emitted.flatMap((event) => ('error' in event && event.error ? [event.error] : [])),
    /** What the link has failed with, of itself. */
    failure: async (): Promise<unknown> => {
      await until('the link has failed', isDone);
      const output = actor.getSnapshot().output;
      return output?.status === 'failed' ? output.error : output;
    },
  };
}
