import type { Connector } from 'schmoozer/compiled';
import { isRetryableBy } from 'schmoozer/messages';
import type { OpenClient, RedisConnection } from './connection.js';
import { GroupCommands } from './groupCommands.js';
import { GroupConsumer } from './groupConsumer.js';
import { isRetryableRedisError } from './isRetryableRedisError.js';
import { openConnection } from './openConnection.js';
import { peerOf } from './peerOf.js';
import { type RedisStreamOptions, resolveStream } from './streamOptions.js';

interface Connection {
  readonly connection: RedisConnection;
  readonly consumer: GroupConsumer;
  readonly isNewGroup: boolean;
}

/** `redisStream` with one of the clients. */
export function stream(open: OpenClient, options: RedisStreamOptions): Connector<object> {
  const settings = resolveStream(options);
  const { address, retryDelay } = settings;
  const connector: Connector<Connection> = {
    ...peerOf(address),
    async connect(attempt) {
      const { connection, begun } = await openConnection(settings, attempt, {
        open,
        begin: async (greeted) => {
          const commands = new GroupCommands(greeted, settings);
          return { commands, isNewGroup: await commands.create() };
        },
      });
      const { commands, isNewGroup } = begun;
      return {
        connection,
        isNewGroup,
        consumer: new GroupConsumer(connection, commands, settings),
      };
    },
    run({ consumer, isNewGroup }, context) {
      const { epoch } = context;
      // A group that was lost begins at `from`.
      const session = { epoch, gap: epoch > 1 && isNewGroup };
      return consumer.inbox.serve(context, session, () => consumer.stop());
    },
    closed: ({ connection }) => connection.ended,
    isRetryable: isRetryableBy(isRetryableRedisError, settings.isRetryable),
    async disconnect({ connection, consumer }) {
      consumer.inbox.close();
      await connection.close();
    },
    ...(retryDelay && { retryDelay }),
  };
  return connector;
}
