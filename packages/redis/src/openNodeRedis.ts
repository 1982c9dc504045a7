import { setImmediate as turn } from 'node:timers/promises';
import { createClient, type RedisClientOptions } from 'redis';
import { type OpenClient, RedisMessage, type SubscriptionKind } from './connection.js';
import { ending, MOVED } from './ending.js';

/** The parts of the client that versions 4 to 6 share. */
interface Client {
  on(event: string, listener: (error: unknown) => void): unknown;
  connect(): Promise<unknown>;
  disconnect(): unknown;
  sendCommand(args: readonly (string | Buffer)[], options: object): Promise<unknown>;
  subscribe: Subscribe;
  pSubscribe: Subscribe;
  sSubscribe: Subscribe;
}
type Listener = (data: Buffer, channel: Buffer) => void;
type Subscribe = (name: string, listener: Listener, inBytes: true) => Promise<unknown>;

const subscribing = {
  channel: 'subscribe',
  pattern: 'pSubscribe',
  shardChannel: 'sSubscribe',
} as const satisfies Record<SubscriptionKind, keyof Client>;

// Bulk strings as bytes: an option of version 4, and one of later versions.
const inBytes = { returnBuffers: true, typeMapping: { [36]: Buffer } };

/** Opens a connection with node-redis. */
export const openNodeRedis: OpenClient = ({ host, port, path, tls }, onMessage) => {
  // The client cannot destroy a socket that is not connected yet.
  const socket = new AbortController();
  const options = {
    RESP: 2,
    disableOfflineQueue: true,
    disableClientInfo: true,
    commandOptions: { timeout: undefined },
    socket: {
      ...(path === undefined ? { host, port } : { path }),
      ...(tls && { ...tls, tls: true }),
      // The machine reconnects, and has the deadlines.
      reconnectStrategy: false,
      connectTimeout: 0,
      signal: socket.signal,
      // The client makes a class for each set of options that differs as JSON, which takes 30 ms; it needs none of these.
      toJSON: () => undefined,
    },
  };
  const client = createClient(options as unknown as RedisClientOptions) as unknown as Client;
  const { ended, end } = ending();
  client.on('error', (error) => end(explained(error)));
  client.on('sharded-channel-moved', () => end(new Error(MOVED)));
  return {
    ready: client.connect(),
    ended,
    send: (...args) => client.sendCommand(args, inBytes),
    subscribe: (kind, name) =>
      client[subscribing[kind]](
        name,
        (data, channel) =>
          onMessage(
            new RedisMessage(kind, String(channel), data, kind === 'pattern' ? name : undefined),
          ),
        true,
      ),
    async close(error) {
      end(error ?? new Error('the connection was closed'));
      try {
        await client.disconnect();
      } catch {
        // It had already ended.
      }
      socket.abort();
      await turn();
    },
  };
};

/** The client throws a `TypeError` at an unexpected answer; that is not a mistake in the program. */
function explained(error: unknown): unknown {
  if (!(error instanceof TypeError)) return error;
  return new Error('the Redis server sent an unexpected answer', { cause: error });
}
