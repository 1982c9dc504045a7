import { sizeOf } from '../connectors/websocket/queue.js';
import type { AnyMessage, WebSocketData } from '../connectors/websocket/socketLike.js';

/** Messages that wait for a connection, in order. */
export class SendQueue {
  readonly #maxMessages: number;
  readonly #maxBytes: number;
  #messages: WebSocketData[] = [];
  #bytes = 0;

  constructor(maxMessages: number, maxBytes: number) {
    this.#maxMessages = maxMessages;
    this.#maxBytes = maxBytes;
  }

  /** Size of the waiting messages in bytes; strings count their UTF-16 code units. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Returns false if the queue is full. */
  put(message: WebSocketData): boolean {
    const bytes = this.#bytes + sizeOf(message as AnyMessage);
    if (this.#messages.length >= this.#maxMessages || bytes > this.#maxBytes) return false;
    this.#messages.push(message);
    this.#bytes = bytes;
    return true;
  }

  take(): WebSocketData[] {
    const messages = this.#messages;
    this.#messages = [];
    this.#bytes = 0;
    return messages;
  }
}
