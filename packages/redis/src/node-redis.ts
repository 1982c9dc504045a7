/**
 * Redis subscriptions and streams, by node-redis.
 *
 * @packageDocumentation
 */
import type { Connector } from 'schmoozer';
import { openNodeRedis } from './openNodeRedis.js';
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
 * A connector for channels, patterns and shard channels of Redis, by node-redis. Redis keeps nothing while a session is away: each session
 * but the first has a gap.
 *
 * @throws InvalidOptionError when an option is missing, unknown or out of bounds
 */
export function redisSubscriber(options: RedisSubscriberOptions): Connector<object> {
  return subscriber(openNodeRedis, options);
}

/**
 * A connector for a consumer of a group of a Redis stream, by node-redis: at least once. A message is acknowledged when `onMessage` is
 * done; what consumers leave behind that are gone is taken over.
 *
 * @throws InvalidOptionError when an option is missing, unknown or out of bounds
 */
export function redisStream(options: RedisStreamOptions): Connector<object> {
  return stream(openNodeRedis, options);
}
