import type { Clock } from '../../core/clock.js';
import { classifyClose, type ReceivedClose, type WebSocketClose } from './close.js';
import { MessageOverflowError, MessageTooLongError } from './errors.js';
import { MessageQueue, weight } from './queue.js';
import { OPEN, type WebSocketLike, type WebSocketMessage } from './socketLike.js';

export interface SocketOwnerOptions {
  readonly closeTimeoutMs: number;
  readonly maxMessageBytes: number;
  readonly maxQueuedBytes: number;
  readonly clock: Clock;
}

/** One WebSocket from its first moment: the only place that listens to it, and the only one that closes it. */
export class SocketOwner {
  readonly socket: WebSocketLike;
  readonly queue: MessageQueue;
  readonly closed: Promise<WebSocketClose>;
  /** Sees each message first; true keeps it from the queue. */
  intercept: ((message: WebSocketMessage) => boolean) | undefined;
  readonly #options: SocketOwnerOptions;
  #resolveClosed!: (close: WebSocketClose) => void;
  #close: WebSocketClose | undefined;
  #closeTimer: unknown;
  #requestedCode: number | undefined;
  #failure: Error | undefined;
  #socketError: unknown;
  #isPaused = false;
  readonly #endings: (() => void)[] = [];

  constructor(socket: WebSocketLike, options: SocketOwnerOptions) {
    this.socket = socket;
    this.#options = options;
    this.queue = new MessageQueue(() => this.#resumeWhenRead());
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    // A copy of our own: bytes come alike from browsers and from `ws`.
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('message', this.#onMessage);
    socket.addEventListener('error', this.#onError);
    socket.addEventListener('close', this.#onClose);
  }

  get close(): WebSocketClose | undefined {
    return this.#close;
  }

  /** What the socket reported as its error, if it says. */
  get socketError(): unknown {
    return this.#socketError;
  }

  /** The reader is behind: nothing comes in, not even pongs. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Called once, when the socket has closed. */
  whenClosed(ending: () => void): void {
    this.#endings.push(ending);
  }

  /** Says that we close, and gives the peer `closeTimeoutMs` to say it too. */
  requestClose(code: number, reason: string): void {
    if (this.#close !== undefined) return;
    if (this.socket.readyState === OPEN) {
      this.#requestedCode = code;
      this.socket.close(code, reason);
    }
    this.expire();
  }

  /** A close is under way: it ends within `closeTimeoutMs`. */
  expire(): void {
    if (this.#close !== undefined) return;
    const { clock, closeTimeoutMs } = this.#options;
    this.#closeTimer ??= clock.setTimeout(() => this.destroy(), closeTimeoutMs);
  }

  /** Ends the session with an error of ours, without waiting for the peer. */
  fail(error: Error, code: number): void {
    this.#failure ??= error;
    this.requestClose(code, '');
    this.destroy();
  }

  /** Closes without waiting; a browser cannot be told to drop the connection, so it is let go of. */
  destroy(): void {
    if (this.socket.terminate !== undefined) return this.socket.terminate();
    this.socket.close();
    this.#end({ code: 1006, reason: '', wasClean: false });
  }

  /** Nobody reads any more. */
  discard(): void {
    this.queue.discard();
    this.#resumeWhenRead();
  }

  readonly #onMessage = ({ data }: { readonly data: unknown }): void => {
    const message = typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer);
    if (this.intercept?.(message)) return;
    const { maxMessageBytes, maxQueuedBytes } = this.#options;
    if (message.length > maxMessageBytes) {
      return this.fail(new MessageTooLongError(maxMessageBytes), 1000);
    }
    const { bytes } = this.queue;
    const isOver = bytes > 0 && bytes + weight(message) > maxQueuedBytes;
    if (isOver && this.socket.pause === undefined) {
      return this.fail(new MessageOverflowError(maxQueuedBytes), 1000);
    }
    this.queue.put(message);
    if (isOver && !this.#isPaused) {
      this.#isPaused = true;
      this.socket.pause?.();
    }
  };

  // Half, so that a slow reader does not pause and resume with each message.
  #resumeWhenRead(): void {
    if (!this.#isPaused || this.queue.bytes > this.#options.maxQueuedBytes / 2) return;
    this.#isPaused = false;
    this.socket.resume?.();
  }

  // Closing follows an error; by the peer's answer, or within our deadline.
  readonly #onError = (event: { readonly error?: unknown }): void => {
    this.#socketError ??= event.error;
    this.expire();
  };

  readonly #onClose = (event: ReceivedClose): void => this.#end(event);

  #end(close: ReceivedClose): void {
    this.#options.clock.clearTimeout(this.#closeTimer);
    this.#forget();
    this.#close = classifyClose(close, this.#requestedCode, this.#socketError, this.#failure);
    this.queue.end(this.#close.error);
    for (const ending of this.#endings) ending();
    this.#resolveClosed(this.#close);
  }

  // The error listener stays: an EventEmitter throws an error that nobody listens for.
  #forget(): void {
    this.socket.removeEventListener('message', this.#onMessage);
    this.socket.removeEventListener('close', this.#onClose);
  }
}
