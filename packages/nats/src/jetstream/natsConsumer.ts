import { type ConsumerInfo, type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Connector } from 'schmoozer/compiled';
import { isRetryableBy } from 'schmoozer/messages';
import { isRetryableNatsError } from '../isRetryable.js';
import { openConnection, prepare, whenGone } from '../openConnection.js';
import { peerOf } from '../peerOf.js';
import { durableConsumer, orderedConsumer } from './consumerConfig.js';
import {
  type ConsumerSettings,
  type NatsConsumerOptions,
  resolveConsumer,
} from './consumerOptions.js';
import { ConsumerSession } from './consumerSession.js';
import { Position } from './position.js';

/**
 * A connector for a JetStream consumer from which messages are pulled: at least once. A message is acknowledged after
 * `onMessage` has finished, with the server's confirmation; a failed message is delivered again. With `durable` the
 * server keeps the position, and several processes share the messages. Without it this process receives them all, in
 * order, and keeps the position itself.
 *
 * @throws InvalidOptionError when an option is missing, unknown or out of bounds
 */
export function natsConsumer(options: NatsConsumerOptions): Connector<object> {
  const settings = resolveConsumer(options);
  const { retryDelay } = settings;
  const { told, connected } = peerOf(settings);
  const opened = settings.durable === undefined ? ordered(settings) : durable(settings);
  const connector: Connector<ConsumerSession> = {
    async connect(attempt) {
      const nats = await openConnection(settings, attempt);
      connected(nats);
      const lost = whenGone(nats);
      return prepare(nats, attempt, lost, async () => {
        const jsm = await jetstreamManager(nats, { ...settings.jetstreamOptions, checkAPI: false });
        const session = await opened(nats, jsm, attempt.epoch);
        // When this is answered, the server has the subscription for the answers to pulls.
        await nats.flush();
        return session;
      });
    },
    run: (session, context) => session.run(context),
    closed: async ({ ended }) => ({ error: await ended }),
    isRetryable: isRetryableBy(isRetryableNatsError, settings.isRetryable),
    disconnect: (session) => session.close(),
    ...told,
    ...(retryDelay && { retryDelay }),
  };
  return connector;
}

type Open = (
  nats: NatsConnection,
  jsm: JetStreamManager,
  epoch: number,
) => Promise<ConsumerSession>;

/** The gap: the consumer was created again since the last session. */
function durable(settings: ConsumerSettings): Open {
  let known: Date | undefined;
  return async (nats, jsm) => {
    const { info, isMade } = await durableConsumer(jsm, settings);
    const created = new Date(info.created);
    // After a restart a server reports a time that differs by some microseconds.
    const isOther = known !== undefined && created.getTime() - known.getTime() > 1000;
    const gap = known !== undefined && (isMade || isOther);
    known = created;
    return new ConsumerSession(settings, { nats, jsm, info, gap });
  };
}

/** The gap: the stream has lost messages after the position, or has been replaced. */
function ordered(settings: ConsumerSettings): Open {
  const position = new Position();
  let created: string | undefined;
  return async (nats, jsm) => {
    const stream = await jsm.streams.info(settings.stream);
    const isOther = created !== undefined && created !== stream.created;
    const gap = isOther || (position.next ?? Infinity) < stream.state.first_seq;
    if (isOther) position.forget();
    const info: ConsumerInfo = await orderedConsumer(jsm, settings, position);
    created = stream.created;
    position.begin(info.delivered.stream_seq);
    return new ConsumerSession(settings, { nats, jsm, info, gap, position });
  };
}
