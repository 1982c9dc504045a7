import type { IPublishPacket, MqttClient } from 'mqtt';
import type { MessageSession } from 'schmoozer/messages';

/** At most once, at least once, exactly once. */
export type MqttQoS = 0 | 1 | 2;

/** The argument of `onSession`. */
export interface MqttSession extends MessageSession {
  /** True if the broker had kept the session: the messages that arrived meanwhile follow. */
  readonly sessionPresent: boolean;
  /** The QoS that the broker granted for each topic, which may be lower than requested. */
  readonly granted: Readonly<Record<string, MqttQoS>>;
}

/** A message, as `onMessage` receives it. */
export interface MqttMessage {
  /** The topic that it was published to. */
  readonly topic: string;
  /** The bytes. */
  readonly payload: Buffer;
  /** The QoS of its delivery. */
  readonly qos: MqttQoS;
  /** True if it is the retained message of its topic. */
  readonly retain: boolean;
  /** True if the broker has sent it before. */
  readonly dup: boolean;
  /** With QoS 1 and 2: its id until it is acknowledged; after that another message may have it. */
  readonly packetId: number | undefined;
  /** Properties of MQTT 5, such as `userProperties`, `contentType`. */
  readonly properties: IPublishPacket['properties'];
}

/** How a message is published. */
export interface MqttPublishOptions {
  /** How often it may be delivered: 0 at most once, 1 at least once, 2 exactly once. Default: 0. */
  readonly qos?: MqttQoS;
  /** True to let the broker retain it for later subscribers. Default: false. */
  readonly retain?: boolean;
  /** Properties of MQTT 5, such as `messageExpiryInterval`. Default: none. */
  readonly properties?: IPublishPacket['properties'];
}

/** A session with the broker, as `run` receives it. */
export interface MqttConnection {
  /** The client of this session: it does not reconnect, and must not be ended. */
  readonly client: MqttClient;
  /**
   * Publishes a message. With `qos` 1 or 2 it resolves when the broker has the message (PUBACK, PUBCOMP), with 0 when
   * the message is written. If the session is lost before, it rejects, and the broker may or may not have the message.
   *
   * @throws MqttReasonError when the broker refuses the message, with MQTT 5; InvalidOptionError for an unknown option,
   * and with MQTT 3.1.1 for `properties`
   */
  publish(topic: string, payload: string | Uint8Array, options?: MqttPublishOptions): Promise<void>;
}
