import { createServer } from 'node:net';
import { constantBackoff, createReconnectActor, InvalidOptionError } from 'schmoozer';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { firstAttempt } from '../../../test/support/attempt.js';
import { closedPort, listening, openSockets, rejection } from '../../../test/support/loopback.js';
import { type PeerCase, tellsPeer } from '../../../test/support/peerSuite.js';
import { until } from '../../../test/support/until.js';
import { postgresFeed, postgresListener, type PostgresListenerOptions } from '../src/index.js';

const url = 'postgres://me:secret@127.0.0.1:5432/app';
const listener = { url, channels: 'a', onMessage() {} };
const feed = { ...listener, read: async () => [], cursorOf: () => 0 };

const shared: [string, unknown][] = [
  ['url', ''],
  ['url', { secret: 1 }],
  ['url', 'me:secret@db.test/app'],
  ['url', 'db.test:5432/secret'],
  ['url', 'jdbc:postgresql://db.test/secret'],
  ['url', 'postgres:me:secret@db.test/app'],
  ['url', 'postgres://me:12#secret@db.test/app'],
  ['url', 'postgres://me:secret@db.test/app?sslMode=require'],
  ['url', 'postgres://me:secret@db.test/app?tls=true'],
  ['url', 'postgres://me:secret@db.test/app?sslmode=require&ssl_min_protocol_version=TLSv1.3'],
  ['url', 'postgres://me:secret@db.test/app?ssl=false'],
  ['url', 'postgres://me:secret@db.test/app?ssl=require'],
  ['url', 'postgres://me:secret@db.test/app?require_auth=scram-sha-256'],
  ['url', 'postgres://me:secret@db.test/app?target_session_attrs=read-write'],
  ['channels', undefined],
  ['channels', []],
  ['channels', ['a', '']],
  ['channels', 7],
  ['channels', 'a\0b'],
  ['channels', 'ü'.repeat(32)],
  ['login', 'secret'],
  ['login', {}],
  ['login', { password: '' }],
  ['login', { user: 'me', password: () => 'secret' }],
  ['login', { username: 'secret', password: 'secret' }],
  ['tls', true],
  ['heartbeatMs', 0],
  ['heartbeatMs', Infinity],
  ['clientOptions', 'secret'],
  ['isRetryable', true],
  ['retryDelay', 5],
  ['onMessage', undefined],
  ['maxInFlight', 0],
  ['channel', 'a'],
];

function refuses(make: (change: object) => unknown, name: string, value: unknown): void {
  const call = () => make({ [name]: value });
  expect(call).toThrow(InvalidOptionError);
  expect(call).toThrow(`\`${name}\``);
  expect(call).not.toThrow('secret');
}

