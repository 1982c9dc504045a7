/** A process that wants to hold a lock in Redis. */
import { Redis } from 'ioredis';
import { holdLink, orders } from '../../../../test/support/holdLink.js';
import { redisLock } from '../../src/index.js';

const client = new Redis(orders.url, {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  commandTimeout: 1000,
  retryStrategy: () => 100,
});
client.on('error', () => {});
await holdLink(redisLock({ client, lifeMs: orders.lifeMs }));
client.disconnect();
