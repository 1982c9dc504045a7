/**
 * MQTT 3.1.1 and 5 with `mqtt`: subscriptions whose messages are acknowledged when they are done.
 *
 * @packageDocumentation
 */
export { MqttReasonError, MqttSubscribeError } from './errors.js';
export { isRetryableMqttError } from './isRetryable.js';
export { mqttSubscriber } from './mqttSubscriber.js';
export type {
  MqttConnection,
  MqttMessage,
  MqttPublishOptions,
  MqttQoS,
  MqttSession,
} from './session.js';
export type { MqttLogin, MqttSubscriberOptions, MqttSubscription, MqttTopics } from './options.js';
