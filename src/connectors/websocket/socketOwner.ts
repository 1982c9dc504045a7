// Why: docs/decisions/0053-the-end-of-a-websocket.md
import type { Clock } from '../../core/clock.js';
import { classifyClose, type WebSocketClose } from './close.js';
import { MessageOverflowError, MessageTooLongError, WebSocketClosedError } from './errors.js';
import { startDeadline } from '../startDeadline.js';
import { nodeSide } from './nodeSide.js';
import { MessageQueue, sizeOf, weight } from './queue.js';
import { createFalls, type Traffic } from './signs.js';
import {
  type AnyMessage,
  OPEN,
  type ReceivedClose,
  type WebSocketBinaryType,
  type WebSocketLike,
} from './socketLike.js';

export interface SocketOwnerOptions {
  /** Undefined leaves it to the creator of the socket. */
  readonly binaryType: WebSocketBinaryType | undefined;
  readonly closeTimeoutMs: number;
  readonly maxMessageBytes: number;
  readonly readAheadBytes: number;
  readonly onOverflow: 'pause' | 'end';
  readonly clock: Clock;
}

/** IANA: timeout. */
const SILENT_CODE = 3008;
/** Limits the total wait, so that a peer that reads a byte now and then cannot delay a release forever. */
const MAX_LOOKS = 4;

/** Owns one WebSocket from its first moment: the only code that listens to it, and that closes it. */
export class SocketOwner implements Traffic {
  readonly socket: WebSocketLike;
  readonly url: string;
  readonly queue: MessageQueue;
  /** Resolves when the session has ended: the peer will send nothing more. */
  readonly ended: Promise<WebSocketClose>;
  /** Resolves when the socket is completely closed, at most `closeTimeoutMs` later. */
  readonly closed: Promise<WebSocketClose>;
  /** Receives each message first; if it returns true, the message is not queued. */
  intercept: ((message: AnyMessage) => boolean) | undefined;
  /** Asks for a sign of life; undefined without a heartbeat. */
  probe: (() => Promise<unknown>) | undefined;
  /** Called when the socket is read again after a pause. */
  onResume: (() => void) | undefined;
  /** Called at each message, and at each ping and pong that the class reports. */
  onSign: ((isPong: boolean) => void) | undefined;
  received = 0;
  accepted = 0;
  readonly #options: SocketOwnerOptions;
  #resolveEnded!: (close: WebSocketClose) => void;
  #resolveClosed!: (close: WebSocketClose) => void;
  #close: WebSocketClose | undefined;
  #cancelExpiry: (() => void) | undefined;
  #unsent = 0;
  #requestedCode: number | undefined;
  #failure: Error | undefined;
  #socketError: unknown;
  #isPaused = false;
  #isReleased = false;
  #isClosed = false;
  readonly #endings: ((close: WebSocketClose) => void)[] = [];

