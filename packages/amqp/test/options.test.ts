import { createServer, Socket } from 'node:net';
import { InvalidOptionError } from 'schmoozer';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { closedPort, listening, rejection } from '../../../test/support/loopback.js';
import { firstAttempt } from '../../../test/support/attempt.js';
import { type PeerCase, tellsPeer } from '../../../test/support/peerSuite.js';
import {
  AmqpClosedError,
  AmqpDeliveryTimeoutError,
  amqpConsumer,
  type AmqpConsumerOptions,
  amqpPublisher,
  isRetryableAmqpError,
} from '../src/index.js';

const url = 'amqp://127.0.0.1:5672';
const options = { url, queue: 'a', onMessage() {} };

const shared: [string, unknown][] = [
  ['url', undefined],
  ['url', 'http://me:secret@host'],
  ['url', 'amqp:secret'],
  ['url', { secret: 1 }],
  ['url', 'amqp://me:12#secret@host'],
  ['url', 'amqps://host?verify=secret'],
  ['url', 'amqp://host?channel_max=10'],
  ['url', 'amqp://host?channelMax=secret'],
  ['url', 'amqp://host?heartbeat=10&frameMax=128KiB'],
  ['tls', true],
  ['tls', { ca: 'secret' }],
  ['tls.host', { host: 'secret' }],
  ['tls.path', { path: 'secret' }],
  ['heartbeatMs', 999],
  ['heartbeatMs', 65_535_001],
  ['clientOptions', 'secret'],
  ['onBlocked', true],
  ['isRetryable', true],
  ['retryDelay', 5],
  ['setup', 5],
  ['queues', 'a'],
];

/** The option that has the field. */
const nameOf = (name: string) => name.split('.')[0] as string;

describe('amqpConsumer', () => {
  it.each([
    ...shared,
    ['queue', undefined],
    ['queue', ''],
    ['queueType', 'stream'],
    ['assertQueue', 7],
    ['consume', 7],
    ['prefetch', 0],
    ['prefetch', 65_536],
    ['maxInFlight', 0],
    ['maxRedeliveries', -1],
  ] as [string, unknown][])('refuses `%s`: %s', (name, value) => {
    const call = () => amqpConsumer({ ...options, [nameOf(name)]: value });
    expect(call).toThrow(InvalidOptionError);
    expect(call).toThrow(`\`${name}\``);
    expect(call).not.toThrow('secret');
  });

  it.each<[string, Partial<AmqpConsumerOptions>]>([
    ['consume.noAck', { consume: { noAck: true } as object }],
    ['clientOptions.recovery', { clientOptions: { recovery: true } as object }],
    ['queue', { queue: undefined, setup() {}, assertQueue: {} } as object],
    ['queueType', { queueType: 'quorum', assertQueue: false }],
    ['queueType', { queueType: 'quorum', setup() {} }],
    [
      'queueType',
      { queueType: 'classic', assertQueue: { arguments: { 'x-queue-type': 'quorum' } } },
    ],
    [
      'queueType',
      { queueType: 'quorum', assertQueue: { arguments: { 'x-queue-type': 'stream' } } },
    ],
  ])('refuses `%s` in %o', (name, one) => {
    expect(() => amqpConsumer({ ...options, ...one })).toThrow(`\`${name}\``);
  });

  it.each<Partial<AmqpConsumerOptions>>([
    { url: 'amqp://host/v?frameMax=8192&channelMax=5&maxFrameSize=1&locale=en_US&heartbeat=5' },
    { queueType: 'quorum', assertQueue: { arguments: { 'x-queue-type': 'quorum' } } },
    { assertQueue: { arguments: { 'x-queue-type': 'quorum' } } },
  ])('takes %o', (one) => {
    expect(() => amqpConsumer({ ...options, ...one })).not.toThrow();
  });

  it('takes a queue whose name `setup` answers', () => {
    expect(() => amqpConsumer({ url, setup: () => 'a', onMessage() {} })).not.toThrow();
  });

  const peer = { address: '::1', port: 5671, protocol: 'amqp', transport: 'tcp' };
  const known: PeerCase = ['amqps://me:secret@[::1]/v', '::1:5671', peer];
  tellsPeer('amqpConsumer', (at) => amqpConsumer({ ...options, url: at }), [known]);
  tellsPeer('amqpPublisher', (at) => amqpPublisher({ url: at }), [known]);

  it('does not say to whom it connects, if a function answers it', () => {
    const connector = amqpConsumer({ ...options, url: () => url });
    expect([connector.peer, connector.limiterKey]).toEqual([undefined, undefined]);
  });

  it.each<[string, Partial<AmqpConsumerOptions>]>([
    ['url', { url: () => 'http://me:secret@host' }],
    ['tls', { url: () => url, tls: { ca: 'secret' } }],
    ['login', { login: () => ({ username: 'secret' }) as never }],
    ['login', { login: () => ({ username: 'a\0b', password: 'secret' }) }],
    ['login', { login: () => ({ username: 'a', password: 'b', pass: 'secret' }) as never }],
  ])('refuses what a function answers for `%s`', async (name, one) => {
    const { attempt } = firstAttempt();
    const error = await rejection(amqpConsumer({ ...options, ...one }).connect(attempt));
    expect(error).toBeInstanceOf(InvalidOptionError);
    expect(String(error)).toContain(`\`${name}\``);
    expect(String(error)).not.toContain('secret');
  });

  it('has its defaults where an option of the client is undefined', async () => {
    const calls = (['setNoDelay', 'setKeepAlive'] as const).map((name) =>
      vi.spyOn(Socket.prototype, name),
    );
    onTestFinished(() => void vi.restoreAllMocks());
    const port = await listening(createServer((socket) => void socket.end()));
    const clientOptions = { noDelay: undefined as never, keepAlive: undefined as never };
    const at = `amqp://127.0.0.1:${port}`;
    const { attempt } = firstAttempt();
    await rejection(amqpConsumer({ ...options, url: at, clientOptions }).connect(attempt));
    expect(calls.map(({ mock }) => mock.lastCall?.[0])).toEqual([true, true]);
  });

  it('connects to nothing after an abort', async () => {
    const owned = firstAttempt();
    const login = () => {
      owned.abort('enough');
      return undefined;
    };
    const connector = amqpConsumer({
      ...options,
      url: `amqp://127.0.0.1:${await closedPort()}`,
      login,
    });
    expect(await rejection(connector.connect(owned.attempt))).toBe('enough');
    expect(owned.listeners()).toBe(0);
  });
});

