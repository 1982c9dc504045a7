import { connect as connectTo, createServer, type Socket } from 'node:net';
import { constantBackoff, createReconnectActor, type ReconnectEmitted } from 'schmoozer';
import { outbox } from 'schmoozer/outbox';
import { describe, expect, it, onTestFinished } from 'vitest';
import { certificateFor } from '../../../../test/support/certificate.js';
import { listening, rejection } from '../../../../test/support/loopback.js';
import { startProxy } from '../../../../test/support/proxy.js';
import { uniqueName } from '../../../../test/support/serviceLoop.js';
import { urlOf } from '../../../../test/support/services.js';
import { startTlsFront } from '../../../../test/support/tlsFront.js';
import { until } from '../../../../test/support/until.js';
import {
  AmqpNackError,
  amqpPublisher,
  type AmqpPublisherConnection,
  type AmqpPublisherOptions,
  AmqpReturnedError,
  isRetryableAmqpError,
} from '../../src/index.js';
import { brokerUrl, drain, isBrokerMissing, openAdmin } from '../support/broker.js';
import {
  addVhost,
  binary,
  deleteVhost,
  evaluate,
  isRabbitmqctlUsable,
  rabbitmqctl,
  sendToConnection,
} from '../support/rabbitmqctl.js';

/** A publisher in its loop; it is stopped when the test is over. */
function publisher(options: Partial<AmqpPublisherOptions> = {}) {
  const emitted: ReconnectEmitted[] = [];
  const connections: AmqpPublisherConnection[] = [];
  const connector = amqpPublisher({ url: brokerUrl(), ...options });
  const watched = {
    ...connector,
    run: (...args: Parameters<typeof connector.run>) => {
      connections.push(args[0]);
      return connector.run(...args);
    },
  };
  const actor = createReconnectActor(watched, {
    backoff: constantBackoff(20),
    gracePeriodMs: Infinity,
    stableAfterMs: 0,
  });
  actor.on('*', (event) => void emitted.push(event));
  const done = new Promise<void>((resolve) => actor.subscribe({ complete: resolve }));
  actor.start();
  const stop = () => {
    if (actor.getSnapshot().status === 'active') actor.send({ type: 'stop' });
    return done;
  };
  onTestFinished(stop);
  return {
    emitted,
    stop,
    /** The connection of this session; the first is 1. */
    session: async (epoch: number): Promise<AmqpPublisherConnection> => {
      await until(`session ${epoch}`, () => connections.length >= epoch);
      return connections[epoch - 1] as AmqpPublisherConnection;
    },
  };
}

async function proxyUrl() {
  const { hostname, port } = urlOf('AMQP');
  const proxy = await startProxy(hostname, Number(port));
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  return { proxy, url: `amqp://guest:guest@127.0.0.1:${proxy.port}` };
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);

