import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { until } from '../../../../test/support/until.js';
import { startLink } from '../support/link.js';
import { hasServer, NatsServer } from '../support/natsServer.js';

/**
 * Both ends of the range of each client. Each alias has a copy of the client's core for itself, as an application has whose two
 * packages are of different versions: no error can be known by its class.
 */
describe.skipIf(!hasServer).each([
  ['3.0.0', 'transport-node-floor', 'jetstream-floor'],
  ['3.4.0', 'transport-node-newest', 'jetstream-newest'],
  ['3.0.0 and 3.4.0', 'transport-node-floor', 'jetstream-newest'],
  ['3.4.0 and 3.0.0', 'transport-node-newest', 'jetstream-floor'],
])('with the clients %s', (_version, transportNode, jetStream) => {
  let server: NatsServer;
  beforeAll(async () => {
    server = await NatsServer.start();
    vi.resetModules();
    vi.doMock('@nats-io/transport-node', () => import(/* @vite-ignore */ transportNode));
    vi.doMock('@nats-io/jetstream', () => import(/* @vite-ignore */ jetStream));
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('subscribes, publishes, consumes, redelivers, and sorts what is refused', async () => {
    const { natsSubscriber } = await import('../../src/index.js');
    const { natsConsumer, natsPublisher } = await import('../../src/jetstream.js');
    const { connect } = await import('@nats-io/transport-node');
    const { jetstreamManager } = await import('@nats-io/jetstream');
    expect(vi.isMockFunction(connect)).toBe(false);
    const { connect: aliased } = await import(/* @vite-ignore */ transportNode);
    expect(connect).toBe(aliased);

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
    const options = { servers, stream: 'S', heartbeatMs: 500, redeliveryDelayMs: 0, onError() {} };
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
    await until(
      'no answer is due',
      async () => (await jsm.consumers.info('S', 'd')).num_ack_pending === 0,
    );
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
