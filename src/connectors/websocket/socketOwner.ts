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
  /** Undefined leaves it to whoever made the socket. */
  readonly binaryType: WebSocketBinaryType | undefined;
  readonly closeTimeoutMs: number;
  readonly maxMessageBytes: number;
  readonly readAheadBytes: number;
  readonly onOverflow: 'pause' | 'end';
  readonly clock: Clock;
}

/** IANA: timeout. */
const SILENT_CODE = 3008;
/** A peer that takes a byte now and then does not hold a release for ever. */
const MAX_LOOKS = 4;

/** One WebSocket from its first moment: the only place that listens to it, and the only one that closes it. */
export class SocketOwner implements Traffic {
  readonly socket: WebSocketLike;
  readonly url: string;
  readonly queue: MessageQueue;
  /** Resolves when the session has ended: the peer will send nothing more. */
  readonly ended: Promise<WebSocketClose>;
  /** Resolves when nothing is left of the socket either, at most `closeTimeoutMs` later. */
  readonly closed: Promise<WebSocketClose>;
  /** Sees each message first; true keeps it from the queue. */
  intercept: ((message: AnyMessage) => boolean) | undefined;
  /** Asks for a sign of life; undefined without a heartbeat. */
  probe: (() => Promise<unknown>) | undefined;
  /** Called when the socket is read again after a pause. */
  onResume: (() => void) | undefined;
  /** Called at each message, and each ping and pong where the class tells. */
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

  /** What the socket reported as its error, if it says. */
  get socketError(): unknown {
    return this.#socketError;
  }

  /** The reader is behind: nothing comes in, not even pongs. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Called once, when the session has ended, or at once if it has. */
  whenEnded(ending: (close: WebSocketClose) => void): void {
    if (this.#close === undefined) this.#endings.push(ending);
    else ending(this.#close);
  }

  /** All that goes out goes this way, so that it is known how much waits. */
  send(work: () => void): void {
    const { socket } = this;
    const before = socket.bufferedAmount;
    work();
    this.accepted += socket.bufferedAmount - before;
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

  /**
   * A close is under way, or is to come when all has gone out: nothing is left of the socket after `closeTimeoutMs` in which
   * what waits to go out did not move, and after four of them in any case once we close.
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

  /** Ends the session with an error of ours, without waiting for the peer. */
  fail(error: Error, code: number): void {
    this.#failure ??= error;
    this.requestClose(code, '');
    this.destroy();
  }

  /** Nothing comes from the peer; a close that is under way needs no more than its deadline. */
  endSilent(error: Error): void {
    if (this.socket.readyState === OPEN) this.fail(error, SILENT_CODE);
    else this.expire();
  }

  /** Closes without waiting; a browser cannot be told to drop the connection, so it is let go of. */
  destroy(): void {
    if (this.socket.terminate !== undefined) return this.socket.terminate();
    this.socket.close();
    this.#onClose({ code: 1006, reason: '', wasClean: false });
  }

  /**
   * Drops what nobody reads any more, and closes; undefined when nothing is left of the socket. Rejects when what was sent
   * was cut off.
   */
  release(code: number): Promise<void> | undefined {
    this.#isReleased = true;
    this.queue.discard();
    this.#resumeWhenRead();
    if (this.#isClosed) return undefined;
    this.requestClose(code, '');
    return this.closed.then((close) => {
      if (this.#unsent === 0) return;
      const cause = new Error(`${this.#unsent} bytes had not gone out`);
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

  // Half, so that a slow reader does not pause and resume with each message.
  #resumeWhenRead(): void {
    if (!this.#isPaused || this.queue.bytes > this.#options.readAheadBytes / 2) return;
    this.#isPaused = false;
    this.socket.resume?.();
    this.onResume?.();
  }

  // Closing follows an error; by the peer's answer, or within our deadline.
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
    // The error listener stays: an EventEmitter throws an error that nobody listens for.
    this.socket.removeEventListener('message', this.#onMessage);
    const close = classifyClose(received, this.#requestedCode, this.#socketError, this.#failure);
    this.#close = this.#isReleased ? { ...close, error: undefined } : close;
    // First: the machine hears of the end before `run` can have settled because of it.
    this.#resolveEnded(this.#close);
    for (const ending of this.#endings) ending(this.#close);
    this.queue.end(this.#close.error);
    return this.#close;
  }
}
