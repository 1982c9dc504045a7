import {
  type Connector,
  constantBackoff,
  createReconnectActor,
  type ReconnectEmitted,
} from 'schmoozer';
import { onTestFinished } from 'vitest';
import { until } from '../../../../test/support/until.js';

/** A connector in its loop, which ends with the test. */
export function startLink(connector: Connector<object>) {
  const actor = createReconnectActor(connector, {
    backoff: constantBackoff(20),
    gracePeriodMs: Infinity,
  });
  const emitted: ReconnectEmitted[] = [];
  actor.on('*', (event) => void emitted.push(event));
  actor.start();
  const isDone = () => actor.getSnapshot().status === 'done';
  const stop = async () => {
    if (!isDone()) actor.send({ type: 'stop' });
    await until('the link has stopped', isDone);
  };
  onTestFinished(stop);
  return {
    stop,
    emitted,
    online: () => until('it is online', () => actor.getSnapshot().hasTag('online')),
  };
}
