import type { Msg, NatsConnection } from '@nats-io/transport-node';
import type { Connector } from 'schmoozer/compiled';
import { Inbox, isRetryableBy } from 'schmoozer/messages';
import { isRetryableNatsError } from './isRetryable.js';
import { openConnection, prepare, whenGone } from './openConnection.js';
import { type NatsSubscriberOptions, resolveSettings } from './options.js';
import { peerOf } from './peerOf.js';

interface Connection {
  readonly nats: NatsConnection;
  readonly inbox: Inbox<Msg>;
  readonly unsubscribe: () => void;
  readonly ended: Promise<unknown>;
}

/**
 * A connector for subscriptions of core NATS, at most once; the client's own reconnect is off. NATS keeps no messages
 * between sessions: each session except the first has a gap.
 *
 * @throws InvalidOptionError when an option is missing, unknown or out of bounds
 */
export function natsSubscriber(options: NatsSubscriberOptions): Connector<object> {
  const settings = resolveSettings(options);
  const { subjects, queue, retryDelay } = settings;
  const { told, connected } = peerOf(settings);
  const connector: Connector<Connection> = {
    async connect(attempt) {
      const nats = await openConnection(settings, attempt);
      connected(nats);
      const inbox = new Inbox<Msg>(settings);
      let fail!: (error: unknown) => void;
      const failed = new Promise<unknown>((resolve) => (fail = resolve));
      const ended = Promise.race([failed, whenGone(nats)]);
      // The server refuses a subject without closing the connection: this session would receive nothing.
      const callback = (error: Error | null, message: Msg) =>
        error ? fail(error) : void inbox.take(message);
      const subscriptions = subjects.map((subject) =>
        nats.subscribe(subject, { callback, ...(queue !== undefined && { queue }) }),
      );
      // When this is answered, the server has the subscriptions.
      await prepare(nats, attempt, ended, () => nats.flush());
      const unsubscribe = () => subscriptions.forEach((one) => one.unsubscribe());
      return { nats, inbox, unsubscribe, ended };
    },
    run({ inbox, unsubscribe }, context) {
      const { epoch } = context;
      return inbox.serve(context, { epoch, gap: epoch > 1 }, unsubscribe);
    },
    closed: async ({ inbox, ended }) => ({ error: await ended, drained: inbox.drained() }),
    isRetryable: isRetryableBy(isRetryableNatsError, settings.isRetryable),
    async disconnect({ nats, inbox }) {
      inbox.close();
      await nats.close();
    },
    ...told,
    ...(retryDelay && { retryDelay }),
  };
  return connector;
}