describe('postgresListener', () => {
  const make = (change: object) => postgresListener({ ...listener, ...change });

  it.each([...shared, ['maxWaiting', 0]] as typeof shared)('refuses `%s`: %s', (name, value) =>
    refuses(make, name, value),
  );

  it.each(['stream', 'ssl', 'user', 'password', 'connectionString'])(
    'decides `clientOptions.%s` itself',
    (name) => {
      const call = () => make({ clientOptions: { [name]: 'secret' } });
      expect(call).toThrow(`\`clientOptions.${name}\` must be left out`);
    },
  );

  it.each([
    [url, 'host'],
    [url, 'port'],
    ['postgres://db.test', 'database'],
    ['postgres://db.test/app?application_name=a', 'application_name'],
    ['/run/postgresql', 'host'],
    ['/run/postgresql app', 'database'],
    ['socket:/run/postgresql?db=app', 'database'],
  ])('refuses, beside the URL %s, `clientOptions.%s`, which it would override', (at, name) => {
    const call = () => make({ url: at, clientOptions: { [name]: 'secret' } });
    expect(call).toThrow(InvalidOptionError);
    expect(call).toThrow(`\`clientOptions.${name}\` must be left out beside \`url\``);
    expect(call).not.toThrow('secret');
  });

  it.each([
    { url: '/run/postgresql', clientOptions: { port: 5433 } },
    { url: 'postgres://me@/app?host=/run/postgresql&port=5433&sslmode=disable' },
    { url: 'postgresql://db.test/app?sslmode=verify-full&sslrootcert=/ca&sslnegotiation=direct' },
    { url: 'postgres://db.test/app?sslmode=require&uselibpqcompat=true&channel_binding=require' },
    ...['true', '1', '0', 'no-verify'].map((ssl) => ({ url: `${url}?ssl=${ssl}` })),
    { url: `${url}?ssl=false&sslMode=disable&target_session_attrs=any`, tls: {} },
    { url: undefined, clientOptions: { host: 'db.test', port: 5433, database: 'app' } },
  ])('takes %o', (change) => {
    expect(() => make(change)).not.toThrow();
  });

  it.each(['host', 'port', 'path', 'socket'])('refuses `tls.%s`: the URL says where', (name) => {
    const call = () => make({ tls: { [name]: 'secret' } });
    expect(call).toThrow(`\`tls.${name}\` must be left out`);
    expect(call).not.toThrow('secret');
  });

  it('takes one channel or several, of 63 bytes', () => {
    expect(() => make({ channels: ['x'.repeat(63), 'A "b"', 'ü'.repeat(31)] })).not.toThrow();
  });

  it.each<[string, Partial<PostgresListenerOptions>]>([
    ['url', { url: () => '' }],
    ['url', { url: 'postgres://me:secret@[', login: { password: 'other' } }],
    ['url', { url: 'postgres://me:secret@[' }],
    ['url', { url: () => 'http//me:secret@h', tls: {} }],
    ['url', { url: () => 'postgres://me:secret@h/app?sslMode=require' }],
    ['tls.servername', { url: 'postgres://me:secret@h', tls: { servername: 'secret' } }],
    [
      'clientOptions.database',
      { url: () => 'postgres://me:secret@h', clientOptions: { database: 'secret' } },
    ],
    ['login', { login: () => ({}) }],
    ['login', { login: async () => ({ password: 7 }) as never }],
  ])('refuses what cannot be at an attempt, and shows no secret: `%s`', async (name, change) => {
    const connector = make(change);
    const error = await rejection(connector.connect(firstAttempt().attempt));
    expect(error).toBeInstanceOf(InvalidOptionError);
    expect(String(error)).toContain(`\`${name}\``);
    expect(JSON.stringify(error)).not.toContain('secret');
    expect(String((error as Error).stack)).not.toContain('secret');
  });

  it.each([
    ['verify_full', '', true],
    ['REQUIRE', '', true],
    ['verify_full', '?sslmode=disable', false],
    ['disable', '', false],
    ['', '', false],
  ])('refuses a misspelt PGSSLMODE, if it would count: %s, %s', async (mode, query, isRefused) => {
    vi.stubEnv('PGSSLMODE', mode);
    onTestFinished(() => void vi.unstubAllEnvs());
    const at = `postgres://me@127.0.0.1:${await closedPort()}/app${query}`;
    const error = await rejection(make({ url: at }).connect(firstAttempt().attempt));
    const code = isRefused ? 'ERR_INVALID_OPTION' : 'ECONNREFUSED';
    expect(error).toMatchObject({ code });
    if (isRefused) expect(String(error)).toContain(`\`PGSSLMODE\` must be one of disable`);
  });

  it('makes no socket where the function throws, or the attempt is over', async () => {
    const before = openSockets();
    const login = () => {
      throw new TypeError('no vault');
    };
    const connector = make({ login });
    const error = await rejection(connector.connect(firstAttempt().attempt));
    expect(error).toMatchObject({ message: 'no vault' });
    const facts = { phase: 'connect', attempt: 0, epoch: 0, hasBeenStable: false } as const;
    expect(connector.isRetryable?.(error, facts)).toBe(true);

    const first = firstAttempt();
    const waiting = rejection(make({ login: () => new Promise(() => {}) }).connect(first.attempt));
    first.abort('enough');
    expect(await waiting).toBe('enough');
    expect(openSockets()).toBe(before);
  });
});