  constructor(socket: WebSocketLike, url: string, options: SocketOwnerOptions) {
    this.socket = socket;
    this.url = url;
    this.#options = options;
    this.queue = new MessageQueue(() => this.#resumeWhenRead());
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    const { binaryType } = options;
    if (binaryType) socket.binaryType = binaryType === 'uint8array' ? 'arraybuffer' : binaryType;
    socket.addEventListener('message', this.#onMessage);
    socket.addEventListener('error', this.#onError);
    socket.addEventListener('close', this.#onClose);
    nodeSide.watchFrames(socket, {
      onSign: (isPong) => this.#sign(isPong),
      onCloseFrame: (received) => {
        this.#end(received);
        this.expire();
      },
    });
  }

  /** How the session has ended; undefined while it has not. */
  get close(): WebSocketClose | undefined {
    return this.#close;
  }

  /** The error that the socket reported, if any. */
  get socketError(): unknown {
    return this.#socketError;
  }

  /** True while the reader is behind: nothing is received, not even pongs. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Called once, when the session has ended, or at once if it already has. */
  whenEnded(ending: (close: WebSocketClose) => void): void {
    if (this.#close === undefined) this.#endings.push(ending);
    else ending(this.#close);
  }

  /** All sending goes through here, so that the amount of unsent data is known. */
  send(work: () => void): void {
    const { socket } = this;
    const before = socket.bufferedAmount;
    work();
    this.accepted += socket.bufferedAmount - before;
  }

  /** Sends a close frame, and gives the peer `closeTimeoutMs` to answer it. */
  requestClose(code: number, reason: string): void {
    if (this.#close !== undefined) return;
    if (this.socket.readyState === OPEN) {
      this.#requestedCode = code;
      this.socket.close(code, reason);
    }
    this.expire();
  }

  /**
   * Sets the deadline of a close that is in progress, or that follows when everything has been sent. The socket is
   * destroyed when no unsent data has moved for `closeTimeoutMs`. After this side's close frame it is destroyed after
   * at most four times `closeTimeoutMs`.
   */
  expire(): void {
    if (this.#isClosed || this.#cancelExpiry) return;
    const { clock, closeTimeoutMs } = this.#options;
    const falls = createFalls(this);
    let seen = falls();
    let looks = MAX_LOOKS;
    const wait = () => {
      this.#cancelExpiry = startDeadline(clock, closeTimeoutMs, () => {
        const last = seen;
        seen = falls();
        if (this.socket.readyState !== OPEN) looks--;
        if (seen !== last && looks > 0) return wait();
        this.#unsent = this.socket.bufferedAmount;
        this.destroy();
      });
    };
    wait();
  }

  stopExpiry(): void {
    this.#cancelExpiry?.();
    this.#cancelExpiry = undefined;
  }

  /** Ends the session with a local error, without waiting for the peer. */
  fail(error: Error, code: number): void {
    this.#failure ??= error;
    this.requestClose(code, '');
    this.destroy();
  }

  /** Ends the session because the peer is silent; a close in progress needs only its deadline. */
  endSilent(error: Error): void {
    if (this.socket.readyState === OPEN) this.fail(error, SILENT_CODE);
    else this.expire();
  }

  /** Closes without waiting. A browser cannot be made to drop the connection, so its socket is abandoned. */
  destroy(): void {
    if (this.socket.terminate !== undefined) return this.socket.terminate();
    this.socket.close();
    this.#onClose({ code: 1006, reason: '', wasClean: false });
  }

  /**
   * Drops unread messages, and closes; undefined when the socket is already gone. Rejects when sent data was cut off.
   */
  release(code: number): Promise<void> | undefined {
    this.#isReleased = true;
    this.queue.discard();
    this.#resumeWhenRead();
    if (this.#isClosed) return undefined;
    this.requestClose(code, '');
    return this.closed.then((close) => {
      if (this.#unsent === 0) return;
      const cause = new Error(`${this.#unsent} bytes were not sent`);
      throw new WebSocketClosedError(close.code, close.reason, close.wasClean, cause);
    });
  }

  readonly #onMessage = ({ data }: { readonly data: unknown }): void => {
    const isBare = this.#options.binaryType === 'uint8array' && typeof data !== 'string';
    const message = isBare ? new Uint8Array(data as ArrayBuffer) : (data as AnyMessage);
    this.#sign(false);
    if (this.intercept?.(message)) return;
    const { maxMessageBytes, readAheadBytes, onOverflow } = this.#options;
    if (sizeOf(message) > maxMessageBytes) {
      return this.fail(new MessageTooLongError(maxMessageBytes), 1000);
    }
    const { bytes } = this.queue;
    const isOver = bytes > 0 && bytes + weight(message) > readAheadBytes;
    if (isOver && onOverflow === 'end') {
      return this.fail(new MessageOverflowError(readAheadBytes), 1000);
    }
    this.queue.put(message);
    if (isOver && !this.#isPaused) {
      this.#isPaused = true;
      this.socket.pause?.();
    }
  };

  #sign(isPong: boolean): void {
    this.received++;
    this.onSign?.(isPong);
  }

  // Half of the limit, so that a slow reader does not pause and resume with each message.
  #resumeWhenRead(): void {
    if (!this.#isPaused || this.queue.bytes > this.#options.readAheadBytes / 2) return;
    this.#isPaused = false;
    this.socket.resume?.();
    this.onResume?.();
  }

  // After an error the socket closes: by the peer's answer, or within the deadline.
  readonly #onError = (event: { readonly error?: unknown }): void => {
    this.#socketError ??= event.error;
    this.expire();
  };

  readonly #onClose = (event: ReceivedClose): void => {
    this.stopExpiry();
    this.#isClosed = true;
    this.socket.removeEventListener('close', this.#onClose);
    this.#resolveClosed(this.#end(event));
  };

  #end(received: ReceivedClose): WebSocketClose {
    if (this.#close !== undefined) return this.#close;
    // The error listener stays: an EventEmitter throws an error that has no listener.
    this.socket.removeEventListener('message', this.#onMessage);
    const close = classifyClose(received, this.#requestedCode, this.#socketError, this.#failure);
    this.#close = this.#isReleased ? { ...close, error: undefined } : close;
    // This comes first, so that the machine is notified of the end before `run` can have settled because of it.
    this.#resolveEnded(this.#close);
    for (const ending of this.#endings) ending(this.#close);
    this.queue.end(this.#close.error);
    return this.#close;
  }
}
