import { type Client, createClient } from 'graphql-ws';
import { type Connector, Continue } from 'schmoozer';
import { isRetryableWebSocketError } from 'schmoozer/websocket';
import { sessionSocket } from './sessionSocket.js';

interface Session extends ReturnType<typeof sessionSocket> {
  readonly client: Client;
}

/** A graphql-ws client for each session; `follow` subscribes with it, and again after a loss. */
export function graphqlConnector(
  url: string,
  follow: (client: Client) => Promise<unknown>,
): Connector<Session> {
  return {
    connect: ({ signal }) =>
      new Promise((opened, failed) => {
        const socket = sessionSocket();
        let overdue: NodeJS.Timeout;
        const client = createClient({
          url,
          webSocketImpl: socket.WebSocket,
          lazy: false,
          retryAttempts: 0, // the link does that
          onNonLazyError: () => {}, // reported by `closed`
          keepAlive: 10_000,
          on: {
            connected: () => opened({ ...socket, client }),
            // It sends pings, but does not detect a missing pong.
            ping: (isTheirs) => {
              if (!isTheirs) overdue = setTimeout(socket.cut, 5000);
            },
            pong: () => clearTimeout(overdue),
            closed: () => clearTimeout(overdue),
          },
        });
        void socket.closed.then(({ error }) => failed(error));
        signal.addEventListener('abort', socket.cut); // a timeout, or a stop
      }),
    async run({ client }, { signal }) {
      signal.addEventListener('abort', () => void client.dispose()); // ends `follow`
      await follow(client);
      return Continue();
    },
    closed: ({ closed }) => closed,
    async disconnect({ client, gone }) {
      await client.dispose();
      await gone();
    },
    isRetryable: isRetryableWebSocketError, // 4401, 4403, 4406 are permanent
  };
}
