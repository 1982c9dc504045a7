import type { Msg, NatsConnection } from '@nats-io/transport-node';
import type { Connector } from 'schmoozer';
import { Inbox, isRetryableBy } from 'schmoozer/messages';
import { isRetryableNatsError } from './isRetryable.js';
import { openConnection } from './openConnection.js';
import { type NatsSubscriberOptions, resolveSettings } from './options.js';

interface Connection {
  readonly nats: NatsConnection;
  readonly inbox: Inbox<Msg>;
  readonly unsubscribe: () => void;
  readonly ended: Promise<{ readonly error: unknown }>;
}

/**
 * A connector for subscriptions of NATS (core, at most once): the client's own reconnect is off. NATS keeps nothing while a session
 * is away: each session but the first has a gap.
 *
 * @throws InvalidOptionError when an option is missing, unknown or out of bounds
 */
export function natsSubscriber(options: NatsSubscriberOptions): Connector<object> {
  const settings = resolveSettings(options);
  const { subjects, queue, retryDelay } = settings;
  const connector: Connector<Connection> = {
    async connect(attempt) {
      const nats = await openConnection(settings, attempt);
      const inbox = new Inbox<Msg>(settings);
      let fail!: (error: unknown) => void;
      const failed = new Promise<unknown>((resolve) => (fail = resolve));
      const ended = Promise.race([
        failed,
        nats.closed().then((error) => error ?? new Error('the NATS server hung up')),
      ]).then((error) => ({ error }));
      // The server closes nothing when it refuses a subject: this session would be deaf.
      const callback = (error: Error | null, message: Msg) =>
        error ? fail(error) : void inbox.take(message);
      const subscriptions = subjects.map((subject) =>
        nats.subscribe(subject, { callback, ...(queue !== undefined && { queue }) }),
      );
      const lose = ended.then(({ error }) => Promise.reject(error as Error));
      const abort = () => void nats.close();
      attempt.signal.addEventListener('abort', abort, { once: true });
      try {
        // By its answer the server has the subscriptions.
        await Promise.race([nats.flush(), lose]);
      } catch (error) {
        await nats.close();
        throw attempt.signal.aborted ? attempt.signal.reason : error;
      } finally {
        attempt.signal.removeEventListener('abort', abort);
        lose.catch(() => {});
      }
      const unsubscribe = () => subscriptions.forEach((one) => one.unsubscribe());
      return { nats, inbox, unsubscribe, ended };
    },
    run({ inbox, unsubscribe }, context) {
      const { epoch } = context;
      return inbox.serve(context, { epoch, gap: epoch > 1 }, unsubscribe);
    },
    closed: async ({ inbox, ended }) => ({ ...(await ended), drained: inbox.drained() }),
    isRetryable: isRetryableBy(isRetryableNatsError, settings.isRetryable),
    async disconnect({ nats, inbox }) {
      inbox.close();
      await nats.close();
    },
    ...(retryDelay && { retryDelay }),
  };
  return connector;
}
