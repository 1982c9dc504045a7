import { type Connector, InvalidOptionError } from 'schmoozer/compiled';
import {
  Inbox,
  isRetryableBy,
  type MessageOptions,
  type MessageSettings,
  resolveMessageOptions,
} from 'schmoozer/messages';
import type { OpenClient, RedisConnection, RedisMessage, SubscriptionKind } from './connection.js';
import {
  connectionDefaults,
  connectionOptionNames,
  type ConnectionSettings,
  type RedisConnectionOptions,
  resolveConnection,
} from './connectionOptions.js';
import { isRetryableRedisError } from './isRetryableRedisError.js';
import { openConnection } from './openConnection.js';
import { peerOf } from './peerOf.js';

/**
 * What is subscribed to, and what to do with the messages. At least one of `channels`, `patterns` and `shardChannels`
 * is required.
 */
export interface RedisSubscriberOptions
  extends RedisConnectionOptions, MessageOptions<RedisMessage> {
  /** Channels for SUBSCRIBE. Default: none. */
  readonly channels?: string | readonly string[];
  /** Patterns for PSUBSCRIBE, such as `orders:*`. Default: none. */
  readonly patterns?: string | readonly string[];
  /** Channels for SSUBSCRIBE, since Redis 7; in a cluster they must share one slot. Default: none. */
  readonly shardChannels?: string | readonly string[];
}

type Subscription = readonly [kind: SubscriptionKind, name: string];

interface Settings extends ConnectionSettings, MessageSettings<RedisMessage> {
  readonly subscriptions: readonly Subscription[];
}

interface Connection {
  readonly connection: RedisConnection;
  readonly inbox: Inbox<RedisMessage>;
}

/** `redisSubscriber` with one of the clients. */
export function subscriber(open: OpenClient, options: RedisSubscriberOptions): Connector<object> {
  const settings = resolveSettings(options);
  const { subscriptions, address, retryDelay } = settings;
  const connector: Connector<Connection> = {
    ...peerOf(address),
    async connect(attempt) {
      const inbox = new Inbox<RedisMessage>(settings);
      const { connection } = await openConnection(settings, attempt, {
        open,
        onMessage: (message) => void inbox.take(message),
        begin: (begun) =>
          Promise.all(subscriptions.map(([kind, name]) => begun.subscribe(kind, name))),
      });
      return { connection, inbox };
    },
    run({ inbox }, context) {
      const { epoch } = context;
      return inbox.serve(context, { epoch, gap: epoch > 1 });
    },
    closed: async ({ connection, inbox }) => ({
      ...(await connection.ended),
      drained: inbox.drained(),
    }),
    isRetryable: isRetryableBy(isRetryableRedisError, settings.isRetryable),
    async disconnect({ connection, inbox }) {
      inbox.close();
      await connection.close();
    },
    ...(retryDelay && { retryDelay }),
  };
  return connector;
}

function resolveSettings(options: RedisSubscriberOptions): Settings {
  const { channels, patterns, shardChannels, ...others } = resolveMessageOptions(
    options,
    connectionDefaults,
    [...connectionOptionNames, 'channels', 'patterns', 'shardChannels'],
  );
  const subscriptions = [
    ...listOf('channels', channels).map((name): Subscription => ['channel', name]),
    ...listOf('patterns', patterns).map((name): Subscription => ['pattern', name]),
    ...listOf('shardChannels', shardChannels).map((name): Subscription => ['shardChannel', name]),
  ];
  if (subscriptions.length === 0) {
    throw new InvalidOptionError(
      'channels',
      'at least one, or `patterns` or `shardChannels`',
      channels,
    );
  }
  return { ...resolveConnection(others), subscriptions };
}

function listOf(option: string, value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? [...value] : value === undefined ? [] : [value];
  if (list.every((one): one is string => typeof one === 'string' && one !== '')) {
    return [...new Set(list)];
  }
  throw new InvalidOptionError(option, 'a string that is not empty, or several', value);
}
