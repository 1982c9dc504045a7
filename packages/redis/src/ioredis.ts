/**
 * Redis subscriptions and streams, with ioredis.
 *
 * @packageDocumentation
 */
import type { Connector } from 'schmoozer/compiled';
import { openIoredis } from './openIoredis.js';
import { stream } from './stream.js';
import type { RedisStreamOptions } from './streamOptions.js';
import { subscriber, type RedisSubscriberOptions } from './subscriber.js';

export { RedisMessage, type SubscriptionKind } from './connection.js';
export type { RedisConnectionOptions, RedisLogin } from './connectionOptions.js';
export { isRetryableRedisError } from './isRetryableRedisError.js';
export { RedisStreamMessage } from './streamMessage.js';
export type { RedisStreamOptions } from './streamOptions.js';
export type { RedisSubscriberOptions } from './subscriber.js';

/**
 * A connector for channels, patterns and shard channels of Redis, with ioredis. Redis keeps no messages between
 * sessions: each session except the first has a gap.
 *
 * @throws InvalidOptionError when an option is missing, unknown or out of bounds
 */
export function redisSubscriber(options: RedisSubscriberOptions): Connector<object> {
  return subscriber(openIoredis, options);
}

/**
 * A connector for a consumer of a Redis stream's group, with ioredis: at least once. A message is acknowledged after
 * `onMessage` has finished; messages left by consumers that no longer run are taken over.
 *
 * @throws InvalidOptionError when an option is missing, unknown or out of bounds
 */
export function redisStream(options: RedisStreamOptions): Connector<object> {
  return stream(openIoredis, options);
}
