import { constantBackoff, createReconnectActor, type ReconnectEmitted } from 'schmoozer';
import { onTestFinished } from 'vitest';
import { until } from '../../../../test/support/until.js';
import { mqttSubscriber, type MqttConnection, type MqttSession } from '../../src/index.js';

type Options = Parameters<typeof mqttSubscriber>[0];

/** A link in its loop, at once again after a loss; it is stopped when the test is over. */
export function keepUp(options: Options, gracePeriodMs = Infinity) {
  const sessions: MqttSession[] = [];
  const connections: MqttConnection[] = [];
  const subscriber = mqttSubscriber({
    ...options,
    onSession: (session) => void sessions.push(session),
  });
  const connector: typeof subscriber = {
    ...subscriber,
    run(connection, context) {
      connections.push(connection);
      return subscriber.run(connection, context);
    },
  };
  const actor = createReconnectActor(connector, {
    backoff: constantBackoff(20),
    gracePeriodMs,
  });
  const emitted: ReconnectEmitted[] = [];
  actor.on('*', (event) => void emitted.push(event));
  actor.start();
  const isOver = () => actor.getSnapshot().status === 'done';
  const stop = async () => {
    if (!isOver()) actor.send({ type: 'stop' });
    await until('the link has stopped', isOver);
  };
  onTestFinished(stop);
  return {
    sessions,
    connections,
    emitted,
    stop,
    output: () => actor.getSnapshot().output,
    session: (epoch: number) =>
      until(`session ${epoch}`, () => sessions.some((one) => one.epoch === epoch)),
  };
}
