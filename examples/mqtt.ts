// MQTT that stays up, both ways: node --import tsx examples/mqtt.ts mqtt://127.0.0.1:1883
import { type MqttConnection, mqttSubscriber } from '@schmoozer/mqtt';
import { run } from 'schmoozer';
import { outbox } from 'schmoozer/outbox';

const [url = 'mqtt://127.0.0.1:1883', device = 'thermostat'] = process.argv.slice(2);

/** What is published here is kept until the broker has it. */
const reports = outbox({
  send: (broker: MqttConnection, text: string) =>
    broker.publish(`${device}/reports`, text, { qos: 1 }),
});

const subscriber = mqttSubscriber({
  url,
  clientId: device, // the broker keeps the session by it, with what comes in meanwhile, for an hour
  topics: { [`${device}/orders`]: 2, [`${device}/hints`]: 0 },
  login: () => ({ username: device, password: process.env['MQTT_PASSWORD'] ?? '' }), // asked at each attempt
  onSession: ({ epoch, gap }) => console.log('session', epoch, gap ? 'with a gap' : ''),
  // An order is acknowledged when this is done; with `kill -9` before, it comes again.
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
