import { connect } from 'amqplib';
import { amqpConsumer } from '../../examples/amqp.js';
import { describeService } from '../support/serviceSuite.js';
import { urlOf } from '../support/services.js';

describeService({
  name: 'AMQP',
  keepsMessages: true,
  async open(name) {
    const admin = await connect(urlOf('AMQP').href);
    admin.on('error', () => {});
    const channel = await admin.createConfirmChannel();
    await channel.assertQueue(name, { durable: true });
    return {
      connector: ({ url, heartbeatS, onSession, hear, onCredentials }) =>
        amqpConsumer({
          url: `${url}?heartbeat=${heartbeatS}`,
          queue: name,
          password: () => {
            onCredentials();
            return 'guest';
          },
          onSession,
          onMessage: ({ epoch, content }) => hear(epoch, String(content)),
        }),
      async publish(text) {
        channel.sendToQueue(name, Buffer.from(text));
        await channel.waitForConfirms();
      },
      count: async () => (await channel.checkQueue(name)).consumerCount,
      // A frame of a type that does not exist: the broker closes the connection.
      cut: async (proxy) => proxy.inject(Buffer.alloc(16, 0xff)),
      async close() {
        await channel.deleteQueue(name);
        await admin.close();
      },
    };
  },
});
