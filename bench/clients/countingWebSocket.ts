import { type ClientOptions, WebSocket } from 'ws';

type WebSocketClass = new (url: string | URL, protocols?: string | string[]) => WebSocket;

/** The class of `ws`, with a listener for errors, and with a word to `onAttempt` for each that is made. */
export function countingWebSocket(onAttempt: (() => void) | undefined): WebSocketClass {
  return class extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[], options?: ClientOptions) {
      super(url, protocols, options);
      // A client that closes one before it is open, its own listener gone, would end the process.
      this.on('error', () => {});
      onAttempt?.();
    }
  };
}
