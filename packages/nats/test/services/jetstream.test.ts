import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { once } from 'node:events';
import { natsConsumer } from '../../src/jetstream.js';
import { afterAll, beforeAll, describe } from 'vitest';
import { describeContract } from '../../../../test/support/serviceContract.js';
import type { Service } from '../../../../test/support/serviceUnderTest.js';
import type { Overture } from '../../../../test/support/tlsFront.js';
import { hasServer, NatsServer } from '../support/natsServer.js';

/** The server greets in the clear, and says that it wants TLS. */
const overture: Overture = async (client, server) => {
  let greeting = '';
  while (!greeting.endsWith('\r\n')) greeting += String((await once(server, 'data'))[0]);
  client.write(greeting.replace('INFO {', 'INFO {"tls_required":true,'));
};

let server: NatsServer;

const service: Service = {
  name: 'JetStream',
  keepsMessages: true,
  redelivers: true,
  secure: { scheme: 'tls:', overture },
  async open(unique) {
    const admin = await connect({ servers: server.url, reconnect: false });
    const jsm = await jetstreamManager(admin);
    await jsm.streams.add({ name: unique, subjects: [unique] });
    return {
      at: new URL(server.url),
      connector: ({ url, heartbeatS, tls, onSession, hear, onCredentials, shared }) =>
        natsConsumer({
          servers: url,
          stream: unique,
          durable: unique,
          // After a loss this is how long a message takes to come again.
          ackWaitMs: 1000,
          heartbeatMs: (heartbeatS * 1000) / 2,
          clientOptions: { name: unique },
          login: () => {
            onCredentials();
            return { user: 'any', pass: 'any' };
          },
          ...(tls && { tls }),
          onSession,
          onMessage: (message, { epoch }) => hear(epoch, message.string()),
          ...shared,
        }),
      publish: async (text) => void (await jetstream(admin).publish(unique, text)),
      async count() {
        const reply = await admin.request('$SYS.REQ.ACCOUNT.PING.CONNZ', '{"limit":1024}');
        const { data } = reply.json<{ data: { connections: { name?: string }[] } }>();
        return data.connections.filter((one) => one.name === unique).length;
      },
      cut: async (inject) => inject(Buffer.from('NONSENSE\r\n')),
      async close() {
        await jsm.streams.delete(unique);
        await admin.close();
      },
    };
  },
};

describe.skipIf(!hasServer)('natsConsumer', () => {
  beforeAll(async () => {
    server = await NatsServer.start();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  describeContract(service, 18);
});
