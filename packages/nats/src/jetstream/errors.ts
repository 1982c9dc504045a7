import { SchmoozerError } from 'schmoozer';

/**
 * What ended a session of `natsConsumer`:
 *
 * - `ERR_NATS_CONSUMER_DELETED`: the consumer was deleted, or its stream
 * - `ERR_NATS_HEARTBEAT_MISSED`: a pull is out, and the consumer says nothing
 * - `ERR_NATS_MAX_WAITING`: too many pulls wait at the consumer, those of others
 * - `ERR_NATS_PULL_REFUSED`: the server refused a pull for another reason; `status` and the message say which
 * - `ERR_NATS_SEQUENCE`: an ordered consumer left out a message
 * - `ERR_NATS_CONSUMER_MISMATCH`: the consumer is not one that can be pulled from and acknowledged; permanent
 */
export type NatsConsumerErrorCode =
  | 'ERR_NATS_CONSUMER_DELETED'
  | 'ERR_NATS_HEARTBEAT_MISSED'
  | 'ERR_NATS_MAX_WAITING'
  | 'ERR_NATS_PULL_REFUSED'
  | 'ERR_NATS_SEQUENCE'
  | 'ERR_NATS_CONSUMER_MISMATCH';

/** A session with a consumer of JetStream has ended, though the connection is there; all but a mismatch are transient. */
export class NatsConsumerError extends SchmoozerError<NatsConsumerErrorCode> {
  override readonly name = 'NatsConsumerError';

  constructor(
    code: NatsConsumerErrorCode,
    message: string,
    /** The status that the server sent, such as 409; undefined if it sent none. */
    readonly status?: number,
  ) {
    super(code, message);
  }
}
