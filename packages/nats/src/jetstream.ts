/**
 * NATS JetStream: consumers of streams, and a publisher.
 *
 * @packageDocumentation
 */
export type { DeliverFrom, NatsConsumerOptions } from './jetstream/consumerOptions.js';
export { NatsConsumerError, type NatsConsumerErrorCode } from './jetstream/errors.js';
export type { JetStreamMessage } from './jetstream/message.js';
export { natsConsumer } from './jetstream/natsConsumer.js';
export {
  type NatsPublisher,
  natsPublisher,
  type NatsPublisherOptions,
} from './jetstream/natsPublisher.js';
