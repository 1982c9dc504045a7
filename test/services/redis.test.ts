import { once } from 'node:events';
import { Redis } from 'ioredis';
import { rejection } from '../support/loopback.js';
import { uniqueName } from '../support/serviceLoop.js';
import { deaf, describeService } from '../support/serviceSuite.js';
import type { Service } from '../support/serviceUnderTest.js';
import { run } from 'schmoozer';
import { expect, it } from 'vitest';
import { urlOf } from '../support/services.js';
import { redisPubSub } from '../../examples/redis-pubsub.js';

const service: Service = {
  name: 'Redis',
  keepsMessages: false,
  secure: { scheme: 'rediss:' },
  async open(name) {
    const admin = new Redis(urlOf('Redis').href, { retryStrategy: null });
    await once(admin, 'ready');
    const ours = async () => {
      const clients = String(await admin.client('LIST')).split('\n');
      return clients.filter((line) => line.includes(` name=${name} `));
    };
    return {
      connector: ({ url, heartbeatS, tls, onSession, hear, onCredentials }) =>
        redisPubSub({
          url: `${url}?connectionName=${name}`,
          channels: [name],
          heartbeatMs: heartbeatS * 1000,
          password: () => {
            onCredentials();
            return '';
          },
          ...(tls && { tls }),
          onSession,
          onMessage: ({ epoch, text }) => hear(epoch, text),
        }),
      publish: async (text) => void (await admin.publish(name, text)),
      count: async () => (await ours()).length,
      async cut() {
        for (const line of await ours()) {
          await admin.client('KILL', 'ID', /id=(\d+)/.exec(line)?.[1] as string);
        }
      },
      close: () => admin.quit(),
    };
  },
};

describeService(service, () => {
  it('gives up when the password is wrong', async () => {
    const url = urlOf('Redis');
    url.username = uniqueName(); // nobody has this name
    const connector = redisPubSub({
      url: url.href,
      channels: ['any'],
      password: () => 'wrong',
      ...deaf,
    });
    expect(await rejection(run(connector))).toMatchObject({ message: /^WRONGPASS/ });
  });
});
