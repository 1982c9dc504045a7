import { Redis } from 'ioredis';
import { run } from 'schmoozer';
import { rejection } from '../../../../test/support/loopback.js';
import { uniqueName } from '../../../../test/support/serviceLoop.js';
import { urlOf } from '../../../../test/support/services.js';
import { until } from '../../../../test/support/until.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { entries } from '../support/entries.js';
import { type RedisServer, redisServer } from '../support/redisServer.js';
import { connectAdmin } from '../support/redisServices.js';
import { isRedisMissing, isServerMissing } from '../support/skipped.js';
import { startLink } from '../support/startLink.js';

async function adminOf(url?: string): Promise<Redis> {
  const admin = await connectAdmin(url);
  onTestFinished(() => admin.disconnect());
  return admin;
}

describe.skipIf(isRedisMissing).each(entries)('by %s', (_name, { redisSubscriber }) => {
  it('brings what comes by channels, patterns and shard channels, byte by byte', async () => {
    const name = uniqueName();
    const admin = await adminOf();
    const heard: [string, string, string | undefined, Buffer][] = [];
    const link = startLink(
      redisSubscriber({
        url: urlOf('Redis').href,
        channels: [name, `${name}:a`],
        patterns: [`${name}:*`, `${name}:a*`],
        shardChannels: [name, `${name}:s`],
        onMessage: ({ kind, channel, pattern, data }) =>
          void heard.push([kind, channel.slice(name.length), pattern?.slice(name.length), data]),
      }),
    );
    await link.online();
    const data = Buffer.from([0, 255, 13, 10, 128]);
    await admin.publish(name, data);
    await admin.publish(`${name}:a`, data);
    await admin.spublish(`${name}:s`, data);
    await until('all have come', () => heard.length === 5);
    // Redis has its patterns in no order.
    const inOrder = heard.toSorted((a, b) => (String(a) < String(b) ? -1 : 1));
    expect(inOrder).toEqual([
      ['channel', '', undefined, data],
      ['channel', ':a', undefined, data],
      ['pattern', ':a', ':*', data],
      ['pattern', ':a', ':a*', data],
      ['shardChannel', ':s', undefined, data],
    ]);
    await link.stop();
  });

  it('is a user of the access list, whose password a function answers at each attempt', async () => {
    const name = uniqueName();
    const admin = await adminOf();
    const rules = ['on', '-@all', '+subscribe', '+ping', '+client|setname', `&${name}`];
    await admin.acl('SETUSER', name, ...rules, '>first');
    onTestFinished(async () => {
      const other = await connectAdmin();
      await other.acl('DELUSER', name);
      other.disconnect();
    });
    let password = 'first';
    const sessions: number[] = [];
    const asked: string[] = [];
    const url = urlOf('Redis');
    url.username = 'nobody';
    url.password = 'stale';
    const options = {
      url: url.href,
      channels: name,
      clientName: name,
      login: async () => {
        asked.push(password);
        return { username: name, password };
      },
      onSession: ({ epoch }: { epoch: number }) => void sessions.push(epoch),
      onMessage() {},
    };
    const link = startLink(redisSubscriber(options));
    await until('session 1', () => sessions.length === 1);
    password = 'second';
    await admin.acl('SETUSER', name, 'resetpass', '>second');
    await admin.client('KILL', 'USER', name);
    await until('session 2', () => sessions.length === 2);
    await link.stop();
    expect(asked).toEqual(['first', 'second']);

    const wrong = { ...options, login: () => ({ username: name, password: 'wrong' }) };
    expect(await rejection(run(redisSubscriber(wrong)))).toMatchObject({ message: /^WRONGPASS/ });
    const foreign = { ...options, channels: 'another' };
    expect(await rejection(run(redisSubscriber(foreign)))).toMatchObject({ message: /^NOPERM/ });
  });

  it('uses a login in the URL if there is no other', async () => {
    const name = uniqueName();
    const admin = await adminOf();
    await admin.acl('SETUSER', name, 'on', '+@all', '&*', '>p@ss/word');
    const url = urlOf('Redis');
    url.username = name;
    url.password = 'p@ss/word';
    const link = startLink(redisSubscriber({ url: url.href, channels: name, onMessage() {} }));
    await link.online();
    expect(await admin.client('LIST')).toContain(` user=${name} `);
    await link.stop();
    await admin.acl('DELUSER', name);
  });
});

/** Two servers, of which each has half of the slots. */
async function cluster(): Promise<{ servers: RedisServer[]; clients: Redis[] }> {
  const args = ['--cluster-enabled', 'yes'];
  const servers = await Promise.all([redisServer(...args), redisServer(...args)]);
  await Promise.all(servers.map((server) => server.start()));
  const clients = servers.map(({ port }) => {
    const client = new Redis(port, '127.0.0.1', { retryStrategy: null });
    client.on('error', () => {});
    onTestFinished(() => client.disconnect());
    return client;
  });
  const [one, two] = clients as [Redis, Redis];
  await until('both answer', () => clients.every(({ status }) => status === 'ready'));
  await one.call('CLUSTER', 'ADDSLOTSRANGE', '0', '8191');
  await two.call('CLUSTER', 'ADDSLOTSRANGE', '8192', '16383');
  await one.call('CLUSTER', 'MEET', '127.0.0.1', String(servers[1]?.port));
  await until('the cluster is up', async () => {
    const states = await Promise.all(clients.map((client) => client.cluster('INFO')));
    return states.every((state) => state.includes('cluster_state:ok'));
  });
  return { servers, clients };
}

describe.skipIf(isRedisMissing || isServerMissing).each(entries)(
  'a cluster, by %s',
  (_name, { redisSubscriber, redisStream }) => {
    it('is followed to the server that has the slot, also when the slot moves', async () => {
      const { servers, clients } = await cluster();
      const [one, two] = clients as [Redis, Redis];
      const ids = await Promise.all(clients.map((client) => client.cluster('MYID')));
      // "foo" has slot 12182, of the second server.
      const slot = String(await one.cluster('KEYSLOT', 'foo'));
      const heard: string[] = [];
      const sessions: number[] = [];
      const url = `redis://127.0.0.1:${servers[0]?.port}`;
      const link = startLink(
        redisSubscriber({
          url,
          shardChannels: 'foo',
          onSession: ({ epoch }) => void sessions.push(epoch),
          onMessage: ({ text }) => void heard.push(text),
        }),
      );
      await link.online();
      await two.spublish('foo', 'of two');
      await until('it is heard', () => heard.length === 1);

      const streams: string[] = [];
      const consumer = startLink(
        redisStream({
          url,
          stream: 'foo',
          group: 'g',
          consumer: 'c',
          onMessage: ({ fields }) => void streams.push(fields['n'] as string),
        }),
      );
      await consumer.online();
      await two.xadd('foo', '*', 'n', '1');
      await until('it is read', () => streams.length === 1);
      await consumer.stop();
      await two.del('foo');

      await one.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', ids[1] as string);
      await two.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', ids[0] as string);
      await one.call('CLUSTER', 'SETSLOT', slot, 'NODE', ids[0] as string);
      await two.call('CLUSTER', 'SETSLOT', slot, 'NODE', ids[0] as string);
      await until('another session', () => sessions.length === 2);
      await one.spublish('foo', 'of one');
      await until('it is heard', () => heard.length === 2);
      expect(heard).toEqual(['of two', 'of one']);
      await link.stop();
    });
  },
);
