import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { until } from '../../../../test/support/until.js';
import { startLink } from '../support/link.js';
import { hasServer, NatsServer } from '../support/natsServer.js';

const transports = {
  '3.0.0': () => import('transport-node-floor'),
  '3.4.0': () => import('transport-node-newest'),
};
const jetStreams = {
  '3.0.0': () => import('jetstream-floor'),
  '3.4.0': () => import('jetstream-newest'),
};
type Version = keyof typeof transports;

/**
 * Both ends of the range of each client. Each alias has a copy of the client's core for itself, as an application has whose two
 * packages are of different versions: no error can be known by its class.
 */
describe.skipIf(!hasServer).each<[Version, Version]>([
  ['3.0.0', '3.0.0'],
  ['3.4.0', '3.4.0'],
  ['3.0.0', '3.4.0'],
  ['3.4.0', '3.0.0'],
])('with the transport %s and JetStream %s', (transport, jetStream) => {
  let server: NatsServer;
  beforeAll(async () => {
    server = await NatsServer.start();
    vi.resetModules();
    vi.doMock('@nats-io/transport-node', transports[transport]);
    vi.doMock('@nats-io/jetstream', jetStreams[jetStream]);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('subscribes, publishes, consumes, redelivers, and sorts what is refused', async () => {
    const { natsSubscriber } = await import('../../src/index.js');
    const { natsConsumer, natsPublisher } = await import('../../src/jetstream.js');
    const { connect } = await import('@nats-io/transport-node');
    const { jetstreamManager } = await import('@nats-io/jetstream');
    expect(connect).toBe((await transports[transport]()).connect);
    expect(jetstreamManager).toBe((await jetStreams[jetStream]()).jetstreamManager);

    const servers = server.url;
    const admin = await connect({ servers, reconnect: false });
    const jsm = await jetstreamManager(admin);

    const early = startLink(natsConsumer({ servers, stream: 'S', durable: 'd', onMessage() {} }));
    expect(await early.failure()).toMatchObject({ code: 10_059 });

    await jsm.streams.add({ name: 'S', subjects: ['s.>'] });
    const heard: string[] = [];
    const hear = (by: string, text: string) => void heard.push(`${by} ${text}`);
    const subscriber = startLink(
      natsSubscriber({ servers, subjects: 's.>', onMessage: (one) => hear('core', one.string()) }),
    );
    const options = { servers, stream: 'S', heartbeatMs: 5000, redeliveryDelayMs: 0, onError() {} };
    const consumer = startLink(
      natsConsumer({
        ...options,
        durable: 'd',
        onMessage(message, { redeliveries }) {
          hear('durable', `${message.string()} ${redeliveries}`);
          if (redeliveries === 0) throw new Error('again');
        },
      }),
    );
    const ordered = startLink(
      natsConsumer({
        ...options,
        onMessage: (message) => hear('ordered', `${message.json<string>()} ${message.seq}`),
      }),
    );
    await until('all are on', () => [subscriber, consumer, ordered].every((one) => one.isOnline()));
    const publisher = startLink(
      natsPublisher({
        servers,
        async run(connection) {
          const { Break } = await import('schmoozer');
          await connection.publish('s.a', '"one"', { msgID: '1' });
          return Break((await connection.publish('s.a', '"one"', { msgID: '1' })).duplicate);
        },
      }),
    );
    await until('all have heard', () => heard.length === 5);
    expect(heard.toSorted()).toEqual([
      'core "one"',
      'core "one"',
      'durable "one" 0',
      'durable "one" 1',
      'ordered one 1',
    ]);
    await until('no answer is due, and a pull waits', async () => {
      const { num_ack_pending: due, num_waiting: pulls } = await jsm.consumers.info('S', 'd');
      return due === 0 && pulls > 0;
    });
    expect(await publisher.stop()).toEqual({ status: 'completed', value: true });

    // The consumer is gone while a pull waits, and there is none of this name for another.
    await jsm.consumers.delete('S', 'd');
    await until('the session has ended', () => consumer.errors().length > 0);
    expect(consumer.errors()[0]).toMatchObject({ code: 'ERR_NATS_CONSUMER_DELETED' });
    await Promise.all([consumer, ordered, subscriber].map((one) => one.stop()));
    await admin.close();

    await server.kill();
    await server.restart('authorization { token: "s3cr3t" }');
    const login = { token: 'stale' };
    const refused = startLink(natsConsumer({ ...options, login, onMessage() {} }));
    expect(await refused.failure()).toMatchObject({ name: 'AuthorizationError' });
    await server.kill();
    await server.restart('# no JetStream');
    const none = startLink(natsConsumer({ ...options, onMessage() {} }));
    const error = (await none.failure()) as Error;
    expect([error.name, (error.cause as Error | undefined)?.name]).toContain(
      error.name === 'JetStreamNotEnabled' ? error.name : 'NoResponders',
    );
  });
});
