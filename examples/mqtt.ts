// MQTT that stays connected, in both directions: node --import tsx examples/mqtt.ts mqtt://127.0.0.1:1883
import { type MqttConnection, mqttSubscriber } from '@schmoozer/mqtt';
import { run } from 'schmoozer';
import { outbox } from 'schmoozer/outbox';

const [url = 'mqtt://127.0.0.1:1883', device = 'thermostat'] = process.argv.slice(2);

/** Reports are kept until the broker has them. */
const reports = outbox({
  send: (broker: MqttConnection, text: string) =>
    broker.publish(`${device}/reports`, text, { qos: 1 }),
});

const subscriber = mqttSubscriber({
  url,
  clientId: device, // the broker keeps the session under this name, with its messages, for an hour
  topics: { [`${device}/orders`]: 2, [`${device}/hints`]: 0 },
  login: () => ({ username: device, password: process.env['MQTT_PASSWORD'] ?? '' }), // called at each attempt
  onSession: ({ epoch, gap }) => console.log('session', epoch, gap ? 'with a gap' : ''),
  // An order is acknowledged when this has finished; after a `kill -9` before, it is delivered again.
  onMessage: ({ topic, payload }) => reports.add(`done: ${topic} ${String(payload)}`),
  onDeadLetter: ({ topic }, error) => console.error('put aside', topic, error),
});

const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
const { status } = await run(
  { ...subscriber, run: reports.serve((broker, session) => subscriber.run(broker, session)) },
  { signal: stop.signal },
);
console.log(status);
