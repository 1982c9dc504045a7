import { ReasonCodes } from 'mqtt';
import { SchmoozerError } from 'schmoozer/compiled';

/** The refusals of the broker, by packet. */
const refusals = {
  CONNACK: 'refused the connection',
  DISCONNECT: 'ended the connection',
  PUBACK: 'refused the message',
};

/**
 * The broker refused the connection (CONNACK), or a message (PUBACK), or ended the connection with a reason
 * (DISCONNECT, in MQTT 5).
 */
export class MqttReasonError extends SchmoozerError<'ERR_MQTT_REASON'> {
  override readonly name = 'MqttReasonError';

  /**
   * @param packet the packet with the code; `PUBACK` stands for PUBREC and PUBCOMP as well
   * @param reasonCode the reason code. In MQTT 5 it is 128 or more, or 0 if a DISCONNECT has none; in a CONNACK of MQTT
   * 3.1.1 it is the return code, 1 to 5
   * @param reasonString the broker's own text, if any
   * @param serverReference with 156 and 157: another server to connect to, if the broker names one
   */
  constructor(
    readonly packet: 'CONNACK' | 'PUBACK' | 'DISCONNECT',
    readonly reasonCode: number,
    readonly reasonString?: string,
    readonly serverReference?: string,
  ) {
    const own = reasonString === undefined ? '' : ` (${JSON.stringify(reasonString)})`;
    super('ERR_MQTT_REASON', `the broker ${refusals[packet]}: ${textOf(reasonCode)}${own}`);
  }
}

/** The broker refused one or several subscriptions in its SUBACK. */
export class MqttSubscribeError extends SchmoozerError<'ERR_MQTT_SUBSCRIBE'> {
  override readonly name = 'MqttSubscribeError';

  /** @param refused the reason code of each refused topic; 128 is the only one in MQTT 3.1.1 */
  constructor(readonly refused: Readonly<Record<string, number>>) {
    const each = Object.entries(refused).map(
      ([topic, code]) => `${JSON.stringify(topic)}: ${textOf(code)}`,
    );
    super('ERR_MQTT_SUBSCRIBE', `the broker refused to subscribe to ${each.join(', ')}`);
  }
}

function textOf(reasonCode: number): string {
  const text = (ReasonCodes as Readonly<Record<number, string>>)[reasonCode];
  return text ? `${reasonCode}, ${text}` : `reason code ${reasonCode}`;
}