describe('amqpPublisher', () => {
  it.each([...shared, ['run', 5] as [string, unknown]])('refuses `%s`: %s', (name, value) => {
    const call = () => amqpPublisher({ url, [nameOf(name)]: value });
    expect(call).toThrow(InvalidOptionError);
    expect(call).toThrow(`\`${name}\``);
    expect(call).not.toThrow('secret');
  });

  it('refuses what are no options', () => {
    expect(() => amqpPublisher(undefined as never)).toThrow('`options`');
  });
});

describe('isRetryableAmqpError', () => {
  // What no RabbitMQ on one machine can be brought to say; the other rows are in services/verdicts.test.ts.
  it.each([
    [404, "NOT_FOUND - home node 'a@b' of durable queue 'q' in vhost '/' is down or inaccessible"],
    [404, "NOT_FOUND - queue 'q' in vhost '/' process is stopped by supervisor"],
    [501, 'FRAME_ERROR - cannot decode'],
    [541, 'INTERNAL_ERROR'],
  ])('takes %i %s for transient', (code, text) => {
    expect(isRetryableAmqpError(new AmqpClosedError(code, text))).toBe(true);
  });

  it('reads an error of the client', () => {
    const error = new Error(
      'Operation failed: QueueDeclare; 404 (NOT-FOUND) with message "NOT_FOUND - no queue"',
    );
    expect(isRetryableAmqpError(error)).toBe(false);
  });

  it('takes a mechanism that the broker does not have for permanent', () => {
    const error = new Error('SASL mechanism EXTERNAL is not provided by the server');
    expect(isRetryableAmqpError(error)).toBe(false);
  });

  it('sorts all else as TCP errors are', () => {
    expect(isRetryableAmqpError({ code: 'ECONNREFUSED' })).toBe(true);
    const expired = Object.assign(new Error('x'), { code: 'CERT_HAS_EXPIRED' });
    expect(isRetryableAmqpError(expired)).toBe(false);
    expect(isRetryableAmqpError(new TypeError('x'))).toBeUndefined();
  });
});

describe('AmqpDeliveryTimeoutError', () => {
  it('is an AmqpClosedError with a code of its own', () => {
    const error = new AmqpDeliveryTimeoutError('PRECONDITION_FAILED - …');
    expect(error).toBeInstanceOf(AmqpClosedError);
    expect(error).toMatchObject({ code: 'ERR_AMQP_DELIVERY_TIMEOUT', replyCode: 406 });
  });
});
