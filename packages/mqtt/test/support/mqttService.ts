import { connectAsync } from 'mqtt';
import { type MqttQoS, mqttSubscriber } from '../../src/index.js';
import type { Service } from '../../../../test/support/serviceUnderTest.js';
import { urlOf } from '../../../../test/support/services.js';

/** Mosquitto, for the situations of every connector for messages; its session is kept for QoS 1 and 2. */
export const mqttService = (qos: MqttQoS): Service => ({
  name: 'MQTT',
  keepsMessages: qos > 0,
  redelivers: qos > 0,
  remembers: qos === 2,
  secure: { scheme: 'mqtts:' },
  async open(name) {
    const { href } = urlOf('MQTT');
    const admin = await connectAsync(href, { reconnectPeriod: 0 });
    const asClient = (options: object) =>
      connectAsync(href, { clientId: name, reconnectPeriod: 0, ...options });
    return {
      connector: ({ url, heartbeatS, tls, onSession, hear, onCredentials, shared }) =>
        mqttSubscriber({
          // What the function answers goes out, whatever the URL contains.
          url: `${url.replace('//', '//me:stale@')}?clientId=another`,
          clientId: name,
          topics: { [name]: qos },
          sessionExpiryS: qos > 0 ? 3600 : 0,
          heartbeatMs: heartbeatS * 1000,
          login: () => {
            onCredentials();
            return { username: 'any', password: 'any' };
          },
          ...(tls && { tls }),
          onSession,
          onMessage: ({ payload }, { epoch }) => hear(epoch, String(payload)),
          ...shared,
        }),
      publish: async (text) => void (await admin.publishAsync(name, text, { qos })),
      forget: async () => (await asClient({ clean: false })).endAsync(),
      // A packet of a type that does not exist: the broker says goodbye.
      cut: async (inject) => inject(Uint8Array.of(0x00, 0x00)),
      async close() {
        await admin.endAsync();
        // The broker forgets the session when a client of this id asks for a clean start.
        await (await asClient({})).endAsync();
      },
    };
  },
});
