import type { Connector } from 'schmoozer/compiled';
import { Inbox, isRetryableBy } from 'schmoozer/messages';
import { isRetryablePostgresError } from './isRetryablePostgresError.js';
import {
  type PostgresListenerOptions,
  type PostgresNotification,
  resolveListener,
} from './options.js';
import { peerOf } from './peerOf.js';
import { PostgresSession } from './postgresSession.js';

interface Connection {
  readonly session: PostgresSession;
  readonly inbox: Inbox<PostgresNotification>;
}

/**
 * A connector for Postgres `LISTEN`, at most once. The server keeps no notifications between sessions: each session
 * except the first has a gap. If the messages are rows of a table, `postgresFeed` avoids the gap.
 *
 * @throws InvalidOptionError when an option is missing, unknown or out of bounds
 */
export function postgresListener(options: PostgresListenerOptions): Connector<object> {
  const settings = resolveListener(options);
  const { retryDelay } = settings;
  const connector: Connector<Connection> = {
    async connect(attempt) {
      const inbox = new Inbox<PostgresNotification>(settings);
      const take = (notification: PostgresNotification) => void inbox.take(notification);
      return { session: await PostgresSession.open(settings, attempt, take), inbox };
    },
    run({ session, inbox }, context) {
      const { epoch } = context;
      return inbox.serve(context, { epoch, gap: epoch > 1 }, () => session.unlisten());
    },
    closed: async ({ session, inbox }) => ({ ...(await session.ended), drained: inbox.drained() }),
    isRetryable: isRetryableBy(isRetryablePostgresError, settings.isRetryable),
    disconnect({ session, inbox }) {
      inbox.close();
      return session.close();
    },
    ...peerOf(settings),
    ...(retryDelay && { retryDelay }),
  };
  return connector;
}
