// Why: docs/decisions/0093-a-cursor-closes-the-gap.md
import type { Connector } from 'schmoozer/compiled';
import { askPerAttempt, isRetryableBy } from 'schmoozer/messages';
import { FeedSession } from './feedSession.js';
import { isRetryablePostgresError } from './isRetryablePostgresError.js';
import { type PostgresFeedOptions, resolveFeed } from './options.js';
import { peerOf } from './peerOf.js';
import { PostgresSession } from './postgresSession.js';
import { Progress } from './progress.js';

interface Connection<TRow, TCursor> {
  readonly session: PostgresSession;
  readonly feed: FeedSession<TRow, TCursor>;
}

/**
 * A connector for the rows of a table, which are handled in order: `read` returns rows after a cursor, and a
 * notification reports new rows. A row is handled again only if its handler threw, if a session ended before all
 * earlier rows were handled (with `maxInFlight` above 1), or if the process ended before the cursor was saved. Rows
 * written while the link was offline are read first, so no session has a gap. The connector stores its position: use it
 * for one link only.
 *
 * @throws InvalidOptionError when an option is missing, unknown or out of bounds
 */
export function postgresFeed<TRow, TCursor>(
  options: PostgresFeedOptions<TRow, TCursor>,
): Connector<object> {
  const settings = resolveFeed(options);
  const { retryDelay } = settings;
  const progress = new Progress<TCursor>();
  let drained: Promise<unknown> = Promise.resolve();
  const connector: Connector<Connection<TRow, TCursor>> = {
    async connect(attempt) {
      // A handler of the last session may have outlived the grace period: its row is not read again before it has
      // finished.
      await askPerAttempt(() => drained, attempt);
      const feed = new FeedSession(settings, progress);
      const wake = () => feed.wake();
      const session = await PostgresSession.open(settings, attempt, wake, (opened) =>
        feed.begin(opened),
      );
      return { session, feed };
    },
    run({ session, feed }, context) {
      void feed.follow();
      const { epoch } = context;
      return feed.inbox.serve(context, { epoch, gap: false, after: feed.cursor }, () => {
        feed.end();
        session.unlisten();
      });
    },
    closed: async ({ session, feed }) => ({
      ...(await session.ended),
      drained: feed.inbox.drained(),
    }),
    isRetryable: isRetryableBy(isRetryablePostgresError, settings.isRetryable),
    disconnect({ session, feed }) {
      feed.end();
      feed.inbox.close();
      drained = feed.inbox.drained();
      return session.close();
    },
    ...peerOf(settings),
    ...(retryDelay && { retryDelay }),
  };
  return connector;
}
