import { SchmoozerError } from 'schmoozer/compiled';

/**
 * Why a session of `natsConsumer` ended:
 *
 * - `ERR_NATS_CONSUMER_DELETED`: the consumer was deleted, or its stream
 * - `ERR_NATS_HEARTBEAT_MISSED`: a pull is pending, and the consumer sends no heartbeat
 * - `ERR_NATS_MAX_WAITING`: too many pulls of other clients wait at the consumer
 * - `ERR_NATS_PULL_REFUSED`: the server refused a pull for another reason; `status` and the message say which
 * - `ERR_NATS_SEQUENCE`: an ordered consumer left out a message
 * - `ERR_NATS_CONSUMER_MISMATCH`: the consumer does not support pulls with acknowledgements; permanent
 */
export type NatsConsumerErrorCode =
  | 'ERR_NATS_CONSUMER_DELETED'
  | 'ERR_NATS_HEARTBEAT_MISSED'
  | 'ERR_NATS_MAX_WAITING'
  | 'ERR_NATS_PULL_REFUSED'
  | 'ERR_NATS_SEQUENCE'
  | 'ERR_NATS_CONSUMER_MISMATCH';

/**
 * A session with a JetStream consumer ended although the connection works; all codes except a mismatch are transient.
 */
export class NatsConsumerError extends SchmoozerError<NatsConsumerErrorCode> {
  override readonly name = 'NatsConsumerError';

  constructor(
    code: NatsConsumerErrorCode,
    message: string,
    /** The server's status, such as 409; undefined if it sent none. */
    readonly status?: number,
  ) {
    super(code, message);
  }
}