describe.skipIf(isBrokerMissing)('publishing to the real broker', () => {
  it('resolves when the broker has a message, text and bytes alike, and in order', async () => {
    const admin = await openAdmin();
    const queue = await admin.queue();
    const { session } = publisher();
    const connection = await session(1);
    const bytes = Uint8Array.from([0, 104, 105]).subarray(1);
    const publishing = ['é', bytes, Buffer.from('c')].map((one) =>
      connection.publish('', queue, one),
    );
    expect(connection.unconfirmed).toBe(3);
    await Promise.all(publishing);
    expect(connection.unconfirmed).toBe(0);
    const first = await admin.channel.get(queue, { noAck: true });
    // So it survives a restart of the broker.
    expect(first && first.properties.deliveryMode).toBe(2);
    expect(await drain(admin.channel, queue)).toEqual(['hi', 'c']);
  });

  it.each([
    [{ persistent: undefined as never }, 2],
    [{ persistent: false }, 1],
    [{ deliveryMode: 1 }, 1],
    [{ deliveryMode: 2 }, 2],
    [{ deliveryMode: 1, persistent: true }, 2],
  ])('publishes a message with %o in the delivery mode %i', async (how, deliveryMode) => {
    const admin = await openAdmin();
    const queue = await admin.queue();
    const { session } = publisher();
    await (await session(1)).publish('', queue, 'a', how);
    const message = await admin.channel.get(queue, { noAck: true });
    expect(message && message.properties.deliveryMode).toBe(deliveryMode);
  });

  it('rejects a mandatory message that no queue takes, and it alone', async () => {
    const admin = await openAdmin();
    const queue = await admin.queue();
    const { session } = publisher();
    const connection = await session(1);
    const mandatory = { mandatory: true };
    const results = await Promise.allSettled([
      connection.publish('', queue, 'a', mandatory),
      connection.publish('', 'nowhere', 'b', mandatory),
      connection.publish('', 'nowhere', 'c', { ...mandatory, messageId: 'mine' }),
      connection.publish('', 'nowhere', 'd'),
      connection.publish('', queue, 'e', mandatory),
    ]);
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    const { reason } = results[1] as PromiseRejectedResult;
    expect(reason).toBeInstanceOf(AmqpReturnedError);
    expect(reason).toMatchObject({
      code: 'ERR_AMQP_RETURNED',
      replyCode: 312,
      replyText: 'NO_ROUTE',
      exchange: '',
      routingKey: 'nowhere',
    });
    expect(isRetryableAmqpError(reason)).toBe(true);
    expect(await drain(admin.channel, queue)).toEqual(['a', 'e']);
  });

  it('rejects what the broker does not take: a queue is full', async () => {
    const admin = await openAdmin();
    const queue = await admin.queue({ 'x-max-length': 1, 'x-overflow': 'reject-publish' });
    const { session } = publisher();
    const connection = await session(1);
    await connection.publish('', queue, 'a');
    const error = await rejection(connection.publish('', queue, 'b'));
    expect(error).toBeInstanceOf(AmqpNackError);
    expect(error).toMatchObject({ code: 'ERR_AMQP_NACKED', routingKey: queue });
    expect(isRetryableAmqpError(error)).toBe(true);
    expect(await drain(admin.channel, queue)).toEqual(['a']);
    await connection.publish('', queue, 'c');
  });

  it('rejects all that is not confirmed when the connection is lost, with what ended it, and comes back', async () => {
    const admin = await openAdmin();
    const queue = await admin.queue();
    const { session, emitted } = publisher();
    const connection = await session(1);
    const publishing = [
      connection.publish('', queue, 'a'),
      connection.publish('nope', queue, 'b'),
      connection.publish('', queue, 'c'),
    ];
    const results = await Promise.allSettled(publishing);
    const error = expect.objectContaining({
      code: 'ERR_AMQP_CLOSED',
      replyCode: 404,
      replyText: expect.stringContaining("no exchange 'nope'"),
    });
    expect(results[1]).toEqual({ status: 'rejected', reason: error });
    expect(results[2]).toEqual({ status: 'rejected', reason: error });
    expect(await rejection(connection.publish('', queue, 'late'))).toEqual(error);
    const next = await session(2);
    expect(emitted.find(({ type }) => type === 'connection.closed')).toMatchObject({ error });
    await next.publish('', queue, 'again');
    expect(await drain(admin.channel, queue)).toContain('again');
  });

  it('waits at a stop until all is confirmed, and takes no more', async () => {
    const admin = await openAdmin();
    const queue = await admin.queue();
    const { session, stop } = publisher();
    const connection = await session(1);
    const publishing = numbers(500).map((text) => connection.publish('', queue, text));
    const stopping = stop();
    await until('it is being closed', async () => {
      const late = connection.publish('', queue, 'late');
      return late.then(
        () => false,
        () => true,
      );
    });
    await stopping;
    await Promise.all(publishing);
    const texts = await drain(admin.channel, queue);
    expect(texts.slice(0, 500)).toEqual(numbers(500));
  });

  it('leaves no socket when TLS breaks in the middle of a session', async () => {
    const { hostname, port } = urlOf('AMQP');
    const pem = await certificateFor('localhost');
    await using front = await startTlsFront(hostname, Number(port), pem);
    const clients: Socket[] = [];
    const proxy = createServer({ allowHalfOpen: true }, (client) => {
      clients.push(client.on('error', () => {}));
      const server = connectTo(front.port).on('error', () => {});
      client.pipe(server).pipe(client, { end: false });
    });
    const url = `amqps://guest:guest@localhost:${await listening(proxy)}`;
    const { session, emitted, stop } = publisher({ url, tls: { ca: pem.cert } });
    await session(1);
    // Not a record of TLS, from a peer that does not end its side.
    clients[0]?.write(Buffer.alloc(100, 0xff));
    await until('it is lost', () => emitted.some(({ type }) => type === 'connection.closed'));
    await until('nobody takes what it sends', () => {
      clients[0]?.write('more');
      return clients[0]?.destroyed;
    });
    await session(2);
    await stop();
  });

  it('ends at a content that is none, without harm to the connection', async () => {
    const { session } = publisher();
    const connection = await session(1);
    expect(await rejection(connection.publish('', 'q', 7 as never))).toBeInstanceOf(TypeError);
    await connection.publish('', 'q', 'text');
    expect(connection.unconfirmed).toBe(0);
  });

  it('loses nothing of an outbox while the connection is cut again and again', async () => {
    const admin = await openAdmin();
    const queue = await admin.queue();
    const { proxy, url } = await proxyUrl();
    const box = outbox<string, AmqpPublisherConnection>({
      send: (connection, text) => connection.publish('', queue, text),
    });
    const { session } = publisher({ url, run: box.serve() });
    const texts = numbers(300);
    const adding = texts.map((text) => box.add(text));
    for (let cut = 1; cut <= 5; cut++) {
      await session(cut);
      await until('some are sent', () => box.stats().acknowledged >= cut * 40);
      proxy.reset();
    }
    await Promise.all(adding);
    await box.drained();
    const seen = await drain(admin.channel, queue);
    // At least once, and in order but for the repetitions.
    expect([...new Set(seen)]).toEqual(texts);
    expect(seen.length).toBeLessThanOrEqual(305);
    await box.close();
  });
});

