import { Continue } from 'schmoozer';
import { createReconnectActor } from 'schmoozer/compiled';
import { UpgradeRefusedError, WebSocketClosedError, webSocketConnector } from 'schmoozer/websocket';
import { WebSocket } from 'ws';

export interface Token {
  readonly value: string;
  readonly expiresInMs: number;
}

/** True if the server has refused the token. */
const isRefused = (error: unknown) =>
  (error instanceof UpgradeRefusedError && error.statusCode === 401) ||
  (error instanceof WebSocketClosedError && error.closeCode === 4401);

/** A link whose token is fetched only when there is none, or it is refused or expires, and not at each attempt. */
export function linkWithToken(
  url: string,
  fetchToken: (signal: AbortSignal) => Promise<Token>,
  onMessage: (message: unknown) => void,
) {
  let token: { readonly value: string; readonly expiresAt: number } | undefined;
  let isNew = false; // the server has not accepted it yet
  const renew = () => {
    token = undefined; // the timer may fire early, when the token still looks valid
    link.send({ type: 'reconnect', reason: 'token' });
  };
  const connector = webSocketConnector({
    url,
    WebSocket,
    heartbeat: {},
    async socketOptions({ lastError, signal }) {
      if (isRefused(lastError) || performance.now() > (token?.expiresAt ?? 0)) token = undefined;
      if (token === undefined) {
        const { value, expiresInMs } = await fetchToken(signal);
        isNew = true;
        token = { value, expiresAt: performance.now() + 0.9 * expiresInMs };
      }
      return { headers: { authorization: `Bearer ${token.value}` } };
    },
    isRetryable: (error) =>
      // If this returns `undefined`, the connector's own rules decide.
      isRefused(error) ? (isNew ? 'permanent' : 'transient') : undefined,
    async run(session) {
      isNew = false;
      // Reconnects before the token expires: a server that checks it only once would keep the session.
      const leftMs = Math.min((token?.expiresAt ?? 0) - performance.now(), 2 ** 31 - 1);
      const renewal = setTimeout(renew, leftMs);
      try {
        for await (const message of session) onMessage(message);
        return Continue();
      } finally {
        clearTimeout(renewal);
      }
    },
  });
  const link = createReconnectActor(connector);
  return link;
}
