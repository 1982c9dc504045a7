import {
  type ConsumerConfig,
  jetstream,
  type JetStreamManager,
  jetstreamManager,
} from '@nats-io/jetstream';
import {
  connect,
  type ConnectionOptions,
  credsAuthenticator,
  jwtAuthenticator,
  type NatsConnection,
  nkeyAuthenticator,
  nkeys,
} from '@nats-io/transport-node';
import { run } from 'schmoozer';
import { describe, expect, it, onTestFinished } from 'vitest';
import { rejection } from '../../../../test/support/loopback.js';
import { deaf } from '../../../../test/support/serviceSuite.js';
import { until } from '../../../../test/support/until.js';
import { isRetryableNatsError, type NatsLogin, natsSubscriber } from '../../src/index.js';
import { natsConsumer } from '../../src/jetstream.js';
import { startLink } from '../support/link.js';
import { hasServer, NatsServer } from '../support/natsServer.js';
import { operatorConfig } from '../support/operatorConfig.js';

async function serverWith(config?: string): Promise<NatsServer> {
  const server = await NatsServer.start(config);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

/** Whether a subscription comes about with this login, and what it fails with. */
async function isWelcome(servers: string, login: NatsLogin): Promise<unknown> {
  let isOn = false;
  const link = startLink(
    natsSubscriber({
      // What the function answers goes out, whatever the URL contains.
      servers: servers.replace('//', '//stale:stale@'),
      subjects: 'any',
      login: async () => login,
      onSession: () => void (isOn = true),
      onMessage() {},
    }),
  );
  await until('it is decided', () => isOn || link.isDone());
  const output = await link.stop();
  return output?.status === 'failed' ? output.error : undefined;
}

const text = (seed: Uint8Array) => new TextDecoder().decode(seed);

describe.skipIf(!hasServer)('a server that checks who comes', () => {
  const refused = { name: 'AuthorizationError' };
  const user = nkeys.createUser();
  const stranger = nkeys.createUser();

  it.each<[string, string, NatsLogin, NatsLogin]>([
    [
      'a user',
      'authorization { user: "me", password: "s:cr/e@t" }',
      { user: 'me', pass: 's:cr/e@t' },
      { user: 'me', pass: 'stale' },
    ],
    ['a token', 'authorization { token: "s3cr3t" }', { token: 's3cr3t' }, { token: 'stale' }],
    [
      'an nkey',
      `authorization { users: [{ nkey: ${user.getPublicKey()} }] }`,
      { authenticator: nkeyAuthenticator(user.getSeed()) },
      { authenticator: nkeyAuthenticator(stranger.getSeed()) },
    ],
  ])('lets %s in, and another is refused for good', async (_what, config, own, other) => {
    const server = await serverWith(config);
    expect(await isWelcome(server.url, own)).toBeUndefined();
    expect(await isWelcome(server.url, other)).toMatchObject(refused);
  });

  it('lets a JWT in, also from a creds file, and refuses one that another has signed', async () => {
    const { config, userJwt, strangerJwt } = operatorConfig(user.getPublicKey());
    const server = await serverWith(config);
    const seed = user.getSeed();
    const creds = [
      `-----BEGIN NATS USER JWT-----\n${userJwt}\n------END NATS USER JWT------\n`,
      `-----BEGIN USER NKEY SEED-----\n${text(seed)}\n------END USER NKEY SEED------\n`,
    ].join('\n');
    const welcome = [
      jwtAuthenticator(userJwt, seed),
      credsAuthenticator(new TextEncoder().encode(creds)),
    ];
    for (const authenticator of welcome) {
      expect(await isWelcome(server.url, { authenticator })).toBeUndefined();
    }
    const authenticator = jwtAuthenticator(strangerJwt, seed);
    expect(await isWelcome(server.url, { authenticator })).toMatchObject(refused);
  });
});

/** What a client gets for a request. */
async function errorOf(
  server: NatsServer,
  ask: (jsm: JetStreamManager, nats: NatsConnection) => Promise<unknown>,
  options: ConnectionOptions = {},
): Promise<unknown> {
  const nats = await connect({ servers: server.url, reconnect: false, ...options });
  try {
    return await rejection(ask(await jetstreamManager(nats, { checkAPI: false }), nats));
  } finally {
    await nats.close();
  }
}

describe.skipIf(!hasServer)('what JetStream refuses', () => {
  const config = (more: object) =>
    ({ durable_name: 'd', ack_policy: 'explicit', ...more }) as unknown as ConsumerConfig;

  it('is permanent, by its code', async () => {
    const server = await serverWith();
    await errorOf(server, async (jsm) => {
      await jsm.streams.add({ name: 'S', subjects: ['s.>'] });
      await jsm.consumers.add('S', config({}));
      await jsm.consumers.add('S', config({ durable_name: 'p', deliver_subject: 'to' }));
      throw new Error('done');
    });
    const listening = await connect({ servers: server.url });
    onTestFinished(() => listening.close());
    listening.subscribe('to', { callback() {} });
    await listening.flush();
    const push = config({ durable_name: 'p', deliver_subject: 'elsewhere' });
    const rows: [number | string, Parameters<typeof errorOf>[1]][] = [
      [10_059, (jsm) => jsm.consumers.info('none', 'd')],
      [10_014, (jsm) => jsm.consumers.info('S', 'none')],
      [10_012, (jsm) => jsm.consumers.update('S', 'd', config({ deliver_policy: 'new' }))],
      [10_013, (jsm) => jsm.consumers.add('S', push)],
      [10_093, (jsm) => jsm.consumers.add('S', config({ durable_name: 'f', filter_subject: 'x' }))],
      ['InvalidNameError', (jsm) => jsm.consumers.add('S', config({ durable_name: 'a.b' }))],
    ];
    for (const [code, ask] of rows) {
      const error = (await errorOf(server, ask)) as { code?: number; name: string };
      expect(error.code ?? error.name).toBe(code);
      expect(isRetryableNatsError(error)).toBe(false);
    }
  });

  it('is permanent where JetStream is off, for the server or for the account', async () => {
    const off = await serverWith('# no JetStream');
    const none = await errorOf(off, (jsm) => jsm.consumers.info('S', 'd'));
    expect(none).toMatchObject({ name: 'JetStreamNotEnabled' });
    const partly = await serverWith(
      'jetstream {}\naccounts { A { users: [{ user: a, password: a }] } }',
    );
    const login = { user: 'a', pass: 'a' };
    const account = await errorOf(partly, (jsm) => jsm.consumers.info('S', 'd'), login);
    expect(account).toMatchObject({ name: 'JetStreamNotEnabled', cause: { code: 10_039 } });
    expect([none, account].map((error) => isRetryableNatsError(error))).toEqual([false, false]);
    // As the connector meets it, at its first attempt.
    const consumer = { stream: 'S', durable: 'd', ...deaf };
    const first = await rejection(run(natsConsumer({ servers: off.url, ...consumer })));
    const second = await rejection(run(natsConsumer({ servers: partly.url, login, ...consumer })));
    expect([first, second]).toMatchObject(
      [none, account].map(() => ({ name: 'JetStreamNotEnabled' })),
    );
  });

  it('is transient where it may pass: a stream that is full, a request without an answer', async () => {
    const server = await serverWith();
    const full = await errorOf(server, async (jsm, nats) => {
      await jsm.streams.add({ name: 'S', subjects: ['s'], max_msgs: 1, discard: 'new' });
      await jetstream(nats).publish('s');
      await jetstream(nats).publish('s');
    });
    expect(full).toMatchObject({ code: 10_077 });
    expect(isRetryableNatsError(full)).toBe(true);
    expect(
      isRetryableNatsError(Object.assign(new Error('timeout'), { name: 'TimeoutError' })),
    ).toBe(true);
  });

  const permissions = (denied: string) =>
    `jetstream {}\nauthorization { users: [
      { user: all, password: all }
      { user: me, password: me, permissions: { publish: { deny: [${denied}] } } } ] }`;

  it.each([
    ['a request', '"$JS.API.CONSUMER.>"'],
    ['a pull', '"$JS.API.CONSUMER.MSG.NEXT.>"'],
    ['an acknowledgement', '"$JS.ACK.>"'],
  ])('ends the link when %s is not permitted', async (_what, denied) => {
    const server = await serverWith(permissions(denied));
    const all = { user: 'all', pass: 'all' };
    await errorOf(
      server,
      async (jsm, nats) => {
        await jsm.streams.add({ name: 'S', subjects: ['s'] });
        await jetstream(nats).publish('s', 'one');
        throw new Error('done');
      },
      all,
    );
    const login = { user: 'me', pass: 'me' };
    const consumer = natsConsumer({
      servers: server.url,
      stream: 'S',
      durable: 'd',
      login,
      ...deaf,
    });
    const error = (await rejection(run(consumer))) as Error;
    expect([error.name, (error.cause as Error | undefined)?.name]).toContain(
      'PermissionViolationError',
    );
  });

  it('receives its messages under `inboxPrefix`, where nothing else is permitted', async () => {
    const server = await serverWith(`jetstream {}\nauthorization { users: [
      { user: all, password: all }
      { user: me, password: me, permissions: { subscribe: { allow: ["_me.>"] } } } ] }`);
    await errorOf(
      server,
      async (jsm, nats) => {
        await jsm.streams.add({ name: 'S', subjects: ['s'] });
        await jetstream(nats).publish('s', 'one');
        throw new Error('done');
      },
      { user: 'all', pass: 'all' },
    );
    const texts: string[] = [];
    const link = startLink(
      natsConsumer({
        servers: server.url,
        stream: 'S',
        durable: 'd',
        login: { user: 'me', pass: 'me' },
        clientOptions: { inboxPrefix: '_me' },
        onMessage: (message) => void texts.push(message.string()),
      }),
    );
    await until('the message arrives', () => texts.length === 1 || link.isDone());
    await link.stop();
    expect(texts).toEqual(['one']);
  });
});
