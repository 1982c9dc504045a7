// Why: docs/decisions/0095-amqp-as-a-package.md
import type { Channel, ConsumeMessage } from 'amqplib';
import type { Connector } from 'schmoozer/compiled';
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

/** How long the broker may take to confirm the cancellation of a consumer, in milliseconds. */
const CANCEL_MS = 1000;

interface Consumer {
  readonly link: Link<Channel>;
  readonly inbox: Inbox<ConsumeMessage>;
  readonly gap: boolean;
  readonly subscription: Subscription;
}

/**
 * A connector for a consumer of AMQP 0-9-1; the client's own recovery is off. A message is acknowledged after
 * `onMessage` has finished, so it is handled at least once.
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
          // If deliveries are counted, a delivered message counts even if it was not handled: the consumer therefore
          // starts after `onSession`, which may fail.
          const inbox = new Inbox<ConsumeMessage>({
            ...settings,
            async onSession(session) {
              await settings.onSession(session);
              await subscription.begin();
            },
          });
          const forget = () => (last = '');
          const subscription = new Subscription(link, queue, inbox, settings, forget);
          if (!settings.countsDeliveries) await subscription.begin();
          last = queue;
          const gap = isNew || (attempt.epoch > 1 && isFleeting(settings));
          return { link, inbox, subscription, gap };
        },
      ),
    run({ inbox, gap, subscription }, context) {
      return inbox.serve(context, { epoch: context.epoch, gap }, () => subscription.cancel());
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
    throw new TypeError('`setup` must return the queue, because there is no `queue`');
  return name;
}

/** The consumer of one session. */
class Subscription {
  readonly #link: Link<Channel>;
  readonly #queue: string;
  readonly #inbox: Inbox<ConsumeMessage>;
  readonly #settings: ConsumerSettings;
  readonly #forget: () => void;
  #beginning: Promise<string> | undefined;
  #isOver = false;
  /** Messages to return later: while the consumer exists, they would be delivered again at once. */
  #returns: ConsumeMessage[] | undefined = [];

  /** @param forget called when the queue is lost with its messages */
  constructor(
    link: Link<Channel>,
    queue: string,
    inbox: Inbox<ConsumeMessage>,
    settings: ConsumerSettings,
    forget: () => void,
  ) {
    this.#link = link;
    this.#queue = queue;
    this.#inbox = inbox;
    this.#settings = settings;
    this.#forget = forget;
  }

  /** Resolves when the broker has confirmed the consumer; call it once. */
  async begin(): Promise<void> {
    if (this.#isOver) return;
    this.#beginning ??= this.#begin();
    await this.#beginning;
  }

  async cancel(): Promise<void> {
    this.#isOver = true;
    if (this.#beginning === undefined) return;
    const canceled = this.#beginning.then((tag) => this.#link.channel.cancel(tag));
    await atMost(CANCEL_MS, canceled);
    const messages = this.#returns ?? [];
    this.#returns = undefined;
    for (const message of messages) this.#giveBack(message);
  }

  async #begin(): Promise<string> {
    const { channel } = this.#link;
    await channel.prefetch(this.#settings.prefetch);
    const { consumerTag } = await channel.consume(
      this.#queue,
      (message) => {
        if (message) return this.#take(message);
        this.#forget();
        this.#link.fail(new AmqpConsumerCancelledError(this.#queue));
      },
      this.#settings.consume,
    );
    return consumerTag;
  }

  #take(message: ConsumeMessage): void {
    const { channel } = this.#link;
    const settlement = {
      done: () => channel.ack(message),
      returned: () => {
        if (this.#returns) this.#returns.push(message);
        else this.#giveBack(message);
      },
      deadLettered: () => channel.nack(message, false, false),
    };
    this.#inbox.take(message, settlement, redeliveriesOf(message, this.#settings));
  }

  #giveBack(message: ConsumeMessage): void {
    this.#link.channel.nack(message, false, true);
  }
}

/**
 * The redeliveries that a quorum queue has counted. Its count includes a message that a stop returned before its
 * handler began, so one more is allowed.
 */
function redeliveriesOf(
  { properties }: ConsumeMessage,
  { countsDeliveries, maxRedeliveries }: ConsumerSettings,
): number {
  const count: unknown = properties.headers?.['x-delivery-count'];
  if (!countsDeliveries || typeof count !== 'number') return 0;
  return count > maxRedeliveries + 1 ? count : Math.min(count, maxRedeliveries);
}

/** True if a queue, with its messages, may be lost together with its connection. */
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
