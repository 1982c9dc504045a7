import type { ConnectionEnd } from 'schmoozer';
import { WebSocketClosedError } from 'schmoozer/websocket';
import { WebSocket } from 'ws';

/**
 * Makes a WebSocket class for another library's client. The client creates one WebSocket of this class, and the link
 * observes it.
 */
export function sessionSocket() {
  const made: WebSocket[] = [];
  let end: (end: ConnectionEnd) => void;
  const closed = new Promise<ConnectionEnd>((resolve) => (end = resolve));
  class SessionSocket extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      made.push(this);
      let cause: Error | undefined;
      this.on('error', (error) => (cause = error));
      this.on('close', (code, reason) =>
        end({ error: new WebSocketClosedError(code, String(reason), code !== 1006, cause) }),
      );
    }
  }
  return {
    WebSocket: SessionSocket,
    /** How the WebSocket ended. */
    closed,
    /** Destroys the WebSocket, so that nothing waits for a peer that has vanished. */
    cut: () => made[0]?.terminate(),
    /** Waits for the client's orderly close, one second at most. */
    async gone(): Promise<void> {
      const timer = setTimeout(() => made[0]?.terminate(), 1000);
      await closed;
      clearTimeout(timer);
    },
  };
}
