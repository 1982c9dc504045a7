/**
 * NATS: subscriptions of subjects.
 *
 * @packageDocumentation
 */
export type { NatsConnectionOptions, NatsLogin } from './connectionOptions.js';
export { isRetryableNatsError } from './isRetryable.js';
export { natsSubscriber } from './natsSubscriber.js';
export type { NatsSubscriberOptions } from './options.js';
