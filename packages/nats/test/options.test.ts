import { InvalidOptionError } from 'schmoozer';
import { describe, expect, it } from 'vitest';
import { firstAttempt } from '../../../test/support/attempt.js';
import { rejection } from '../../../test/support/loopback.js';
import { ask, type PeerCase, tellsPeer } from '../../../test/support/peerSuite.js';
import { isRetryableNatsError, natsSubscriber } from '../src/index.js';
import { natsConsumer, NatsConsumerError, natsPublisher } from '../src/jetstream.js';

const options = { servers: 'nats://127.0.0.1:4222', subjects: ['a'], onMessage() {} };

describe('natsSubscriber', () => {
  it.each<[string, unknown]>([
    ['servers', undefined],
    ['servers', []],
    ['servers', ['']],
    ['servers', { secret: 1 }],
    ['servers', 'wss://me:secret@host'],
    ['servers', ['host', ' wss://me:secret@host']],
    ['servers', 'tsl://me:secret@host'],
    ['servers', 'nats://host:4222?tls=secret'],
    ['servers', ['nats://me:secret@a', 'nats://you:secret@b']],
    ['subjects', ''],
    ['subjects', 7],
    ['queue', ''],
    ['tls', true],
    ['heartbeatMs', 0],
    ['heartbeatMs', 2 ** 31],
    ['clientOptions', 'secret'],
    ['isRetryable', true],
    ['retryDelay', 5],
    ['maxInFlight', 0],
    ['subject', 'a'],
  ])('refuses `%s`: %s', (name, value) => {
    const call = () => natsSubscriber({ ...options, [name]: value });
    expect(call).toThrow(InvalidOptionError);
    expect(call).toThrow(`\`${name}\``);
    expect(call).not.toThrow('secret');
  });

  it.each(['reconnect', 'waitOnFirstConnect', 'maxReconnectAttempts'])(
    'decides `clientOptions.%s` itself',
    (name) => {
      const call = () => natsSubscriber({ ...options, clientOptions: { [name]: 1 } });
      expect(call).toThrow(`\`clientOptions.${name}\` must be left out`);
    },
  );

  it('takes the same login in several URLs, and different ones beside a `login`', () => {
    const servers = ['nats://me:a@b', 'me:a@c', 'd'];
    expect(() => natsSubscriber({ ...options, servers })).not.toThrow();
    const login = { token: 'x' };
    expect(() =>
      natsSubscriber({ ...options, servers: [...servers, 'nats://you@e'], login }),
    ).not.toThrow();
  });

  it.each([
    { user: 'me', password: 'secret' },
    { token: 'secret', pas: 'secret' },
    { user: 'me', pass: 5 },
  ])('refuses a login with a field that would not be sent: %o', async (login) => {
    const connector = natsSubscriber({ ...options, login: () => login as never });
    const error = await rejection(connector.connect(firstAttempt().attempt));
    expect(error).toBeInstanceOf(InvalidOptionError);
    expect(String(error)).toContain('`login`');
    expect(String(error)).not.toContain('secret');
  });

  it('refuses the logins of several URLs where `login` returns none', async () => {
    const servers = ['nats://me:secret@a', 'nats://you:secret@b'];
    const connector = natsSubscriber({ ...options, servers, login: () => undefined });
    const error = await rejection(connector.connect(firstAttempt().attempt));
    expect(String(error)).toContain('`servers` must be URLs with the same login');
    expect(String(error)).not.toContain('secret');
  });

  it.each(['host', 'port', 'path', 'socket'])('refuses `tls.%s`: a server says where', (name) => {
    const call = () => natsSubscriber({ ...options, tls: { [name]: 'secret' } });
    expect(call).toThrow(`\`tls.${name}\` must be left out`);
    expect(call).not.toThrow('secret');
  });

  it('takes one server or several, one subject or several', () => {
    expect(() =>
      natsSubscriber({ ...options, servers: ['a:1', 'b:2'], subjects: 'a' }),
    ).not.toThrow();
  });
});

describe('natsConsumer', () => {
  const durable = { servers: 'a:1', stream: 's', durable: 'd', onMessage() {} };

  it.each<[string, unknown]>([
    ['servers', ''],
    ['stream', undefined],
    ['stream', ''],
    ['durable', ''],
    ['bind', 'yes'],
    ['filterSubjects', ''],
    ['filterSubjects', ['a', 7]],
    ['deliverPolicy', 'first'],
    ['deliverPolicy', { startSequence: 0 }],
    ['deliverPolicy', { startTime: new Date('nonsense') }],
    ['deliverPolicy', 5],
    ['deliverPolicy', { startSequence: 1, startTime: new Date(0) }],
    ['ackWaitMs', 99],
    ['ackWaitMs', 2 ** 31],
    ['maxAckPending', 0],
    ['maxAckPending', 1.5],
    ['jetstreamOptions', 'domain'],
    ['maxRedeliveries', -1],
    ['redeliveryDelayMs', Infinity],
    ['heartbeatMs', 0],
    ['subjects', 'a'],
  ])('refuses `%s`: %s', (name, value) => {
    const call = () => natsConsumer({ ...durable, [name]: value });
    expect(call).toThrow(InvalidOptionError);
    expect(call).toThrow(`\`${name}\``);
  });

  it('has `bind` for a durable consumer only, which has its own configuration', () => {
    const { durable: _name, ...ordered } = durable;
    expect(() => natsConsumer({ ...ordered, bind: true })).toThrow('`durable` must be set');
    for (const one of [
      { filterSubjects: 'a' },
      { deliverPolicy: 'new' as const },
      { ackWaitMs: 1000 },
    ]) {
      expect(() => natsConsumer({ ...durable, bind: true, ...one })).toThrow('must be left out');
    }
    expect(() => natsConsumer({ ...durable, bind: true })).not.toThrow();
  });

  it('has nothing to be acknowledged without `durable`', () => {
    const { durable: _name, ...ordered } = durable;
    for (const one of [{ ackWaitMs: 1000 }, { maxAckPending: 5 }]) {
      expect(() => natsConsumer({ ...ordered, ...one })).toThrow('left out without `durable`');
    }
    expect(() => natsConsumer({ ...ordered, filterSubjects: ['a', 'b'] })).not.toThrow();
    expect(() => natsConsumer({ ...ordered, filterSubjects: [] })).not.toThrow();
  });
});

