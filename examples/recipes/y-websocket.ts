import { type Connector, Continue } from 'schmoozer';
import { isRetryableWebSocketError } from 'schmoozer/websocket';
import type { Awareness } from 'y-protocols/awareness';
import { WebsocketProvider } from 'y-websocket';
import { sessionSocket } from './sessionSocket.js';

interface Session extends ReturnType<typeof sessionSocket> {
  readonly provider: WebsocketProvider;
}

/** A y-websocket provider for each session, which begins when the document is synchronised. */
export function yConnector(url: string, room: string, awareness: Awareness): Connector<Session> {
  return {
    connect: ({ signal }) =>
      new Promise((opened, failed) => {
        const socket = sessionSocket();
        const provider = new WebsocketProvider(url, room, awareness.doc, {
          awareness, // of the document, not of a session: cursors outlive an outage
          WebSocketPolyfill: socket.WebSocket as never,
          maxBackoffTime: 0, // disables its own delays
          disableBc: true,
        });
        provider.on('sync', (isSynced) => isSynced && opened({ ...socket, provider }));
        // The provider itself ends a connection on which nothing arrives for 30 s. It reconnects until it is destroyed.
        const end = () => {
          provider.destroy();
          socket.cut();
        };
        provider.once('connection-close', end);
        void socket.closed.then(({ error }) => failed(error));
        signal.addEventListener('abort', end);
      }),
    run: (_session, { signal }) =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve(Continue()))),
    closed: ({ closed }) => closed,
    async disconnect({ provider, gone }) {
      provider.destroy();
      await gone();
    },
    isRetryable: isRetryableWebSocketError, // 4401 and 4403 are permanent
  };
}
