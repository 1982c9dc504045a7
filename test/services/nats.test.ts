import { connect } from '@nats-io/transport-node';
import { natsSubscriber } from '../../examples/nats.js';
import { describeService } from '../support/serviceSuite.js';
import { urlOf } from '../support/services.js';

describeService({
  name: 'NATS',
  keepsMessages: false,
  async open(name) {
    const admin = await connect({ servers: urlOf('NATS').href, reconnect: false });
    // Any account may ask about its own connections, even where the monitoring port is closed.
    const ours = async () => {
      const query = JSON.stringify({ limit: 1024, subscriptions: true });
      const reply = await admin.request('$SYS.REQ.ACCOUNT.PING.CONNZ', query);
      const { data } = reply.json<{ data: { connections: { subscriptions_list?: string[] }[] } }>();
      return data.connections.filter((it) => it.subscriptions_list?.includes(name));
    };
    return {
      connector: ({ url, heartbeatS, onSession, hear, onCredentials }) =>
        natsSubscriber({
          server: url,
          subjects: [name],
          heartbeatMs: (heartbeatS * 1000) / 2,
          login: () => {
            onCredentials();
            return { user: 'any', pass: 'any' };
          },
          onSession,
          onMessage: ({ epoch, text }) => hear(epoch, text),
        }),
      async publish(text) {
        admin.publish(name, text);
        await admin.flush();
      },
      count: async () => (await ours()).length,
      // A client that speaks nonsense: the server says so and hangs up.
      cut: async (proxy) => proxy.inject(Buffer.from('NONSENSE\r\n')),
      close: () => admin.close(),
    };
  },
});
