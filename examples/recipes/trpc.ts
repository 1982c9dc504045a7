import { createTRPCClient, createWSClient, type TRPCClient, wsLink } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import { type Connector, Continue } from 'schmoozer';
import { isRetryableWebSocketError } from 'schmoozer/websocket';
import { sessionSocket } from './sessionSocket.js';

interface Session<TRouter extends AnyTRPCRouter> extends ReturnType<typeof sessionSocket> {
  readonly client: TRPCClient<TRouter>;
  readonly close: () => Promise<void>;
}

/** A tRPC client for each session; `follow` subscribes with it, and again after a loss. */
export function trpcConnector<TRouter extends AnyTRPCRouter>(
  url: string,
  follow: (client: TRPCClient<TRouter>, signal: AbortSignal) => Promise<unknown>,
): Connector<Session<TRouter>> {
  return {
    connect: ({ signal }) =>
      new Promise((opened, failed) => {
        const socket = sessionSocket();
        const ws = createWSClient({
          url,
          WebSocket: socket.WebSocket as never,
          keepAlive: { enabled: true, intervalMs: 15_000, pongTimeoutMs: 5000 },
          onOpen: () => opened({ ...socket, client, close: () => ws.close() }),
          // No option turns its retries off: it reconnects by itself until it is closed.
          onClose: () => void ws.close(),
        });
        const client = createTRPCClient<TRouter>({ links: [wsLink({ client: ws }) as never] });
        void socket.closed.then(({ error }) => failed(error));
        signal.addEventListener('abort', () => {
          void ws.close();
          socket.cut();
        });
      }),
    async run({ client }, { signal }) {
      await follow(client, signal);
      return Continue();
    },
    closed: ({ closed }) => closed,
    async disconnect({ close, gone }) {
      await close();
      await gone();
    },
    isRetryable: isRetryableWebSocketError,
  };
}
