import type { DeliveryInfo, JsMsg } from '@nats-io/jetstream';
import type { Msg } from '@nats-io/transport-node';

/** A message of a stream: the client's `JsMsg` without the acknowledgement, which the connector sends. */
export type JetStreamMessage = Pick<
  JsMsg,
  'data' | 'headers' | 'info' | 'json' | 'redelivered' | 'seq' | 'string' | 'subject' | 'time'
>;

/** @throws Error when the reply address is not that of a stream's message */
export function messageOf(msg: Msg): JetStreamMessage {
  const info = infoOf(msg.reply ?? '');
  return {
    subject: msg.subject,
    data: msg.data,
    headers: msg.headers,
    info,
    seq: info.streamSequence,
    time: new Date(info.timestampNanos / 1e6),
    redelivered: info.redelivered,
    string: () => msg.string(),
    json: () => msg.json(),
  };
}

/**
 * Parses the facts in the reply address: `$JS.ACK.`, since server 2.10 optionally the domain (`_` for none) and the
 * account's hash, then the stream, the consumer, and five numbers.
 */
function infoOf(reply: string): DeliveryInfo {
  const [prefix, ack, ...tokens] = reply.split('.');
  if (tokens.length === 7) tokens.unshift('_', '');
  const [domain = '', accountHash = '', stream = '', consumer = '', ...rest] = tokens;
  const [deliveryCount, streamSequence, deliverySequence, timestampNanos, pending] =
    rest.map(Number);
  if (prefix !== '$JS' || ack !== 'ACK' || pending === undefined) {
    throw new Error('the server sent a message that belongs to no stream');
  }
  return {
    domain: domain === '_' ? '' : domain,
    account_hash: accountHash,
    stream,
    consumer,
    deliveryCount: deliveryCount as number,
    streamSequence: streamSequence as number,
    deliverySequence: deliverySequence as number,
    timestampNanos: timestampNanos as number,
    pending,
    redelivered: (deliveryCount as number) > 1,
  };
}
