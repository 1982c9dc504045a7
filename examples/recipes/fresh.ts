import { Continue } from 'schmoozer';
import { createReconnectActor } from 'schmoozer/compiled';
import { webSocketConnector } from 'schmoozer/websocket';
import { WebSocket } from 'ws';

/**
 * A feed that knows whether its data is fresh. If no message arrives for `maxAgeMs`, the session is replaced, even if
 * the server still answers pings.
 */
export function freshFeed(
  url: string,
  maxAgeMs: number,
  onMessage: (message: unknown) => void,
  onFresh: (isFresh: boolean) => void,
) {
  let isFresh = false;
  const report = (value: boolean) => {
    if (value !== isFresh) onFresh((isFresh = value));
  };
  const connector = webSocketConnector({
    url,
    WebSocket,
    heartbeat: {},
    async run(session, { signal }) {
      const stale = new AbortController();
      const expire = () => stale.abort(new Error(`no message for ${maxAgeMs} ms`));
      let timer = setTimeout(expire, maxAgeMs);
      const messages = session.messages({ signal: AbortSignal.any([signal, stale.signal]) });
      try {
        for await (const message of messages) {
          clearTimeout(timer);
          timer = setTimeout(expire, maxAgeMs);
          report(true);
          onMessage(message);
        }
        return Continue();
      } finally {
        clearTimeout(timer);
        report(false); // until the next session has a message
      }
    },
  });
  return createReconnectActor(connector);
}
