// Redis pub/sub that stays up: await run(redisPubSub({ url, channels, onSession, onMessage }))
import { once } from 'node:events';
import { Redis, type RedisOptions } from 'ioredis';
import { type Connector, Continue } from 'schmoozer';
import { isRetryableTcpError } from 'schmoozer/tcp';

type Link = { redis: Redis; lost: Promise<never> }; // `lost` rejects when the connection is gone

export interface RedisPubSubOptions {
  readonly url: string;
  readonly tls?: RedisOptions['tls']; // with rediss:// in the `url`
  readonly channels: readonly string[];
  readonly password?: () => string | Promise<string>; // asked at each attempt
  readonly heartbeatMs?: number; // how often a PING goes out, and how long its answer may take; default 10 000
  /** Redis keeps nothing for us: with `gap`, what was published between the sessions is lost. */
  readonly onSession: (session: { epoch: number; gap: boolean }) => void;
  readonly onMessage: (message: { epoch: number; channel: string; text: string }) => void;
}

export function redisPubSub(options: RedisPubSubOptions): Connector<Link> {
  const { url, channels, heartbeatMs = 10_000, onSession, onMessage } = options;
  return {
    async connect({ signal, epoch }) {
      const password = options.password && { password: await options.password() };
      signal.throwIfAborted();
      const tls = options.tls && { tls: options.tls };
      const mine = { retryStrategy: null, enableOfflineQueue: false, lazyConnect: true }; // we reconnect
      const limits = { socketTimeout: heartbeatMs, disconnectTimeout: 0 }; // for an answer, for an end
      const redis = new Redis(url, { ...mine, ...limits, ...password, ...tls });
      const lost = new Promise<never>((_, reject) => {
        redis.on('error', reject).once('end', () => reject(new Error('Redis hung up')));
      });
      redis.on('message', (channel, text) => onMessage({ epoch, channel, text }));
      signal.addEventListener('abort', () => redis.disconnect());
      try {
        await Promise.race([lost, redis.connect().then(() => redis.subscribe(...channels))]);
        return { redis, lost };
      } catch (error) {
        await close(redis);
        throw signal.reason ?? error;
      }
    },
    async run({ redis, lost }, { signal, epoch }) {
      onSession({ epoch, gap: epoch > 1 });
      const heartbeat = setInterval(() => void redis.ping().catch(() => {}), heartbeatMs);
      await Promise.race([lost, once(signal, 'abort')]).finally(() => clearInterval(heartbeat));
      return Continue();
    },
    // A refusal of who we are, or of what we may hear, is the same next time.
    isRetryable: (error) =>
      !/\b(WRONGPASS|NOAUTH|NOPERM)\b/.test(String(error)) && isRetryableTcpError(error),
    disconnect: ({ redis }) => close(redis),
  };
}

async function close(redis: Redis): Promise<void> {
  if (redis.status === 'end') return;
  redis.disconnect();
  await new Promise((resolve) => redis.once('end', resolve));
}
