import { connect } from 'amqplib';
import { amqpConsumer } from '../../src/index.js';
import type { Service } from '../../../../test/support/serviceUnderTest.js';
import { urlOf } from '../../../../test/support/services.js';

/** The consumer, by the contract of all connectors for messages. */
export const service: Service = {
  name: 'AMQP',
  keepsMessages: true,
  redelivers: true,
  secure: { scheme: 'amqps:' },
  async open(name) {
    const admin = await connect(urlOf('AMQP').href);
    admin.on('error', () => {});
    const channel = await admin.createConfirmChannel();
    await channel.assertQueue(name, { durable: true });
    return {
      connector: ({ url, heartbeatS, tls, onSession, hear, onCredentials, shared }) =>
        amqpConsumer({
          // What the function answers goes out, whatever the URL contains.
          url: url.replace(/\/\/[^@]*@/, '//me:stale@'),
          heartbeatMs: heartbeatS * 1000,
          queue: name,
          login: () => {
            onCredentials();
            return { username: 'guest', password: 'guest' };
          },
          ...(tls && { tls }),
          onSession,
          onMessage: ({ content }, { epoch }) => hear(epoch, String(content)),
          ...shared,
        }),
      async publish(text) {
        channel.sendToQueue(name, Buffer.from(text));
        await channel.waitForConfirms();
      },
      count: async () => (await channel.checkQueue(name)).consumerCount,
      forget: () => channel.deleteQueue(name),
      // A frame of a type that does not exist: the broker closes the connection.
      cut: async (inject) => inject(Buffer.alloc(16, 0xff)),
      async close() {
        await channel.deleteQueue(name);
        await admin.close();
      },
    };
  },
};
