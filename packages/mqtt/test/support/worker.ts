/** A process that works on the messages of a kept session, and reports each; it stops when it is told to. */
import { createReconnectActor } from 'schmoozer';
import { type MqttQoS, mqttSubscriber } from '../../src/index.js';

const [url, clientId, qos, kind] = process.argv.slice(2) as [string, string, string, string];

const connector = mqttSubscriber({
  url,
  clientId,
  topics: { [clientId]: Number(qos) as MqttQoS },
  onSession: () => void process.send?.('online'),
  async onMessage({ payload }) {
    process.send?.(`begins ${String(payload)}`);
    // The handler that never ends is killed with its process.
    if (kind === 'hang') await new Promise((resolve) => setTimeout(resolve, 2 ** 31 - 1));
    process.send?.(`done ${String(payload)}`);
  },
});
const actor = createReconnectActor(connector);
actor.subscribe({ complete: () => process.disconnect() });
process.once('message', () => actor.send({ type: 'stop' }));
actor.start();