describe('the client that a listener makes', () => {
  /** What the server hears first: an SSLRequest, or who comes. */
  const heardOf = async (change: (port: number) => Partial<PostgresListenerOptions>) => {
    let heard: Buffer | undefined;
    const port = await listening(
      createServer((socket) => {
        socket.once('data', (data) => {
          heard = data;
          socket.destroy();
        });
      }),
    );
    const connector = postgresListener({ ...listener, ...change(port) });
    const actor = createReconnectActor(connector, { backoff: constantBackoff(60_000) }).start();
    await until('it says something', () => heard);
    actor.send({ type: 'stop' });
    await until('the end', () => actor.getSnapshot().status === 'done');
    const bytes = heard as unknown as Buffer;
    if (bytes.readInt32BE(4) === 80877103) return 'TLS?';
    const words = bytes.subarray(8).toString().split('\0');
    return words[words.indexOf('user') + 1];
  };
  const at = (port: number, who = 'me:stale@', more = '') =>
    `postgres://${who}127.0.0.1:${port}/app${more}`;

  it.each<[string, (port: number) => Partial<PostgresListenerOptions>, string]>([
    ['the user of the URL', (port) => ({ url: at(port) }), 'me'],
    [
      'the user of the URL, with another password',
      (port) => ({ url: at(port, 'm%40e:x@'), login: { password: 'p' } }),
      'm@e',
    ],
    ['the user of the login', (port) => ({ url: at(port), login: { user: 'ü' } }), 'ü'],
    [
      'the user of the login, not of the query',
      (port) => ({ url: at(port, '', '?user=me'), login: { user: 'you' } }),
      'you',
    ],
    ['TLS', (port) => ({ url: at(port), tls: {} }), 'TLS?'],
    ['TLS for another name', (port) => ({ url: at(port), tls: { servername: 'h' } }), 'TLS?'],
    [
      'TLS for the same name',
      (port) => ({
        url: `postgres://me@localhost:${port}/app`,
        tls: { servername: 'localhost' },
      }),
      'TLS?',
    ],
    [
      'TLS, whatever the URL says',
      (port) => ({ url: at(port, '', '?sslmode=disable&ssl=0'), tls: {} }),
      'TLS?',
    ],
    ['no TLS, as the URL says', (port) => ({ url: at(port, 'me@', '?sslmode=disable') }), 'me'],
  ])('shows %s', async (_title, change, expected) => {
    expect(await heardOf(change)).toBe(expected);
  });
});

describe('postgresFeed', () => {
  const make = (change: object) => postgresFeed({ ...feed, ...change });

  it.each([
    ...shared,
    ['read', undefined],
    ['cursorOf', 'id'],
    ['load', 7],
    ['save', 7],
    ['pollMs', 0],
    ['queryTimeoutMs', 0],
    ['queryTimeoutMs', Infinity],
    ['maxWaiting', 5],
  ] as typeof shared)('refuses `%s`: %s', (name, value) => refuses(make, name, value));

  it('need not poll', () => {
    expect(() => make({ pollMs: Infinity })).not.toThrow();
  });
});

describe('the peer', () => {
  const tcp = (address: string, port: number) => ({
    address,
    port,
    protocol: 'postgresql',
    transport: 'tcp',
  });
  const socket = '/run/postgresql/.s.PGSQL.5433';
  const unix = { address: socket, protocol: 'postgresql', transport: 'unix' };
  const cases: PeerCase[] = [
    ['postgres://me:secret@db.test/app', 'db.test:5432', tcp('db.test', 5432)],
    ['postgresql://me:secret@db.test:6543/app', 'db.test:6543', tcp('db.test', 6543)],
    ['postgres://me:secret@[::1]/app', '::1:5432', tcp('::1', 5432)],
    ['postgres://me:secret@/app?host=/run/postgresql&port=5433', socket, unix],
  ];
  const listen = (at?: string | (() => string)) =>
    postgresListener({ ...listener, url: at as string });
  tellsPeer('postgresListener', listen, cases);
  tellsPeer('postgresFeed', (at) => postgresFeed({ ...feed, url: at }), cases);

  it('is the one of `clientOptions`, or of the environment, if there is no `url`', () => {
    vi.stubEnv('PGHOST', 'env.test');
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(listen().limiterKey).toBe('env.test:5432');
    const clientOptions = { host: 'db.test', port: 6543 };
    const connector = postgresListener({ ...listener, url: undefined as never, clientOptions });
    expect(connector.limiterKey).toBe('db.test:6543');
    expect(connector.peer).toEqual(tcp('db.test', 6543));
  });

  it.each([['a function', () => url] as const, ['not valid', 'postgres://me:secret@['] as const])(
    'is unknown, if the `url` is %s',
    (_what, at) => {
      const { peer, limiterKey } = listen(at);
      expect([peer, limiterKey]).toEqual([undefined, undefined]);
    },
  );
});
