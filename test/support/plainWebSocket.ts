import type { WebSocketData, WebSocketLike } from 'schmoozer/websocket';
import { WebSocket } from 'ws';

type Listener = Parameters<WebSocketLike['addEventListener']>[1];

/** The real `ws`, with nothing but what a browser's WebSocket has: it cannot pause, ping or terminate. */
export class PlainWebSocket implements WebSocketLike {
  readonly #socket: WebSocket;

  constructor(url: string, protocols: string[]) {
    this.#socket = new WebSocket(url, protocols);
    // A browser's throws no error at the process.
    this.#socket.on('error', () => {});
  }

  get readyState(): number {
    return this.#socket.readyState;
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  get protocol(): string {
    return this.#socket.protocol;
  }

  set binaryType(type: string) {
    this.#socket.binaryType = type as 'arraybuffer';
  }

  get binaryType(): string {
    return this.#socket.binaryType;
  }

  send(data: WebSocketData): void {
    this.#socket.send(data);
  }

  close(code?: number, reason?: string): void {
    this.#socket.close(code, reason);
  }

  addEventListener(type: 'open' | 'message' | 'error' | 'close', listener: Listener): void {
    this.#socket.addEventListener(type, listener);
  }

  removeEventListener(type: 'open' | 'message' | 'error' | 'close', listener: Listener): void {
    this.#socket.removeEventListener(type, listener);
  }
}
