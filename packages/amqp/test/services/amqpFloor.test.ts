import { connect } from 'amqplib';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constantBackoff, createReconnectActor } from 'schmoozer';
import { describe, expect, it, vi } from 'vitest';
import { certificateFor, privateAuthority } from '../../../../test/support/certificate.js';
import { firstAttempt } from '../../../../test/support/attempt.js';
import { rejection } from '../../../../test/support/loopback.js';
import { start } from '../../../../test/support/serviceLoop.js';
import { deaf } from '../../../../test/support/serviceSuite.js';
import { until } from '../../../../test/support/until.js';
import { amqpConsumer, amqpPublisher, type AmqpPublisherConnection } from '../../src/index.js';
import { brokerUrl, drain, isBrokerMissing, openAdmin } from '../support/broker.js';
import { service } from '../support/service.js';

// The other end of the peer range; everything here is run by it.
// @ts-expect-error -- it has no types
vi.mock('amqplib', () => import('amqplib-floor'));

const authority = await privateAuthority('Ours');
const tls = { shown: await certificateFor('localhost', { ca: authority }), ca: authority.cert };

describe.skipIf(isBrokerMissing)('the lowest amqplib of the peer range', () => {
  it('is what the manifest says', () => {
    const load = createRequire(import.meta.url);
    expect(connect).toBe((load('amqplib-floor') as { connect: unknown }).connect);
    const read = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Record<string, never>;
    const { version } = read(load.resolve('amqplib-floor/package.json'));
    const manifest = read(new URL('../../package.json', import.meta.url).pathname);
    expect(manifest['peerDependencies']).toHaveProperty(
      'amqplib',
      expect.stringContaining(`^${String(version)} `),
    );
  });

  it.each([
    ['without TLS', {}],
    ['over TLS', { tls }],
  ])(
    'consumes, comes back, and puts a message aside that always fails, %s',
    async (_title, transport) => {
      let isAside = false;
      const loop = await start(service, {
        ...transport,
        handle: (text) => (text === 'bad' ? Promise.reject(new Error('bad')) : undefined),
        maxRedeliveries: 1,
        onDeadLetter: () => void (isAside = true),
      });
      await loop.flow();
      await loop.access.publish('bad');
      await until('it is put aside', () => isAside);
      await loop.flow();
      loop.proxy.reset();
      await loop.session(2);
      await loop.flow();
      await loop.cut();
      await loop.session(3);
      await loop.flow();
      expect(loop.heard.messages.filter(({ text }) => text === 'bad')).toHaveLength(2);
      await loop.stop();
    },
  );

  it('notices a silent peer', async () => {
    const loop = await start(service, { heartbeatS: 1 });
    loop.proxy.silence();
    await until('it is offline', () => !loop.isOnline());
    await loop.proxy.pass();
    await loop.session(2);
    await loop.stop();
  });

  it('says why it is refused', async () => {
    const refused = (url: string) => {
      const connector = amqpConsumer({ url, queue: 'any', ...deaf });
      return rejection(connector.connect(firstAttempt().attempt));
    };
    expect(await refused(brokerUrl({ vhost: 'nope' }))).toMatchObject({
      replyCode: 530,
      replyText: 'NOT_ALLOWED - vhost nope not found',
    });
    expect(await refused(brokerUrl({ password: 'no' }))).toMatchObject({ replyCode: 403 });
  });

  it('publishes with confirms', async () => {
    const admin = await openAdmin();
    const queue = await admin.queue();
    let connection: AmqpPublisherConnection | undefined;
    const connector = amqpPublisher<void>({
      url: brokerUrl(),
      run(opened, { signal }) {
        connection = opened;
        return new Promise((resolve) =>
          signal.addEventListener('abort', () => resolve({ type: 'Continue', payload: undefined })),
        );
      },
    });
    const actor = createReconnectActor(connector, { backoff: constantBackoff(20) });
    const done = new Promise<void>((resolve) => actor.subscribe({ complete: resolve }));
    actor.start();
    await until('it is on', () => connection);
    const { publish } = { publish: connection!.publish.bind(connection) };
    const returned = publish('', 'nowhere', 'b', { mandatory: true });
    await Promise.all([
      publish('', queue, 'a', { mandatory: true }),
      rejection(returned).then((error) => expect(error).toMatchObject({ replyCode: 312 })),
    ]);
    const refused = [publish('nope', queue, 'c'), publish('', queue, 'd')];
    for (const one of await Promise.allSettled(refused)) {
      expect(one).toMatchObject({ status: 'rejected', reason: { replyCode: 404 } });
    }
    actor.send({ type: 'stop' });
    await done;
    expect((await drain(admin.channel, queue))[0]).toBe('a');
  });
});
