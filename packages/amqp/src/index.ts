/**
 * AMQP 0-9-1 by `amqplib`: a consumer, and a publisher with confirms.
 *
 * @packageDocumentation
 */
export { amqpConsumer } from './amqpConsumer.js';
export { amqpPublisher, type AmqpPublisherConnection } from './amqpPublisher.js';
export type { AmqpClientOptions, AmqpConnectionOptions, AmqpLogin } from './connectionOptions.js';
export type { AmqpConsumerOptions } from './consumerOptions.js';
export {
  AmqpClosedError,
  AmqpConnectionEndedError,
  AmqpConsumerCancelledError,
  AmqpDeliveryTimeoutError,
  AmqpNackError,
  AmqpReturnedError,
} from './errors.js';
export { isRetryableAmqpError } from './isRetryable.js';
export type { AmqpPublisherOptions } from './publisherOptions.js';
