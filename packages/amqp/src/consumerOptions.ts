import type { Channel, ConsumeMessage, Options } from 'amqplib';
import { type Connector, InvalidOptionError } from 'schmoozer/compiled';
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
  /** The queue. Required, unless `setup` returns its name. */
  readonly queue?: string;
  /**
   * The type of the queue, if it is declared: a quorum queue counts deliveries, and survives the loss of a node.
   * Default: `classic`, the broker's type for a queue without `x-queue-type`.
   */
  readonly queueType?: 'classic' | 'quorum';
  /**
   * The client's options to declare the queue in each session; `false` does not declare it. Default:
   * `{ durable: true }`, or `false` if there is a `setup`.
   */
  readonly assertQueue?: Options.AssertQueue | false;
  /**
   * Declares other things, such as exchanges and bindings, on each session's channel, after the queue and before the
   * consumer. If it returns a string, that is the queue to consume. An error is a failed attempt. Default: none.
   */
  readonly setup?: (channel: Channel) => unknown;
  /** The client's options of the consumer, except `noAck`. Default: `{}`. */
  readonly consume?: Omit<Options.Consume, 'noAck'>;
  /**
   * Maximum number of unacknowledged messages that the broker sends. Messages that wait for a redelivery are included.
   * If `prefetch` is not greater than `maxInFlight`, they delay the other messages. If it is greater, the broker's
   * count of deliveries is not used for `redeliveries`, because it may contain deliveries that never reached a handler:
   * so a message whose handler crashes the process is never put aside.
   * Default: `maxInFlight` for a queue that is declared as a quorum queue, else `maxInFlight` + 10. Bounds: an integer
   * from 1 to 65 535.
   */
  readonly prefetch?: number;
  /** Decides how long to wait, in milliseconds; without it the link's option `backoff` decides. */
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
  /** True if every message that the broker counts as delivered has been handled, or begun. */
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

/** @throws InvalidOptionError that names the option, the expected and the received value */
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
  const assertQueue = declaration(settings.assertQueue, settings, options.queueType);
  const isQuorum = typesOf(assertQueue).includes('quorum');
  const prefetch = settings.prefetch ?? (isQuorum ? maxInFlight : maxInFlight + 10);
  if (!(Number.isInteger(prefetch) && prefetch >= 1 && prefetch <= 65_535)) {
    throw new InvalidOptionError('prefetch', 'an integer from 1 to 65535', prefetch);
  }
  // `prefetch` limits the broker.
  const countsDeliveries = prefetch <= maxInFlight;
  return {
    ...settings,
    assertQueue,
    prefetch,
    countsDeliveries,
    maxWaiting: Infinity,
  };
}

/**
 * The declaration of the queue, or false.
 *
 * @param given the option `queueType` without its default
 */
function declaration(
  value: unknown,
  { queue, queueType, setup }: Pick<AmqpConsumerOptions, 'queue' | 'queueType' | 'setup'>,
  given: unknown,
): Options.AssertQueue | false {
  const isDeclared = value ?? (setup === undefined && { durable: true });
  if (isDeclared === false) {
    if (queueType !== 'quorum') return false;
    const wanted = 'left out, if the queue is not declared by `assertQueue`';
    throw new InvalidOptionError('queueType', wanted, queueType);
  }
  checkObject('assertQueue', isDeclared);
  if (queue === undefined) {
    throw new InvalidOptionError('queue', 'a string that is not empty, with `assertQueue`', queue);
  }
  const options = isDeclared as Options.AssertQueue;
  const [type] = typesOf(options);
  if (given !== undefined && type !== undefined && type !== given) {
    const wanted = 'left out, or the `x-queue-type` of `assertQueue.arguments`';
    throw new InvalidOptionError('queueType', wanted, given);
  }
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
