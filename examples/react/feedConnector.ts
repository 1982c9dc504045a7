import { Continue, type Connector } from 'schmoozer';
import { webSocketConnector, type WebSocketSession } from 'schmoozer/websocket';

/** Every text message of the server, session after session. */
export function feedConnector(
  url: string,
  onMessage: (text: string) => void,
): Connector<WebSocketSession> {
  return webSocketConnector({
    url,
    // Without it the link cannot probe a session after a sleep. A browser cannot ping: the server answers this message.
    heartbeat: { message: 'ping', isPong: (message) => message === 'pong' },
    async run(session) {
      for await (const message of session) onMessage(String(message));
      return Continue();
    },
  });
}
