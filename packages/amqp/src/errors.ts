import { SchmoozerError } from 'schmoozer/compiled';

/**
 * The broker closed the channel or the connection, or refused to open it; `cause` is the client's error. The code
 * `ERR_AMQP_DELIVERY_TIMEOUT` is that of the subclass AmqpDeliveryTimeoutError.
 */
export class AmqpClosedError extends SchmoozerError<
  'ERR_AMQP_CLOSED' | 'ERR_AMQP_DELIVERY_TIMEOUT'
> {
  override readonly name: string = 'AmqpClosedError';

  /**
   * @param replyCode the broker's code, such as 403 or 530
   * @param replyText the broker's text, such as `NOT_ALLOWED - vhost orders not found`
   */
  constructor(
    /** The broker's code, such as 404. */
    readonly replyCode: number,
    /** The broker's own text. */
    readonly replyText: string,
    options?: ErrorOptions,
    code: 'ERR_AMQP_CLOSED' | 'ERR_AMQP_DELIVERY_TIMEOUT' = 'ERR_AMQP_CLOSED',
  ) {
    super(code, `the AMQP broker closed: ${replyCode} ${replyText}`, options);
  }
}

/**
 * A handler took longer than the broker waits for an acknowledgement (`consumer_timeout`): the message is delivered
 * again.
 */
export class AmqpDeliveryTimeoutError extends AmqpClosedError {
  override readonly name = 'AmqpDeliveryTimeoutError';

  constructor(replyText: string, options?: ErrorOptions) {
    super(406, replyText, options, 'ERR_AMQP_DELIVERY_TIMEOUT');
  }
}

/** The broker cancelled the consumer: the queue was deleted, or has moved to another node. */
export class AmqpConsumerCancelledError extends SchmoozerError<'ERR_AMQP_CONSUMER_CANCELLED'> {
  override readonly name = 'AmqpConsumerCancelledError';

  constructor(/** The queue of the consumer. */ readonly queue: string) {
    super(
      'ERR_AMQP_CONSUMER_CANCELLED',
      `the AMQP broker cancelled the consumer of queue "${queue}"`,
    );
  }
}

/** The connection or the channel was closed without a reason, or `publish` was called after its end. */
export class AmqpConnectionEndedError extends SchmoozerError<'ERR_AMQP_CONNECTION_ENDED'> {
  override readonly name = 'AmqpConnectionEndedError';

  constructor(message: string) {
    super('ERR_AMQP_CONNECTION_ENDED', message);
  }
}

/** No queue accepts a message that was published as `mandatory`: the broker returned it. */
export class AmqpReturnedError extends SchmoozerError<'ERR_AMQP_RETURNED'> {
  override readonly name = 'AmqpReturnedError';

  constructor(
    /** The broker's code, such as 312. */
    readonly replyCode: number,
    /** The broker's own text. */
    readonly replyText: string,
    /** The exchange that the message was published to. */
    readonly exchange: string,
    /** The routing key of the message. */
    readonly routingKey: string,
  ) {
    super(
      'ERR_AMQP_RETURNED',
      `the AMQP broker returned a message: ${replyCode} ${replyText}, exchange "${exchange}", routing key "${routingKey}"`,
    );
  }
}

/**
 * The broker refused a message (`basic.nack`), for example because of a full queue with `overflow: 'reject-publish'`.
 */
export class AmqpNackError extends SchmoozerError<'ERR_AMQP_NACKED'> {
  override readonly name = 'AmqpNackError';

  constructor(
    /** The exchange that the message was published to. */
    readonly exchange: string,
    /** The routing key of the message. */
    readonly routingKey: string,
    options?: ErrorOptions,
  ) {
    super(
      'ERR_AMQP_NACKED',
      `the AMQP broker refused a message: exchange "${exchange}", routing key "${routingKey}"`,
      options,
    );
  }
}
