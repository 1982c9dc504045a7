import type { Channel, ConsumeMessage, Options } from 'amqplib';
import { type Connector, InvalidOptionError } from 'schmoozer';
import {
  type MessageOptions,
  type MessageSettings,
  type RedeliveryOptions,
  type RedeliverySettings,
  resolveRedeliveryOptions,
} from 'schmoozer/messages';
import {
  type AmqpConnectionOptions,
  checkConnectionOptions,
  checkFunctions,
  checkObject,
  connectionDefaults,
  type ConnectionSettings,
} from './connectionOptions.js';

/** Which queue to consume, and what to do with its messages. */
export interface AmqpConsumerOptions
  extends AmqpConnectionOptions, MessageOptions<ConsumeMessage>, RedeliveryOptions<ConsumeMessage> {
  /** The queue. Required, unless `setup` answers its name. */
  readonly queue?: string;
  /**
   * Its kind, where it is declared: a quorum queue counts deliveries, and loses nothing with one node. Default `classic`: what the broker
   * makes of a queue without `x-queue-type`.
   */
  readonly queueType?: 'classic' | 'quorum';
  /**
   * How the queue is declared in each session, in the words of the client; with `false` it is not. Default `{ durable: true }`, and
   * `false` if there is a `setup`.
   */
  readonly assertQueue?: Options.AssertQueue | false;
  /**
   * Declares what else is needed, such as exchanges and bindings, on each session's channel, after the queue and before the consumer.
   * A string that it answers is the queue to consume. What it throws is a failed attempt. Default nothing.
   */
  readonly setup?: (channel: Channel) => unknown;
  /** How the consumer is made, in the words of the client; `noAck` is not one of them. Default `{}`. */
  readonly consume?: Omit<Options.Consume, 'noAck'>;
  /**
   * How many messages the broker sends ahead of their acknowledgement. Those that wait for a redelivery are among them, so with no more
   * than `maxInFlight` they hold up the others. With more, what the broker has counted proves no handler, and is no `redeliveries`.
   * Default `maxInFlight` for a queue that is declared as a quorum queue, else `maxInFlight` + 10. Bounds: an integer from 1 to 65 535.
   */
  readonly prefetch?: number;
  /** Decides how long to wait, in milliseconds; without it `options.backoff` decides. */
  readonly retryDelay?: NonNullable<Connector<unknown>['retryDelay']>;
}

/** The options with their defaults. */
export interface ConsumerSettings
  extends
    ConnectionSettings,
    MessageSettings<ConsumeMessage>,
    RedeliverySettings<ConsumeMessage>,
    Pick<AmqpConsumerOptions, 'queue' | 'setup' | 'retryDelay'> {
  readonly assertQueue: Options.AssertQueue | false;
  readonly consume: Options.Consume;
  readonly prefetch: number;
  /** Whether what the broker has delivered was handled, or begun. */
  readonly countsDeliveries: boolean;
}

const names = [
  'url',
  'login',
  'tls',
  'isRetryable',
  'retryDelay',
  'queue',
  'assertQueue',
  'setup',
  'prefetch',
] as const;

/** @throws InvalidOptionError that names the option, what was expected and what came */
export function resolveConsumer(options: AmqpConsumerOptions): ConsumerSettings {
  const defaults = { ...connectionDefaults, queueType: 'classic' as const, consume: {} };
  const settings = resolveRedeliveryOptions(options, defaults, [...names]);
  checkConnectionOptions(settings);
  const { queue, queueType, consume, setup, maxInFlight } = settings;
  const needsName = setup === undefined || queue !== undefined;
  if (needsName && !(typeof queue === 'string' && queue !== '')) {
    throw new InvalidOptionError('queue', 'a string that is not empty', queue);
  }
  if (queueType !== 'classic' && queueType !== 'quorum') {
    throw new InvalidOptionError('queueType', '"classic" or "quorum"', queueType);
  }
  checkFunctions({ setup, retryDelay: settings.retryDelay });
  checkObject('consume', consume);
  if (Object.hasOwn(consume, 'noAck')) {
    throw new InvalidOptionError('consume.noAck', 'left out: messages are acknowledged', true);
  }
  const assertQueue = declaration(settings.assertQueue, settings);
  const isQuorum = typesOf(assertQueue).includes('quorum');
  const prefetch = settings.prefetch ?? (isQuorum ? maxInFlight : maxInFlight + 10);
  if (!(Number.isInteger(prefetch) && prefetch >= 1 && prefetch <= 65_535)) {
    throw new InvalidOptionError('prefetch', 'an integer from 1 to 65535', prefetch);
  }
  // The broker is held back by `prefetch`.
  const countsDeliveries = prefetch <= maxInFlight;
  return {
    ...settings,
    assertQueue,
    prefetch,
    countsDeliveries,
    maxWaiting: Infinity,
  };
}

/** What is declared, or false. */
function declaration(
  value: unknown,
  { queue, queueType, setup }: Pick<AmqpConsumerOptions, 'queue' | 'queueType' | 'setup'>,
): Options.AssertQueue | false {
  const isDeclared = value ?? (setup === undefined && { durable: true });
  if (isDeclared === false) {
    if (queueType !== 'quorum') return false;
    const wanted = 'left out, where the queue is not declared by `assertQueue`';
    throw new InvalidOptionError('queueType', wanted, queueType);
  }
  checkObject('assertQueue', isDeclared);
  if (queue === undefined) {
    throw new InvalidOptionError('queue', 'a string that is not empty, with `assertQueue`', queue);
  }
  const options = isDeclared as Options.AssertQueue;
  if (queueType !== 'quorum') return options;
  return {
    durable: true,
    ...options,
    arguments: { ...(options.arguments as object), 'x-queue-type': 'quorum' },
  };
}

function typesOf(declared: Options.AssertQueue | false): unknown[] {
  if (declared === false) return [];
  return [(declared.arguments as Record<string, unknown> | undefined)?.['x-queue-type']];
}
