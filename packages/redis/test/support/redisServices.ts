import { once } from 'node:events';
import { Redis } from 'ioredis';
import type { Connector } from 'schmoozer';
import type { Service, Wiring } from '../../../../test/support/serviceUnderTest.js';
import { urlOf } from '../../../../test/support/services.js';
import type { RedisStreamOptions, RedisSubscriberOptions } from '../../src/ioredis.js';

/** What one of the two entries has. */
export interface Entry {
  readonly redisSubscriber: (options: RedisSubscriberOptions) => Connector<object>;
  readonly redisStream: (options: RedisStreamOptions) => Connector<object>;
}

/** Our own client, which does not reconnect. */
export async function connectAdmin(url = urlOf('Redis').href): Promise<Redis> {
  const admin = new Redis(url, { retryStrategy: null });
  await once(admin, 'ready');
  return admin;
}

const shared = (name: string, { url, heartbeatS, tls, onCredentials, onSession }: Wiring) => ({
  // What the function answers goes out, whatever the URL contains.
  url: url.replace('//', '//nobody:stale@'),
  clientName: name,
  heartbeatMs: heartbeatS * 1000,
  login: () => {
    onCredentials();
    return { username: 'default', password: 'any' };
  },
  ...(tls && { tls }),
  onSession,
});

type Publish = (admin: Redis, name: string, text: string) => Promise<unknown>;
type Connect = (name: string, wiring: Wiring) => Connector<object>;

function service(connector: Connect, publish: Publish, isStream: boolean): Service {
  return {
    name: 'Redis',
    keepsMessages: isStream,
    redelivers: isStream,
    secure: { scheme: 'rediss:' },
    async open(name) {
      const admin = await connectAdmin();
      const ours = async () => {
        const clients = String(await admin.client('LIST')).split('\n');
        return clients.filter((line) => line.includes(` name=${name} `));
      };
      return {
        connector: (wiring) => connector(name, wiring),
        publish: async (text) => void (await publish(admin, name, text)),
        count: async () => (await ours()).length,
        async cut() {
          for (const line of await ours()) {
            await admin.client('KILL', 'ID', /id=(\d+)/.exec(line)?.[1] as string);
          }
        },
        async close() {
          await admin.del(name);
          await admin.quit();
        },
      };
    },
  };
}

/** Channels, patterns or shard channels, by one of the clients. */
export function subscriberService(
  { redisSubscriber }: Entry,
  kind: 'channels' | 'patterns' | 'shardChannels' = 'channels',
): Service {
  const connector: Connect = (name, wiring) =>
    redisSubscriber({
      ...shared(name, wiring),
      [kind]: kind === 'patterns' ? [`${name}:*`] : [name],
      onMessage: ({ text }, { epoch }) => wiring.hear(epoch, text),
      ...wiring.shared,
    });
  const publish: Publish = (admin, name, text) =>
    kind === 'shardChannels'
      ? admin.spublish(name, text)
      : admin.publish(kind === 'patterns' ? `${name}:any` : name, text);
  return service(connector, publish, false);
}

/** A consumer of a group, by one of the clients. */
export function streamService({ redisStream }: Entry): Service {
  const connector: Connect = (name, wiring) =>
    redisStream({
      ...shared(name, wiring),
      stream: name,
      group: 'workers',
      consumer: 'one',
      onMessage: ({ fields }, { epoch }) => wiring.hear(epoch, fields['text'] as string),
      ...wiring.shared,
    });
  return service(connector, (admin, name, text) => admin.xadd(name, '*', 'text', text), true);
}
