import type { Channel, ConsumeMessage } from 'amqplib';
import type { Connector } from 'schmoozer';
import { Inbox, isRetryableBy } from 'schmoozer/messages';
import { peerOf } from './connectionOptions.js';
import {
  type AmqpConsumerOptions,
  type ConsumerSettings,
  resolveConsumer,
} from './consumerOptions.js';
import { AmqpConsumerCancelledError } from './errors.js';
import { isRetryableAmqpError } from './isRetryable.js';
import { type Link, openConnection } from './openConnection.js';

/** How long the broker may take to confirm that a consumer is cancelled, in milliseconds. */
const CANCEL_MS = 1000;

interface Consumer {
  readonly link: Link<Channel>;
  readonly inbox: Inbox<ConsumeMessage>;
  readonly gap: boolean;
  readonly cancel: () => Promise<void>;
}

/**
 * A connector for a consumer of AMQP 0-9-1: the client's recovery is off. A message is acknowledged when `onMessage` is done, so it is
 * handled at least once.
 *
 * @throws InvalidOptionError when an option is missing, unknown or out of bounds
 */
export function amqpConsumer(options: AmqpConsumerOptions): Connector<object> {
  const settings = resolveConsumer(options);
  const { retryDelay } = settings;
  let last: string | undefined;
  const connector: Connector<Consumer> = {
    connect: (attempt) =>
      openConnection(
        settings,
        attempt,
        (model) => model.createChannel(),
        async (link) => {
          const queue = await declare(link.channel, settings);
          const isNew = last !== undefined && last !== queue;
          const inbox = new Inbox<ConsumeMessage>(settings);
          const cancel = await consume(link, queue, inbox, settings, () => (last = ''));
          last = queue;
          return { link, inbox, cancel, gap: isNew || (attempt.epoch > 1 && isFleeting(settings)) };
        },
      ),
    run({ inbox, gap, cancel }, context) {
      return inbox.serve(context, { epoch: context.epoch, gap }, cancel);
    },
    closed: ({ link }) => link.ended,
    isRetryable: isRetryableBy(isRetryableAmqpError, settings.isRetryable),
    async disconnect({ link, inbox }) {
      inbox.close();
      await link.close();
    },
    ...peerOf(settings),
    ...(retryDelay && { retryDelay }),
  };
  return connector;
}

/** Resolves to the name of the queue. */
async function declare(channel: Channel, settings: ConsumerSettings): Promise<string> {
  const { queue, assertQueue, setup } = settings;
  if (assertQueue !== false) await channel.assertQueue(queue, assertQueue);
  const answer = await setup?.(channel);
  const name = typeof answer === 'string' ? answer : queue;
  if (name === undefined)
    throw new TypeError('`setup` must answer the queue, as there is no `queue`');
  return name;
}

/**
 * Resolves when the broker has confirmed the consumer, to what cancels it.
 *
 * @param forget called when the queue is lost, and with it its messages
 */
async function consume(
  link: Link<Channel>,
  queue: string,
  inbox: Inbox<ConsumeMessage>,
  settings: ConsumerSettings,
  forget: () => void,
): Promise<() => Promise<void>> {
  const { channel } = link;
  const { prefetch, maxInFlight } = settings;
  // What is given back while the consumer is there would come again at once.
  let returns: ConsumeMessage[] | undefined = [];
  const giveBack = (message: ConsumeMessage) => channel.nack(message, false, true);
  const take = (message: ConsumeMessage) =>
    inbox.take(
      message,
      {
        done: () => channel.ack(message),
        returned: () => (returns ? void returns.push(message) : giveBack(message)),
        deadLettered: () => channel.nack(message, false, false),
      },
      prefetch <= maxInFlight ? deliveriesBefore(message) : 0,
    );
  await channel.prefetch(prefetch);
  const { consumerTag } = await channel.consume(
    queue,
    (message) => {
      if (message) return void take(message);
      forget();
      link.fail(new AmqpConsumerCancelledError(queue));
    },
    settings.consume,
  );
  return async () => {
    await atMost(CANCEL_MS, channel.cancel(consumerTag));
    const messages = returns ?? [];
    returns = undefined;
    messages.forEach(giveBack);
  };
}

/** Quorum queues count. */
function deliveriesBefore({ properties }: ConsumeMessage): number {
  const count: unknown = properties.headers?.['x-delivery-count'];
  return typeof count === 'number' ? count : 0;
}

/** Whether a queue may be gone, with its messages, when its connection is. */
function isFleeting({ assertQueue }: ConsumerSettings): boolean {
  if (assertQueue === false) return false;
  const { exclusive = false, autoDelete = false, durable = true } = assertQueue;
  return exclusive || autoDelete || !durable;
}

async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
