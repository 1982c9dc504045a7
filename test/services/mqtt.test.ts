import { connectAsync } from 'mqtt';
import { mqttSubscriber } from '../../examples/mqtt.js';
import { describeService } from '../support/serviceSuite.js';
import { urlOf } from '../support/services.js';

describeService({
  name: 'MQTT',
  keepsMessages: true,
  async open(name) {
    const admin = await connectAsync(urlOf('MQTT').href, { reconnectPeriod: 0 });
    return {
      connector: ({ url, heartbeatS, onSession, hear, onCredentials }) =>
        mqttSubscriber({
          url: url.replace('//', '//any@'), // MQTT has no password without a user
          clientId: name,
          topics: [name],
          keepaliveS: heartbeatS,
          password: () => {
            onCredentials();
            return 'any';
          },
          onSession,
          onMessage: ({ epoch, text }) => hear(epoch, text),
        }),
      publish: async (text) => void (await admin.publishAsync(name, text, { qos: 1 })),
      // A packet of a type that does not exist: the broker says goodbye.
      cut: async (proxy) => proxy.inject(Uint8Array.of(0x00, 0x00)),
      async close() {
        await admin.endAsync();
        // The broker forgets the session when a client of this id asks for a clean start.
        const last = await connectAsync(urlOf('MQTT').href, { clientId: name, reconnectPeriod: 0 });
        await last.endAsync();
      },
    };
  },
});
