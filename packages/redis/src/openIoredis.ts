import { once } from 'node:events';
import { Redis } from 'ioredis';
import { type OpenClient, RedisMessage } from './connection.js';
import { ending, MOVED } from './ending.js';

const subscribing = {
  channel: 'subscribe',
  pattern: 'psubscribe',
  shardChannel: 'ssubscribe',
} as const;

/** A connection by ioredis. */
export const openIoredis: OpenClient = ({ host, port, path, tls }, onMessage) => {
  const options = {
    ...(path === undefined ? { host, port } : { path }),
    ...(tls && { tls }),
    protocol: 2 as const,
    lazyConnect: true,
    // The loop reconnects, and a command fails with its connection.
    retryStrategy: null,
    enableOfflineQueue: false,
    maxRetriesPerRequest: null,
    // The first command says whether the server is ready.
    enableReadyCheck: false,
    disableClientInfo: true,
    // The loop has the deadlines; an end destroys the socket.
    connectTimeout: 0,
    disconnectTimeout: 0,
  };
  const redis = new Redis(options);
  const { ended, end } = ending();
  redis.on('error', end);
  // A refused SSUBSCRIBE comes as this, too, and first: its own error says more.
  redis.on('moved', () => void setImmediate(end, new Error(MOVED)));
  redis.once('end', () => end(new Error('the Redis server hung up')));
  redis.on('messageBuffer', (channel: Buffer, data: Buffer) =>
    onMessage(new RedisMessage('channel', String(channel), data)),
  );
  redis.on('pmessageBuffer', (pattern: string | Buffer, channel: Buffer, data: Buffer) =>
    onMessage(new RedisMessage('pattern', String(channel), data, String(pattern))),
  );
  redis.on('smessageBuffer', (channel: Buffer, data: Buffer) =>
    onMessage(new RedisMessage('shardChannel', String(channel), data)),
  );
  return {
    ready: redis.connect(),
    ended,
    // Before version 6 it knows what may be sent beside a subscription in lower case alone.
    send: (command, ...args) => redis.callBuffer(command.toLowerCase(), ...args),
    subscribe: (kind, name) => redis[subscribing[kind]](name),
    async close(error) {
      if (error !== undefined) end(error);
      if (redis.status === 'end') return;
      const closed = once(redis, 'end');
      redis.disconnect();
      await closed;
    },
  };
};
