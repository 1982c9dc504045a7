import { createServer, type Socket } from 'node:net';
import { type ErrorFacts, InvalidOptionError } from 'schmoozer';
import { firstAttempt } from '../../../test/support/attempt.js';
import { listening, rejection } from '../../../test/support/loopback.js';
import { type PeerCase, tellsPeer } from '../../../test/support/peerSuite.js';
import { describe, expect, it } from 'vitest';
import { addressOf } from '../src/address.js';
import { isRetryableRedisError } from '../src/index.js';
import { entries } from './support/entries.js';

const url = 'redis://127.0.0.1:6379';
const shared: [string, unknown][] = [
  ['url', undefined],
  ['url', 'me:secret@host'],
  ['url', 'http://me:secret@host'],
  ['url', 'redis://'],
  ['url', 'redis://me:secret@host/one'],
  ['url', 'redis://me:secret@host/-1'],
  ['url', 'redis://me:secret@host/0x1'],
  ['url', 'redis://me:secret@host/1e1'],
  ['url', 'redis://me:secret@host/1#2'],
  ['url', 'redis://me:secret@host?db=1'],
  ['url', 'redis://me:secret%ZZ@host'],
  ['url', 'unix://host'],
  ['tls', true],
  ['tls', { ca: 'secret' }],
  ['clientName', 'two words'],
  ['clientName', ''],
  ['heartbeatMs', 0],
  ['heartbeatMs', 2 ** 31],
  ['isRetryable', true],
  ['retryDelay', 5],
  ['maxInFlight', 0],
  ['onMessage', undefined],
  ['password', 'secret'],
];

describe.each(entries)('by %s', (_name, { redisStream, redisSubscriber }) => {
  const refuses = (make: () => unknown, name: string) => {
    expect(make).toThrow(InvalidOptionError);
    expect(make).toThrow(`\`${name}\``);
    expect(make).not.toThrow('secret');
  };

  it.each([
    ...shared,
    ['channels', undefined],
    ['channels', []],
    ['channels', ''],
    ['patterns', 7],
    ['shardChannels', ['a', '']],
  ] satisfies [string, unknown][])('redisSubscriber refuses `%s`: %s', (name, value) => {
    const options = { url, channels: 'a', onMessage() {} };
    refuses(() => redisSubscriber({ ...options, [name]: value }), name);
  });

  it.each([
    ...shared,
    ['stream', ''],
    ['group', undefined],
    ['consumer', 7],
    ['from', 'now'],
    ['minIdleMs', 999],
    ['deadLetterStream', ''],
    ['maxRedeliveries', -1],
    ['redeliveryDelayMs', -1],
    ['onDeadLetter', true],
    ['channels', 'a'],
  ] satisfies [string, unknown][])('redisStream refuses `%s`: %s', (name, value) => {
    const options = { url, stream: 's', group: 'g', consumer: 'c', onMessage() {} };
    refuses(() => redisStream({ ...options, [name]: value }), name);
  });

  it.each([
    { user: 'me', password: 'secret' },
    { username: 'me', pass: 'secret' },
    { password: 7 },
  ])('refuses a login with a field that would not be sent: %o', async (login) => {
    const options = { url, channels: 'a', onMessage() {} };
    const connector = redisSubscriber({ ...options, login: () => login as never });
    const error = await rejection(connector.connect(firstAttempt().attempt));
    expect(error).toBeInstanceOf(InvalidOptionError);
    expect(String(error)).toContain('`login`');
    expect(String(error)).not.toContain('secret');
  });

  it.each(['host', 'port', 'path', 'socket'])('refuses `tls.%s`: the URL says where', (name) => {
    const options = { url: 'rediss://host', channels: 'a', onMessage() {} };
    refuses(() => redisSubscriber({ ...options, tls: { [name]: 'secret' } }), `tls.${name}`);
  });

  it('is lost by an answer to no command, which is no mistake in the program', async () => {
    const odd = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.write('*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n'));
    });
    const sockets: Socket[] = [];
    odd.on('connection', (socket: Socket) => sockets.push(socket));
    const connector = redisSubscriber({
      url: `redis://127.0.0.1:${await listening(odd)}`,
      channels: 'a',
      onMessage() {},
    });
    const connection = await connector.connect(firstAttempt().attempt);
    sockets[0]?.write('-ERR and goodbye\r\n');
    const end = await connector.closed?.(connection);
    const error = (end as { error: unknown }).error;
    const facts: ErrorFacts = { phase: 'run', attempt: 0, epoch: 1, hasBeenStable: false };
    expect(connector.isRetryable?.(error, facts)).toBe(true);
    await connector.disconnect?.(connection);
  });

  const peers: PeerCase[] = [
    [
      'rediss://me:secret@[::1]/3',
      '::1:6379',
      { address: '::1', port: 6379, protocol: 'redis', transport: 'tcp' },
    ],
    [
      'unix:///run/redis.sock',
      '/run/redis.sock',
      { address: '/run/redis.sock', protocol: 'redis', transport: 'unix' },
    ],
  ];
  const stream = { stream: 's', group: 'g', consumer: 'c', onMessage() {} };
  tellsPeer(
    'redisSubscriber',
    (at) => redisSubscriber({ url: at, channels: 'a', onMessage() {} }),
    peers,
  );
  tellsPeer('redisStream', (at) => redisStream({ ...stream, url: at }), peers);
});

