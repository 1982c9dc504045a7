import { once } from 'node:events';
import { Redis } from 'ioredis';
import { describeService } from '../support/serviceSuite.js';
import { urlOf } from '../support/services.js';
import { redisPubSub } from '../../examples/redis-pubsub.js';

describeService({
  name: 'Redis',
  keepsMessages: false,
  async open(name) {
    const admin = new Redis(urlOf('Redis').href, { retryStrategy: null });
    await once(admin, 'ready');
    const ours = async () => {
      const clients = String(await admin.client('LIST')).split('\n');
      return clients.filter((line) => line.includes(` name=${name} `));
    };
    return {
      connector: ({ url, heartbeatS, onSession, hear, onCredentials }) =>
        redisPubSub({
          url: `${url}?connectionName=${name}`,
          channels: [name],
          heartbeatMs: heartbeatS * 1000,
          password: () => {
            onCredentials();
            return '';
          },
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
});
