import type { Channel } from 'amqplib';
import { InvalidOptionError, run } from 'schmoozer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firstAttempt } from '../../../../test/support/attempt.js';
import { rejection } from '../../../../test/support/loopback.js';
import { deaf } from '../../../../test/support/serviceSuite.js';
import { uniqueName } from '../../../../test/support/serviceLoop.js';
import { amqpConsumer, type AmqpConsumerOptions, isRetryableAmqpError } from '../../src/index.js';
import { brokerUrl, isBrokerMissing, openAdmin } from '../support/broker.js';
import {
  addVhost,
  binary,
  deleteVhost,
  evaluate,
  isRabbitmqctlUsable,
} from '../support/rabbitmqctl.js';

/** What the connector's `connect` rejects with; nothing of it is left. */
async function failure(options: Partial<AmqpConsumerOptions>): Promise<unknown> {
  const connector = amqpConsumer({ url: brokerUrl(), queue: 'any', ...deaf, ...options });
  return rejection(connector.connect(firstAttempt().attempt));
}

const closed = (replyCode: number, replyText: RegExp) =>
  expect.objectContaining({
    name: 'AmqpClosedError',
    code: 'ERR_AMQP_CLOSED',
    replyCode,
    replyText: expect.stringMatching(replyText),
  });

describe.skipIf(isBrokerMissing)('errors of the real broker', () => {
  const declared = uniqueName();

  it.each<[string, number, RegExp, boolean, Partial<AmqpConsumerOptions>]>([
    ['a wrong password', 403, /Login was refused/, false, { url: brokerUrl({ password: 'no' }) }],
    [
      'an unknown virtual host',
      530,
      /vhost nope not found/,
      false,
      { url: brokerUrl({ vhost: 'nope' }) },
    ],
    ['no queue', 404, /no queue 'nope'/, false, { queue: 'nope', assertQueue: false }],
    [
      'no exchange',
      404,
      /no exchange 'nope'/,
      false,
      {
        setup: (channel: Channel) => channel.checkExchange('nope'),
      },
    ],
    ['a reserved name', 403, /reserved prefix/, false, { queue: 'amq.nope' }],
    [
      'a queue of another kind',
      406,
      /inequivalent arg 'x-queue-type'/,
      false,
      {
        queue: declared,
        queueType: 'quorum',
        setup: () => {},
        assertQueue: { durable: true },
      },
    ],
    [
      'a queue that is not durable',
      406,
      /inequivalent arg 'durable'/,
      false,
      {
        queue: declared,
        assertQueue: { durable: false },
      },
    ],
    [
      'what a quorum queue cannot do',
      540,
      /does not support global qos/,
      false,
      {
        queue: `${declared}-quorum`,
        queueType: 'quorum',
        assertQueue: {},
        async setup(channel: Channel) {
          await channel.prefetch(1, true);
          await channel.consume(`${declared}-quorum`, () => {});
        },
      },
    ],
    [
      'a delivery that is not known',
      406,
      /unknown delivery tag/,
      true,
      {
        queue: declared,
        setup(channel: Channel) {
          channel.ack({ fields: { deliveryTag: 9 } } as never);
          return channel.checkQueue(declared);
        },
      },
    ],
  ])('%s: %i %s, retryable: %s', async (_title, code, text, isRetryable, options) => {
    const { channel } = await openAdmin();
    await channel.assertQueue(declared, { durable: true });
    const error = await failure(options);
    expect(error).toEqual(closed(code, text));
    expect(isRetryableAmqpError(error)).toBe(isRetryable);
    for (const name of [declared, `${declared}-quorum`]) await channel.deleteQueue(name);
  });

  it('a queue in exclusive use, and one that another connection owns, are transient', async () => {
    const admin = await openAdmin();
    const { channel } = admin;
    const taken = await admin.queue();
    await channel.consume(taken, () => {}, { exclusive: true });
    const inUse = await failure({ queue: taken });
    expect(inUse).toEqual(closed(403, /in exclusive use/));
    expect(isRetryableAmqpError(inUse)).toBe(true);

    const { queue: owned } = await channel.assertQueue(uniqueName(), { exclusive: true });
    const locked = await failure({ queue: owned });
    expect(locked).toEqual(closed(405, /exclusive access/));
    expect(isRetryableAmqpError(locked)).toBe(true);
  });

  it('ends a loop at a permanent one, with its reason', async () => {
    const connector = amqpConsumer({ url: brokerUrl({ vhost: 'nope' }), queue: 'any', ...deaf });
    expect(await rejection(run(connector))).toEqual(closed(530, /vhost nope not found/));
  });

  it('what `setup` throws itself comes as it is', async () => {
    const own = new RangeError('mine');
    expect(await failure({ setup: () => Promise.reject(own) })).toBe(own);
    expect(await failure({ queue: undefined, setup() {} } as object)).toBeInstanceOf(TypeError);
    expect(await failure({ login: 'me:secret' as never })).toBeInstanceOf(InvalidOptionError);
  });
});

describe.skipIf(isBrokerMissing || !isRabbitmqctlUsable)(
  `limits and users of the real broker${isRabbitmqctlUsable ? '' : ' (skipped: rabbitmqctl cannot be used)'}`,
  () => {
    const id = uniqueName();
    // With a slash, which the path of a URL must encode.
    const vhost = `${id}/a b`;
    const full = `${id}-full`;
    const user = `${id}@:/%41`;
    const password = 'p@:/%41?#é ';

    beforeAll(() =>
      evaluate(
        `rabbit_auth_backend_internal:add_user(${binary(user)}, ${binary(password)}, ${binary('test')})`,
        ...addVhost(vhost, user),
        ...addVhost(full),
        `rabbit_vhost_limit:set(${binary(full)}, [{${binary('max-connections')}, 0}], ${binary('test')})`,
        `rabbit_vhost_limit:set(${binary(vhost)}, [{${binary('max-queues')}, 0}], ${binary('test')})`,
      ),
    );
    afterAll(() =>
      evaluate(
        deleteVhost(vhost),
        deleteVhost(full),
        `rabbit_auth_backend_internal:delete_user(${binary(user)}, ${binary('test')})`,
      ),
    );

    it('a limit of connections, and one of queues, are transient', async () => {
      const connections = await failure({ url: brokerUrl({ vhost: full }) });
      expect(connections).toEqual(closed(530, /connection limit \(0\) is reached/));
      expect(isRetryableAmqpError(connections)).toBe(true);

      const queues = await failure({ url: brokerUrl({ vhost, user, password }) });
      expect(queues).toEqual(closed(406, /queue limit in vhost .* is reached/));
      expect(isRetryableAmqpError(queues)).toBe(true);
    });

    it('a virtual host that the user may not use is permanent', async () => {
      const error = await failure({ url: brokerUrl({ user, password }) });
      expect(error).toEqual(closed(530, /access to vhost '\/' refused for user/));
      expect(isRetryableAmqpError(error)).toBe(false);
    });

    it.each<[string, Partial<AmqpConsumerOptions>]>([
      [
        'of a function',
        {
          url: brokerUrl({ vhost, password: 'stale' }),
          login: async () => ({ username: user, password }),
        },
      ],
      ['of the URL, percent-encoded', { url: brokerUrl({ vhost, user, password }) }],
    ])('a login %s goes out as it is', async (_title, options) => {
      // The limit of queues is asked after the login.
      expect(await failure(options)).toEqual(closed(406, /queue limit/));
      const wrong = { url: brokerUrl({ vhost }), login: { username: user, password: 'no' } };
      expect(await failure(wrong)).toEqual(closed(403, /Login was refused/));
    });
  },
);