describe('addressOf', () => {
  it.each([
    ['redis://host', 'host', 6379, undefined, 0],
    ['redis://host:1234/7', 'host', 1234, undefined, 7],
    ['rediss://:p%40ss@host/', 'host', 6379, { password: 'p@ss' }, 0],
    ['redis://me:p%2Fw@[::1]:1', '::1', 1, { username: 'me', password: 'p/w' }, 0],
  ])('reads %s', (text, host, port, login, database) => {
    expect(addressOf(text, undefined)).toMatchObject({ target: { host, port }, database });
    expect(addressOf(text, undefined).login).toEqual(login);
  });

  it('names the host to the server, unless that is an address or `tls` has a name', () => {
    const serverName = (text: string, tls?: object) => addressOf(text, tls).target.tls;
    expect(serverName('rediss://host', { ca: 'x' })).toEqual({ servername: 'host', ca: 'x' });
    expect(serverName('rediss://host', { servername: 'b' })).toEqual({ servername: 'b' });
    expect(serverName('rediss://127.0.0.1')).toEqual({});
    expect(serverName('redis://host')).toBeUndefined();
  });
});

describe('isRetryableRedisError', () => {
  it.each([
    ['LOADING Redis is loading the dataset in memory', true],
    ["READONLY You can't write against a read only replica.", true],
    ["MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", true],
    ['CLUSTERDOWN Hash slot not served', true],
    ['TRYAGAIN Multiple keys request during rehashing of slot', true],
    ['MOVED 12182 127.0.0.1:7001', true],
    ['ASK 12182 127.0.0.1:7001', true],
    ['BUSY Redis is busy running a script.', true],
    ['NOREPLICAS Not enough good replicas to write.', true],
    ['MISCONF Redis is configured to save RDB snapshots', true],
    ["OOM command not allowed when used memory > 'maxmemory'.", true],
    ["NOGROUP No such key 's' or consumer group 'g'", true],
    ['UNBLOCKED the stream key no longer exists', true],
    ['ERR max number of clients reached', true],
    ['ERR max number of clients + cluster connections reached', true],
    ['WRONGPASS invalid username-password pair or user is disabled.', false],
    ['NOAUTH Authentication required.', false],
    ["NOPERM this user has no permissions to run the 'subscribe' command", false],
    ['WRONGTYPE Operation against a key holding the wrong kind of value', false],
    ['NOPROTO unsupported protocol version', false],
    ['DENIED Redis is running in protected mode', false],
    ["CROSSSLOT Keys in request don't hash to the same slot", false],
    ["ERR unknown command 'SSUBSCRIBE'", false],
    ['ERR DB index is out of range', false],
    // No codes of Redis
    ['BUSYBODY', true],
    ['WRONGPASSWORD', true],
    ['the server said WRONGPASS', true],
    ['Socket closed unexpectedly', true],
  ])('sorts %s: %s', (message, answer) => {
    expect(isRetryableRedisError(new Error(message))).toBe(answer);
  });

  it('sorts all else as errors of TCP and TLS are', () => {
    const coded = (code: string, more = {}) => Object.assign(new Error('x'), { code, ...more });
    expect(isRetryableRedisError(coded('ECONNREFUSED', { syscall: 'connect' }))).toBe(true);
    expect(isRetryableRedisError(coded('CERT_HAS_EXPIRED'))).toBe(false);
    expect(isRetryableRedisError('ERR text')).toBe(true);
  });
});
