import pg from 'pg';
import { constantBackoff, createReconnectActor, run } from 'schmoozer';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { firstAttempt } from '../../../../test/support/attempt.js';
import { rejection } from '../../../../test/support/loopback.js';
import { startProxy } from '../../../../test/support/proxy.js';
import { until } from '../../../../test/support/until.js';
import { postgresFeed, postgresListener, type PostgresListenerOptions } from '../../src/index.js';
import { Cluster, findServer } from './cluster.js';

const server = await findServer();
if (!server) console.warn('skipped: verdicts of Postgres, there is no `initdb` that may be run');
const PASSWORD = 'fr€sh@/?#%:&+ "';

/** Logins and errors at a server of our own that asks for a password. */
export function verdictSuite(): void {
  describe.skipIf(!server)('a Postgres of our own', () => {
    let cluster: Cluster;
    beforeAll(async () => {
      cluster = await Cluster.make(server as NonNullable<typeof server>);
      await cluster.start();
      const password = pg.escapeLiteral(PASSWORD);
      await cluster.ask(
        `create role me login password ${password}`,
        `create role crowded login connection limit 0 password ${password}`,
        `create role drowsy login password ${password}`,
        `alter role drowsy set idle_session_timeout = 50`,
        `create role hasty login password ${password}`,
        `alter role hasty set statement_timeout = 50`,
        'create role refused login',
        'create database closed',
        'revoke connect on database closed from public',
        'create database away allow_connections false',
      );
    });
    afterAll(() => cluster?.[Symbol.asyncDispose]());

    const listener = (options: Partial<PostgresListenerOptions> = {}) =>
      postgresListener({
        url: cluster.url('me'),
        login: { password: PASSWORD },
        channels: 'any',
        onMessage() {},
        ...options,
      });
    const facts = { phase: 'connect', attempt: 0, epoch: 1, hasBeenStable: false } as const;
    /** What an attempt fails with, and what is said of it. */
    const refusal = async (connector: ReturnType<typeof listener>) => {
      const error = await rejection(Promise.resolve(connector.connect(firstAttempt().attempt)));
      return { error, verdict: connector.isRetryable?.(error, facts) };
    };
    /** A session that is on, and what has ended it. */
    const opened = async (connector: ReturnType<typeof listener>) => {
      const connection = await connector.connect(firstAttempt().attempt);
      const ended = Promise.resolve(connector.closed?.(connection));
      onTestFinished(async () => connector.disconnect?.(connection));
      return async () => {
        const { error } = (await ended) as { error: unknown };
        return { error, verdict: connector.isRetryable?.(error, { ...facts, phase: 'run' }) };
      };
    };
    const permanent = (code: string) => ({ error: { code }, verdict: 'permanent' });
    const transient = (code: string) => ({ error: { code }, verdict: true });

    describe('lets in whom the function names, by SCRAM', () => {
      it.each([
        ['no login in the URL', (url: string) => url.replace('me@', '')],
        ['a user in the URL', (url: string) => url],
        ['a password that is stale', (url: string) => url.replace('me@', 'me:stale@')],
        ['another user', (url: string) => url.replace('me@', 'ghost:stale@')],
        ['a login in its query', (url: string) => `${url}?user=ghost&password=stale`],
      ])('%s', async (_title, change) => {
        const asked: number[] = [];
        const login = ({ attempt }: { attempt: number }) => {
          asked.push(attempt);
          return { user: 'me', password: PASSWORD };
        };
        const connector = listener({ url: change(cluster.url('me')), login });
        await opened(connector);
        expect(asked).toEqual([0]);
      });

      it('a password alone, for the user of the URL', async () => {
        const login = async () => ({ password: PASSWORD });
        await opened(listener({ url: cluster.url('me:stale'), login }));
      });

      it('without a URL', async () => {
        const clientOptions = { host: '127.0.0.1', port: cluster.port, database: 'postgres' };
        const login = { user: 'me', password: PASSWORD };
        const connector = postgresListener({ clientOptions, login, channels: 'a', onMessage() {} });
        await opened(connector);
      });

      it('and asks it at each attempt', async () => {
        const answers = ['stale', PASSWORD];
        let isOn = false;
        const connector = listener({
          login: () => ({ password: answers.shift() as string }),
          onSession: () => void (isOn = true),
        });
        const actor = createReconnectActor(connector, {
          backoff: constantBackoff(1),
          failFast: 'never',
        }).start();
        await until('a session', () => isOn);
        expect(answers).toEqual([]);
        actor.send({ type: 'stop' });
        await until('the end', () => actor.getSnapshot().status === 'done');
      });
    });

    it.each<[string, () => Partial<PostgresListenerOptions>, object]>([
      ['a wrong password', () => ({ login: { password: 'stale' } }), permanent('28P01')],
      ['a role that is refused', () => ({ url: cluster.url('refused') }), permanent('28000')],
      ['a role that is missing', () => ({ url: cluster.url('ghost') }), permanent('28000')],
      ['no such database', () => ({ url: cluster.url('me', 'none') }), permanent('3D000')],
      ['no right to connect', () => ({ url: cluster.url('me', 'closed') }), permanent('42501')],
      [
        'an unknown setting',
        () => ({ clientOptions: { options: '-c no_such=1' } }),
        permanent('42704'),
      ],
      ['a database in maintenance', () => ({ url: cluster.url('me', 'away') }), transient('55000')],
      ['too many connections', () => ({ url: cluster.url('crowded') }), transient('53300')],
    ])('is sorted by its code: %s', async (_title, options, expected) => {
      expect(await refusal(listener(options()))).toMatchObject(expected);
    });

    it('is sorted without a code: no password, and no TLS', async () => {
      const { login: _login, ...options } = { url: cluster.url('me'), login: undefined };
      const silent = postgresListener({ ...options, channels: 'any', onMessage() {} });
      expect(await refusal(silent)).toMatchObject({
        error: { message: expect.stringMatching(/^SASL: .*password must be a string/) },
        verdict: 'permanent',
      });
      expect(await refusal(listener({ tls: {} }))).toMatchObject({
        error: { message: 'The server does not support SSL connections' },
        verdict: 'permanent',
      });
    });

    it('ends a session that was idle for too long', async () => {
      const ended = await opened(listener({ url: cluster.url('drowsy') }));
      expect(await ended()).toMatchObject(transient('57P05'));
    });

    it('ends a session that speaks nonsense', async () => {
      const proxy = await startProxy('127.0.0.1', cluster.port);
      onTestFinished(() => proxy[Symbol.asyncDispose]());
      const url = cluster.url('me').replace(String(cluster.port), String(proxy.port));
      const ended = await opened(listener({ url }));
      proxy.inject(Buffer.from('\u0001\0\0\0\u0004'));
      expect(await ended()).toMatchObject(transient('08P01'));
    });

    describe('a query of a feed', () => {
      const failing = async (sql: string, user = 'me') => {
        const connector = postgresFeed({
          url: cluster.url(user),
          login: { password: PASSWORD },
          channels: 'any',
          load: async (client) => void (await client.query(sql)),
          read: async () => [],
          cursorOf: () => 0,
          onMessage() {},
        });
        return refusal(connector);
      };
      const raise = (code: string) => `do $$ begin raise sqlstate '${code}'; end $$`;

      it.each([
        ['a table that is missing', 'select * from missing', permanent('42P01')],
        ['no right to read it', 'select * from pg_authid', permanent('42501')],
        ['data that is none', `select 'x'::int`, permanent('22P02')],
        ['no statement', 'selekt 1', permanent('42601')],
        ['a failed transaction', `begin; select 1/0`, permanent('22012')],
        ['what the server cannot do', 'select * from away.public.t', permanent('0A000')],
        [
          'what a transaction that only reads must not',
          'begin read only; create table x ()',
          transient('25006'),
        ],
        ['a deadlock', raise('40P01'), transient('40P01')],
        ['a transaction to be repeated', raise('40001'), transient('40001')],
        ['a full disk', raise('53100'), transient('53100')],
        ['a disk that fails', raise('58030'), transient('58030')],
        ['a lock that is not free', raise('55P03'), transient('55P03')],
        ['an error of its own', raise('XX000'), transient('XX000')],
      ])('%s', async (_title, sql, expected) => {
        expect(await failing(sql)).toMatchObject(expected);
      });

      it('that takes too long', async () => {
        expect(await failing('select pg_sleep(60)', 'hasty')).toMatchObject(transient('57014'));
      });
    });

    it('ends the sessions when another of its processes is killed, and is there again', async () => {
      const ended = await opened(listener());
      const other = new pg.Client(cluster.url('owner'));
      other.on('error', () => {});
      await other.connect();
      const { rows } = await other.query<{ pid: number }>('select pg_backend_pid() as pid');
      process.kill((rows[0] as { pid: number }).pid, 'SIGKILL');
      // It says 57P02 in a warning, and hangs up.
      expect(await ended()).toMatchObject({
        error: { message: 'Connection terminated unexpectedly' },
        verdict: true,
      });
      await until('it is back', async () => (await refusalOf(listener)) === undefined);
    });

    it('is gone when it stops, and is found again', async () => {
      const epochs: number[] = [];
      const errors: unknown[] = [];
      const connector = listener({ onSession: ({ epoch }) => void epochs.push(epoch) });
      const actor = createReconnectActor(connector, { backoff: constantBackoff(5) });
      actor.on('connection.closed', ({ error }) => void errors.push(error));
      actor.start();
      await until('session 1', () => epochs.length === 1);
      await cluster.stop('SIGINT');
      await cluster.start();
      await until('session 2', () => epochs.length === 2);
      expect(errors).toMatchObject([{ code: '57P01' }]);
      actor.send({ type: 'stop' });
      await until('the end', () => actor.getSnapshot().status === 'done');
    });

    it('refuses `LISTEN` on a standby: the next attempt goes elsewhere', async () => {
      const standby = await cluster.standby();
      onTestFinished(() => standby[Symbol.asyncDispose]());
      await standby.start();
      const atStandby = listener({ url: standby.url('me') });
      expect(await refusal(atStandby)).toMatchObject(transient('25006'));

      const urls = [standby.url('me'), cluster.url('me')];
      const stop = new AbortController();
      const asked: number[] = [];
      const connector = listener({
        url: ({ attempt }) => {
          asked.push(attempt);
          return urls[attempt % 2] as string;
        },
        onSession: () => stop.abort(),
      });
      await run(connector, { signal: stop.signal, backoff: constantBackoff(1) });
      expect(asked).toEqual([0, 1]);

      // One that does not answer queries yet, as one that starts.
      await standby.stop();
      const says = (code: string) => async () =>
        (((await refusal(atStandby)).error as { code?: string }).code ?? '') === code;
      await standby.start({ hot_standby: 'off' }, says('57P03'));
      expect(await refusal(atStandby)).toMatchObject(transient('57P03'));
    });
  });
}

/** What an attempt fails with; undefined if it does not. */
async function refusalOf(listener: () => ReturnType<typeof postgresListener>): Promise<unknown> {
  const connector = listener();
  try {
    const connection = await connector.connect(firstAttempt().attempt);
    await connector.disconnect?.(connection);
    return undefined;
  } catch (error) {
    return error;
  }
}
