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
