import { once } from 'node:events';
import { Redis } from 'ioredis';
import { type OpenClient, RedisMessage } from './connection.js';
import { ending, MOVED } from './ending.js';

const subscribing = {
  channel: 'subscribe',
  pattern: 'psubscribe',
  shardChannel: 'ssubscribe',
} as const;

/** Opens a connection with ioredis. */
export const openIoredis: OpenClient = ({ host, port, path, tls }, onMessage) => {
  const options = {
    ...(path === undefined ? { host, port } : { path }),
    ...(tls && { tls }),
    protocol: 2 as const,
    lazyConnect: true,
    // The machine reconnects, and a command fails with its connection.
    retryStrategy: null,
    enableOfflineQueue: false,
    maxRetriesPerRequest: null,
    // The first command shows whether the server is ready.
    enableReadyCheck: false,
    disableClientInfo: true,
    // The machine has the deadlines; an end destroys the socket.
    connectTimeout: 0,
    disconnectTimeout: 0,
  };
  const redis = new Redis(options);
  const { ended, end } = ending();
  redis.on('error', end);
  // A refused SSUBSCRIBE also causes this event, and first: its own error says more.
  redis.on('moved', () => void setImmediate(end, new Error(MOVED)));
  redis.once('end', () => end(new Error('the Redis server closed the connection')));
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
    // Before version 6, ioredis recognises commands that are allowed beside a subscription only in lower case.
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