describe.skipIf(isBrokerMissing || !isRabbitmqctlUsable)(
  `a broker that restarts or is short of memory${isRabbitmqctlUsable ? '' : ' (skipped: rabbitmqctl cannot be used)'}`,
  () => {
    it('loses nothing of an outbox when the broker restarts', async () => {
      const vhost = uniqueName();
      await evaluate(...addVhost(vhost));
      onTestFinished(async () => {
        await evaluate(deleteVhost(vhost));
      });
      const url = brokerUrl({ vhost });
      const box = outbox<string, AmqpPublisherConnection>({
        send: (connection, text) => connection.publish('', 'orders', text),
        maxItems: 20,
        onFull: 'wait',
      });
      const { session, emitted } = publisher({
        url,
        setup: (channel) => channel.assertQueue('orders', { durable: true }),
        run: box.serve(),
      });
      await session(1);
      const texts: string[] = [];
      const over = new AbortController();
      const adding = (async () => {
        while (!over.signal.aborted) {
          texts.push(`${texts.length}`);
          await box.add(texts.at(-1) as string);
        }
      })();
      await until('some are sent', () => box.stats().acknowledged > 50);
      // All that a broker keeps for this virtual host ends, and begins again from the disk.
      await evaluate(
        `[Vhost] = ets:lookup(rabbit_vhost_sup_sup, ${binary(vhost)})`,
        'supervisor2:terminate_child(rabbit_vhost_sup_sup, element(4, Vhost))',
      );
      await until('it is seen', () => emitted.some(({ type }) => type === 'connection.closing'));
      await rabbitmqctl('restart_vhost', '-p', vhost);
      over.abort();
      await adding;
      await session(2);
      await box.drained();
      const admin = await openAdmin(url);
      const seen = await drain(admin.channel, 'orders');
      expect([...new Set(seen)]).toEqual(texts);
      const errorOf = (kind: string) => emitted.find(({ type }) => type === kind);
      expect(errorOf('connection.closed')).toMatchObject({ error: { replyCode: 320 } });
      expect(errorOf('attempt.failed')).toMatchObject({
        error: { replyCode: 541, replyText: expect.stringMatching(/vhost .* is down/) },
        verdict: 'transient',
      });
      await box.close();
    });

    it('reports that the broker blocks the connection, and a message waits until it does no more', async () => {
      const admin = await openAdmin();
      const queue = await admin.queue();
      const reasons: (string | undefined)[] = [];
      const name = uniqueName();
      const { session } = publisher({
        clientOptions: { clientProperties: { connection_name: name } },
        onBlocked: (reason) => void reasons.push(reason),
      });
      const connection = await session(1);
      await connection.publish('', queue, 'before');
      // What an alarm does.
      await sendToConnection(name, '{conserve_resources, memory, true}');
      const publishing = connection.publish('', queue, 'while blocked');
      await until('it is blocked', () => reasons.length === 1);
      expect(connection.isBlocked).toBe(true);
      expect(connection.unconfirmed).toBe(1);
      await sendToConnection(name, '{conserve_resources, memory, false}');
      await publishing;
      await until('it is reported', () => reasons.length === 2);
      expect(reasons).toEqual([expect.stringMatching(/memory/), undefined]);
      expect(connection.isBlocked).toBe(false);
      expect(await drain(admin.channel, queue)).toEqual(['before', 'while blocked']);
    });
  },
);
