import { isRetryableTcpError } from 'schmoozer/tcp';
import { MqttReasonError, MqttSubscribeError } from './errors.js';

/**
 * CONNACK codes of MQTT 3.1.1: protocol version, client id, user or password, not authorized. 3 means that the server
 * is unavailable.
 */
const permanentReturnCodes = [1, 2, 4, 5];

/** Reason codes of MQTT 5, section 2.4, that the same client would receive again. */
const permanentReasonCodes = [
  132, // unsupported protocol version
  133, // client identifier not valid
  134, // bad user name or password
  135, // not authorized
  138, // banned
  140, // bad authentication method
  143, // topic filter invalid
  144, // topic name invalid
  149, // packet too large
  153, // payload format invalid
  154, // retain not supported
  155, // QoS not supported
  157, // server moved
  158, // shared subscriptions not supported
  161, // subscription identifiers not supported
  162, // wildcard subscriptions not supported
];

/**
 * True if another attempt may succeed, by the reason code of MQTT 5 or the return code of MQTT 3.1.1. False for a
 * login, a right, an id or a feature that the broker refuses; true for a broker that is busy, unavailable, shutting
 * down or over a quota, and for a session that another client has taken over. `isRetryableTcpError` decides on all
 * other errors.
 *
 * @returns undefined for a `TypeError` without a code, which the library classifies
 */
export function isRetryableMqttError(
  error: unknown,
  facts?: Parameters<typeof isRetryableTcpError>[1],
): boolean | undefined {
  if (error instanceof MqttSubscribeError) {
    // 128 is unspecified, and the only code with which MQTT 3.1.1 refuses a topic.
    return Object.values(error.refused).every((code) => code !== 128 && !isPermanent(code));
  }
  if (error instanceof MqttReasonError) return !isPermanent(error.reasonCode);
  return isRetryableTcpError(error, facts);
}

function isPermanent(code: number): boolean {
  return permanentReturnCodes.includes(code) || permanentReasonCodes.includes(code);
}
