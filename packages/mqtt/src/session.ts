import type { IPublishPacket, MqttClient } from 'mqtt';
import type { MessageSession } from 'schmoozer/messages';

/** At most once, at least once, exactly once. */
export type MqttQoS = 0 | 1 | 2;

/** What `onSession` is told. */
export interface MqttSession extends MessageSession {
  /** Whether the broker had kept the session: what came in meanwhile follows. */
  readonly sessionPresent: boolean;
  /** The QoS that the broker granted each topic, which may be lower than what was asked for. */
  readonly granted: Readonly<Record<string, MqttQoS>>;
}

/** A message, as `onMessage` gets it. */
export interface MqttMessage {
  /** The topic that it was published to. */
  readonly topic: string;
  /** The bytes. */
  readonly payload: Buffer;
  /** How it was delivered. */
  readonly qos: MqttQoS;
  /** Whether it is the one that the broker keeps for its topic. */
  readonly retain: boolean;
  /** Whether the broker has sent it before. */
  readonly dup: boolean;
  /** Of QoS 1 and 2: its name until it is acknowledged; then another message may have it. */
  readonly packetId: number | undefined;
  /** Of MQTT 5, such as `userProperties`, `contentType`. */
  readonly properties: IPublishPacket['properties'];
}

/** How a message is published. */
export interface MqttPublishOptions {
  /** How often it may arrive: 0 at most once, 1 at least once, 2 exactly once. Default 0. */
  readonly qos?: MqttQoS;
  /** Whether the broker keeps it for those that subscribe later. Default false. */
  readonly retain?: boolean;
  /** Of MQTT 5, such as `messageExpiryInterval`. Default none. */
  readonly properties?: IPublishPacket['properties'];
}

/** A session with the broker, as `run` gets it. */
export interface MqttConnection {
  /** The client of this session: it does not reconnect, and must not be ended. */
  readonly client: MqttClient;
  /**
   * Publishes a message; with `qos` 1 or 2 it resolves when the broker has it (PUBACK, PUBCOMP), with 0 when it is written. When the
   * session is lost before, it rejects, and the broker may have it.
   *
   * @throws MqttReasonError when the broker refuses the message, with MQTT 5
   */
  publish(topic: string, payload: string | Uint8Array, options?: MqttPublishOptions): Promise<void>;
}
