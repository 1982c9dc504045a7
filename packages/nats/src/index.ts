export { isRetryableNatsError } from './isRetryable.js';
export { natsSubscriber } from './natsSubscriber.js';
export type { NatsLogin, NatsSubscriberOptions } from './options.js';
