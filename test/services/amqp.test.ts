import { connect } from 'amqplib';
import { amqpConsumer } from '../../examples/amqp.js';
import { rejection } from '../support/loopback.js';
import { start, uniqueName } from '../support/serviceLoop.js';
import { deaf, describeService } from '../support/serviceSuite.js';
import type { Service } from '../support/serviceUnderTest.js';
import { until } from '../support/until.js';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { constantBackoff, createReconnectActor, run } from 'schmoozer';
import { expect, it } from 'vitest';
import { urlOf } from '../support/services.js';

const service: Service = {
  name: 'AMQP',
  keepsMessages: true,
  secure: { scheme: 'amqps:' },
  async open(name) {
    const admin = await connect(urlOf('AMQP').href);
    admin.on('error', () => {});
    const channel = await admin.createConfirmChannel();
    await channel.assertQueue(name, { durable: true });
    return {
      connector: ({ url, heartbeatS, tls, onSession, hear, onCredentials }) =>
        amqpConsumer({
          url: `${url}?heartbeat=${heartbeatS}`,
          queue: name,
          password: () => {
            onCredentials();
            return 'guest';
          },
          ...(tls && { tls }),
          onSession,
          onMessage: ({ epoch, content }) => hear(epoch, String(content)),
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

/** What `rabbitmqctl` says of the connections; undefined where it cannot be asked. */
const connections = () =>
  promisify(execFile)('rabbitmqctl', ['list_connections', '--quiet', 'pid', 'peer_port']).then(
    ({ stdout }) => stdout,
    () => undefined,
  );

describeService(service, () => {
  it('gives up when the password is wrong', async () => {
    const url = urlOf('AMQP').href;
    const connector = amqpConsumer({ url, queue: 'any', password: () => 'wrong', ...deaf });
    expect(await rejection(run(connector))).toMatchObject({ message: /ACCESS.REFUSED/ });
  });

  it('gives up when the queue is of another kind', async () => {
    const queue = uniqueName();
    const admin = await connect(urlOf('AMQP').href);
    const channel = await admin.createChannel();
    await channel.assertQueue(queue, { durable: false });
    const connector = amqpConsumer({ url: urlOf('AMQP').href, queue, ...deaf });
    expect(await rejection(run(connector))).toMatchObject({ message: /PRECONDITION.FAILED/ });
    await channel.deleteQueue(queue);
    await admin.close();
  });

  it('hears a message again, as redelivered, when onMessage has thrown', async () => {
    const queue = uniqueName();
    const access = await service.open(queue);
    const heard: [number, boolean][] = [];
    const connector = amqpConsumer({
      url: urlOf('AMQP').href,
      queue,
      onSession() {},
      onMessage({ epoch, fields }) {
        heard.push([epoch, fields.redelivered]);
        if (epoch === 1) throw new Error('not now');
      },
    });
    const actor = createReconnectActor(connector, { backoff: constantBackoff(50) }).start();
    await access.publish('hello');
    await until('it came twice', () => heard.length === 2);
    expect(heard).toEqual([
      [1, false],
      [2, true],
    ]);
    actor.send({ type: 'stop' });
    await until('the loop is over', () => actor.getSnapshot().status === 'done');
    await access.close();
  });

  it('connects again, and declares the queue again, when it was deleted', async () => {
    const loop = await start(service);
    await loop.flow();
    await loop.access.forget?.();
    await loop.session(2);
    await loop.flow();
    await loop.stop();
  });

  it('leaves no connection that rabbitmqctl would list', async ({ skip }) => {
    if ((await connections()) === undefined) skip('rabbitmqctl cannot be asked here');
    const loop = await start(service);
    const peers = loop.proxy.ports;
    expect(peers).toHaveLength(1);
    const isListed = async () => (await connections())?.includes(`\t${peers[0]}\n`);
    expect(await isListed()).toBe(true);
    await loop.stop();
    await until('the broker lists it no more', async () => !(await isListed()));
  });
});