describe('natsPublisher', () => {
  it.each<[string, unknown]>([
    ['servers', undefined],
    ['run', 'idle'],
    ['jetstreamOptions', 5],
    ['tls', true],
    ['onMessage', () => {}],
  ])('refuses `%s`: %s', (name, value) => {
    const call = () => natsPublisher({ servers: 'a:1', [name]: value });
    expect(call).toThrow(InvalidOptionError);
    expect(call).toThrow(`\`${name}\``);
  });

  it('takes an option that is undefined as one that is left out', () => {
    const call = () => natsPublisher({ servers: 'a:1', heartbeatMs: undefined as never });
    expect(call).not.toThrow();
  });
});

describe('jetstreamOptions', () => {
  const makers = {
    natsConsumer: (jetstreamOptions: object) =>
      natsConsumer({ servers: 'a:1', stream: 's', onMessage() {}, jetstreamOptions }),
    natsPublisher: (jetstreamOptions: object) =>
      natsPublisher({ servers: 'a:1', jetstreamOptions }),
  };

  it.each(Object.entries(makers))(
    'of %s: what the client would ignore is refused',
    (_name, make) => {
      expect(() => make({ Domain: 'hub' })).toThrow('`jetstreamOptions.Domain` must be one of');
      expect(() => make({ apiPrefix: '$JS.API', domain: 'hub' })).toThrow(
        '`jetstreamOptions.apiPrefix` must be left out beside `domain`',
      );
      expect(() => make({ apiPrefix: '$JS.API', domain: undefined, timeout: 1 })).not.toThrow();
      expect(() => make({ domain: 'hub', watcherPrefix: '_me' })).not.toThrow();
    },
  );
});

describe('isRetryableNatsError', () => {
  it('sorts what the client did not make as TCP errors are', () => {
    expect(isRetryableNatsError({ code: 'ECONNREFUSED' })).toBe(true);
    expect(isRetryableNatsError(Object.assign(new Error('x'), { code: 'CERT_HAS_EXPIRED' }))).toBe(
      false,
    );
  });

  it.each([
    { name: 'AuthorizationError' },
    { name: 'PermissionViolationError' },
    { name: 'RequestError', cause: { name: 'PermissionViolationError' } },
    { name: 'JetStreamNotEnabled' },
    { name: 'RequestError', cause: { name: 'NoResponders', subject: '$JS.API.STREAM.INFO.s' } },
    { name: 'RequestError', cause: { name: 'NoResponders', subject: '$JS.hub.API.INFO' } },
    ...[10_012, 10_013, 10_014, 10_039, 10_059, 10_076, 10_093, 10_138, 10_148].map((code) => ({
      name: 'JetStreamApiError',
      code,
    })),
    new NatsConsumerError('ERR_NATS_CONSUMER_MISMATCH', 'a push consumer'),
  ])('is false for $name $code, of whatever copy of the client', (error) => {
    expect(isRetryableNatsError(error)).toBe(false);
  });

  it.each([
    { name: 'UserAuthenticationExpiredError' },
    { name: 'TimeoutError' },
    { name: 'RequestError', cause: { name: 'NoResponders', subject: '$JS.ACK.s.d.1.1.1.1.0' } },
    { name: 'RequestError', cause: { name: 'NoResponders', subject: 'my.service' } },
    { name: 'JetStreamApiError', code: 10_008 },
    { name: 'JetStreamApiError', code: 10_077 },
    new NatsConsumerError('ERR_NATS_CONSUMER_DELETED', 'the consumer was deleted', 409),
  ])('is true for $name $code', (error) => {
    expect(isRetryableNatsError(error)).toBe(true);
  });
});

describe('the peer', () => {
  const nats = (address: string, port: number) => ({
    address,
    port,
    protocol: 'nats',
    transport: 'tcp',
  });
  const cases: PeerCase[] = [
    ['nats://me:secret@a.test', 'a.test:4222', nats('a.test', 4222)],
    ['tls://secret@a.test:4443/x', 'a.test:4443', nats('a.test', 4443)],
    ['me:secret/@a.test:1', 'a.test:1', nats('a.test', 1)],
    ['a.test', 'a.test:4222', nats('a.test', 4222)],
    ['nats://me:secret@[::1]:4223', '::1:4223', nats('::1', 4223)],
    ['::1', '::1:4222', nats('::1', 4222)],
  ];
  const durable = { stream: 's', durable: 'd', onMessage() {} };
  tellsPeer('natsSubscriber', (at) => natsSubscriber({ ...options, servers: at }), cases);
  tellsPeer('natsConsumer', (at) => natsConsumer({ ...durable, servers: at }), cases);
  tellsPeer('natsPublisher', (at) => natsPublisher({ servers: [at] }), cases);

  it('of several servers: one queue for all, and no address before the client has chosen one', () => {
    const { limiterKey, peer } = natsSubscriber({ ...options, servers: ['a', 'me:secret@b:2'] });
    expect(limiterKey).toBe('a:4222,b:2');
    expect(ask(peer)).toEqual({ protocol: 'nats', transport: 'tcp' });
  });
});
