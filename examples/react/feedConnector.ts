import { Continue, type Connector } from 'schmoozer';
import { webSocketConnector, type WebSocketSession } from 'schmoozer/websocket';

/** Every text message of the server, session after session. */
export function feedConnector(
  url: string,
  onMessage: (text: string) => void,
): Connector<WebSocketSession> {
  return webSocketConnector({
    url,
    async run(session) {
      for await (const message of session) onMessage(String(message));
      return Continue();
    },
  });
}
