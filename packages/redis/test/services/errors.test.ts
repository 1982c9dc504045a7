/** Each error of a server is provoked on a real one, and sorted by its code, by both clients. */
import { once } from 'node:events';
import { Redis } from 'ioredis';
import type { Connector, ErrorFacts } from 'schmoozer';
import { firstAttempt } from '../../../../test/support/attempt.js';
import { rejection } from '../../../../test/support/loopback.js';
import { until } from '../../../../test/support/until.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { entries } from '../support/entries.js';
import { type RedisServer, redisServer } from '../support/redisServer.js';
import { isRedisMissing, isServerMissing } from '../support/skipped.js';

const skipped = isRedisMissing || isServerMissing;
const facts: ErrorFacts = { phase: 'connect', attempt: 0, epoch: 0, hasBeenStable: false };

async function clientOf({ port }: RedisServer): Promise<Redis> {
  const client = new Redis(port, '127.0.0.1', { retryStrategy: null, enableReadyCheck: false });
  client.on('error', () => {});
  await once(client, 'ready');
  onTestFinished(() => client.disconnect());
  return client;
}

interface Case {
  readonly code: string;
  readonly verdict: true | 'permanent';
  readonly args?: readonly string[];
  /** Brings the server into this state. */
  readonly provoke: (client: Redis, server: RedisServer) => unknown;
  readonly login?: { username?: string; password: string };
  readonly database?: number;
  /** Whether a subscriber is refused, too. */
  readonly subscriber?: boolean;
}

const cases: readonly Case[] = [
  {
    code: 'LOADING',
    verdict: true,
    args: ['--key-load-delay', '20000', '--loading-process-events-interval-bytes', '1024'],
    async provoke(client, server) {
      await client.eval("for i = 1, 1000 do redis.call('set', i, string.rep('x', 100)) end", 0);
      await client.save();
      await server.kill();
      await server.start();
    },
  },
  {
    code: 'READONLY',
    verdict: true,
    provoke: (client) => client.replicaof('127.0.0.1', 1),
  },
  {
    code: 'MASTERDOWN',
    verdict: true,
    args: ['--replica-serve-stale-data', 'no'],
    provoke: (client) => client.replicaof('127.0.0.1', 1),
  },
  {
    code: 'CLUSTERDOWN',
    verdict: true,
    args: ['--cluster-enabled', 'yes'],
    provoke: () => {},
  },
  {
    code: 'BUSY',
    verdict: true,
    args: ['--busy-reply-threshold', '1'],
    async provoke(client, server) {
      const other = await clientOf(server);
      client.eval('while true do end', 0).catch(() => {});
      await until('it is busy', () =>
        other.ping().then(
          () => false,
          (error: Error) => error.message.startsWith('BUSY'),
        ),
      );
    },
  },
  {
    code: 'ERR',
    verdict: true,
    provoke: (client) => client.config('SET', 'maxclients', '1'),
    subscriber: true,
  },
  {
    code: 'OOM',
    verdict: true,
    provoke: (client) => client.config('SET', 'maxmemory', '1'),
  },
  {
    code: 'WRONGPASS',
    verdict: 'permanent',
    provoke: (client) => client.acl('SETUSER', 'me', 'on', '>right', '+@all', '~*', '&*'),
    login: { username: 'me', password: 'wrong' },
    subscriber: true,
  },
  {
    code: 'NOAUTH',
    verdict: 'permanent',
    provoke: (client) => client.config('SET', 'requirepass', 'secret'),
    subscriber: true,
  },
  {
    code: 'NOPERM',
    verdict: 'permanent',
    provoke: (client) => client.acl('SETUSER', 'me', 'on', '>right', '+ping'),
    login: { username: 'me', password: 'right' },
    subscriber: true,
  },
  { code: 'WRONGTYPE', verdict: 'permanent', provoke: (client) => client.set('any', 'a string') },
  { code: 'ERR', verdict: 'permanent', provoke: () => {}, database: 99, subscriber: true },
  {
    code: 'ERR',
    verdict: 'permanent',
    provoke: () => {},
    login: { password: 'there is none' },
    subscriber: true,
  },
];

describe.skipIf(skipped).each(entries)('by %s', (_name, { redisStream, redisSubscriber }) => {
  it.each(cases)('$code is $verdict', async (one) => {
    const { code, verdict, args = [], provoke, login, database = 0 } = one;
    const server = await redisServer(...args);
    await server.start();
    await provoke(await clientOf(server), server);
    const options = {
      url: `redis://127.0.0.1:${server.port}/${database}`,
      ...(login && { login: () => login }),
      onMessage() {},
    };
    const sorted = async (connector: Connector<object>) => {
      const error = await rejection(connector.connect(firstAttempt().attempt));
      return [(error as Error).message.split(' ')[0], connector.isRetryable?.(error, facts)];
    };
    const stream = redisStream({ ...options, stream: 'any', group: 'any', consumer: 'any' });
    expect(await sorted(stream)).toEqual([code, verdict]);
    if (one.subscriber !== true) return;
    const subscriber = redisSubscriber({ ...options, channels: 'any' });
    expect(await sorted(subscriber)).toEqual([code, verdict]);
  });
});
