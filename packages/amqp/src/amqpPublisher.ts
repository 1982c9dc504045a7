import type { Options } from 'amqplib';
import { type Connector, Continue, type RunContext } from 'schmoozer/compiled';
import { isRetryableBy } from 'schmoozer/messages';
import { peerOf } from './connectionOptions.js';
import { isRetryableAmqpError } from './isRetryable.js';
import { openConnection } from './openConnection.js';
import { Publisher } from './publisher.js';
import { type AmqpPublisherOptions, resolvePublisher } from './publisherOptions.js';

/** The connection of one session of a publisher. */
export interface AmqpPublisherConnection {
  /**
   * Publishes a message; resolves when the broker has confirmed it. Messages are sent in the order of the calls.
   *
   * @param content strings are sent as UTF-8
   * @param options those of the client; `persistent` is true by default, and a `mandatory` message gets a `messageId`
   * if it has none
   * @throws AmqpReturnedError when the message is `mandatory` and no queue accepts it; AmqpNackError when the broker
   * refuses the message; otherwise the error that ended the connection: then the broker may or may not have the message
   */
  publish(
    exchange: string,
    routingKey: string,
    content: Uint8Array | string,
    options?: Options.Publish,
  ): Promise<void>;
  /** Number of messages that were published and are not confirmed yet. */
  readonly unconfirmed: number;
  /** True while the broker does not read, because it is short of memory or disk: messages wait until it reads again. */
  readonly isBlocked: boolean;
}

/**
 * A connector that publishes to AMQP 0-9-1 with confirms; the client's own recovery is off. A `stop` waits until
 * published messages are confirmed, within the link's `gracePeriodMs`. If no confirm arrives for `heartbeatMs`, the
 * connection is closed.
 *
 * @throws InvalidOptionError when an option is missing, unknown or out of bounds
 */
export function amqpPublisher<TOutput = void>(
  options: AmqpPublisherOptions<TOutput>,
): Connector<AmqpPublisherConnection, TOutput> {
  const settings = resolvePublisher(options);
  const { run = untilAborted, setup, retryDelay } = settings;
  const connector: Connector<Publisher, TOutput> = {
    connect: (attempt) =>
      openConnection(
        settings,
        attempt,
        (model) => model.createConfirmChannel(),
        async (link) => {
          await setup?.(link.channel);
          return new Publisher(link, settings.heartbeatMs);
        },
      ),
    run: (publisher, session) => run(publisher, session),
    closed: (publisher) => publisher.ended,
    isRetryable: isRetryableBy(isRetryableAmqpError, settings.isRetryable),
    disconnect: (publisher) => publisher.close(),
    ...peerOf(settings),
    ...(retryDelay && { retryDelay }),
  };
  return connector;
}

function untilAborted(_connection: unknown, { signal }: RunContext): Promise<Continue<unknown>> {
  return new Promise((resolve) => {
    const end = () => resolve(Continue());
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
