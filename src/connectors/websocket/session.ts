// Why: docs/decisions/0010-the-websocket-session.md
import type { Abortable } from '../../core/whenAborted.js';
import type { ConnectionEnd } from '../../core/connector.js';
import { printable } from '../../core/printable.js';
import { signalOf } from '../../core/signalOf.js';
import { type AgeWatch, watchAge } from '../watchAge.js';
import { checkCloseCode, checkCloseReason, type WebSocketClose } from './close.js';
import type { SocketOwner } from './socketOwner.js';
import type { Sender } from './sender.js';
import {
  OPEN,
  type WebSocketBinaryType,
  type WebSocketData,
  type WebSocketMessage,
} from './socketLike.js';

/**
 * One open WebSocket, as `handshake` and `run` receive it. A loop over it reads its messages. The loop ends when the
 * server ends the session in an orderly way. The loop throws WebSocketClosedError, HeartbeatTimeoutError or
 * MessageOverflowError when the session ends otherwise, or the signal's reason once that is aborted.
 */
export interface WebSocketSession<
  TBinary extends WebSocketBinaryType = 'uint8array',
> extends AsyncIterable<WebSocketMessage<TBinary>> {
  /** The complete URL of this attempt, including its query. */
  readonly url: string;
  /** The extensions that the server chose; empty if there are none, or if the class does not report them. */
  readonly extensions: string;
  /** The subprotocol that the server chose; empty if there is none. */
  readonly protocol: string;
  /** Number of unsent bytes. */
  readonly bufferedAmount: number;
  /** Resolves when the WebSocket has closed; never rejects, see its `error`. */
  readonly closed: Promise<WebSocketClose>;
  /**
   * Returns the messages as a loop over the session does, but with your signal or without one. Without one the loop
   * continues after a `stop`, until the session ends or `gracePeriodMs` has passed. All loops share one queue; leaving
   * a loop loses nothing.
   */
  messages(options?: {
    readonly signal?: AbortSignal;
  }): AsyncIterableIterator<WebSocketMessage<TBinary>>;
  /**
   * Sends a message: a string, an ArrayBuffer or a view of one, or a Blob if the class supports it. These may also
   * come from an iframe. Other data throws InvalidOptionError at once. Await it to wait while more than `highWaterMark`
   * bytes are unsent.
   *
   * @throws the error of the session's end, when it has closed or is closing; the signal's reason, when it is aborted
   * during the wait
   */
  send(data: WebSocketData): Promise<void>;
  /**
   * Resolves when everything has been sent to the operating system.
   *
   * @throws like `send`
   */
  flush(): Promise<void>;
  /**
   * Ends the session from this side; the peer has `closeTimeoutMs` to answer.
   *
   * @param code 1000 or 3000 to 4999; default 1000
   * @param reason at most 123 bytes of UTF-8; default empty
   */
  close(code?: number, reason?: string): Promise<WebSocketClose>;
}

type Message = WebSocketMessage<WebSocketBinaryType>;

/** A view of the socket's owner, bound to the reader's signal. */
export class OwnedSession implements WebSocketSession<WebSocketBinaryType> {
  /** The number of the session in the machine. */
  readonly epoch: number;
  readonly #owner: SocketOwner;
  readonly #sender: Sender;
  readonly #scope: Abortable | undefined;

  constructor(epoch: number, owner: SocketOwner, sender: Sender, scope?: Abortable) {
    this.epoch = epoch;
    this.#owner = owner;
    this.#sender = sender;
    this.#scope = scope;
  }

  /** The same WebSocket, whose messages end with the signal of `scope`. */
  within(scope: Abortable): OwnedSession {
    return new OwnedSession(this.epoch, this.#owner, this.#sender, scope);
  }

  get url(): string {
    return this.#owner.url;
  }

  get extensions(): string {
    return this.#owner.socket.extensions ?? '';
  }

  get protocol(): string {
    return this.#owner.socket.protocol;
  }

  get bufferedAmount(): number {
    return this.#owner.socket.bufferedAmount;
  }

  get closed(): Promise<WebSocketClose> {
    return this.#owner.closed;
  }

  [Symbol.asyncIterator](): AsyncIterator<Message> {
    return this.#messagesWithin(this.#scope);
  }

  messages(options: { readonly signal?: AbortSignal } = {}): AsyncIterableIterator<Message> {
    const signal = signalOf(options);
    return this.#messagesWithin(signal && { signal });
  }

  #messagesWithin(scope: Abortable | undefined): AsyncIterableIterator<Message> {
    const { queue } = this.#owner;
    return {
      next: () => queue.take(scope) as Promise<IteratorResult<Message, undefined>>,
      return: () => Promise.resolve({ done: true, value: undefined }),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  send(data: WebSocketData): Promise<void> {
    return this.#sender.send(data, this.#scope);
  }

  flush(): Promise<void> {
    return this.#sender.flush(this.#scope);
  }

  /** Waits until everything has been sent, as long as data keeps moving; rejects when the session ends before. */
  async finish(): Promise<void> {
    const owner = this.#owner;
    if (owner.close !== undefined || owner.socket.bufferedAmount === 0) return;
    owner.expire();
    await this.#sender.flush();
    // A close in progress keeps its deadline.
    if (owner.socket.readyState === OPEN) owner.stopExpiry();
  }

  close(code = 1000, reason = ''): Promise<WebSocketClose> {
    this.#owner.requestClose(checkCloseCode('code', code), checkCloseReason(reason));
    return this.#owner.closed;
  }

  /**
   * How the session ended, even if `run` is still reading; known before `run` can have settled because of it.
   *
   * @param mark converts the error that broke the session to the error that the machine receives
   */
  ended(mark: (error: Error) => unknown): Promise<ConnectionEnd> {
    return this.#owner.ended.then(({ code, reason, wasClean, error }) => {
      const drained = this.#owner.queue.drained();
      return {
        detail: { code, reason: printable(reason), wasClean },
        ...(error && { error: mark(error) }),
        ...(drained && { drained }),
      };
    });
  }

  /** Resolves when the session, which begins now, is old enough to be renewed; never if it ends before. */
  aged(age: Omit<AgeWatch, 'onAge'>): Promise<ConnectionEnd> {
    return new Promise((resolve) => {
      const onAge = () => resolve({ detail: { by: 'age' } });
      this.#owner.whenEnded(watchAge({ ...age, onAge }));
    });
  }

  /** Resolves at a sign of life, or when the session has ended. */
  async probe(): Promise<void> {
    await this.#owner.probe?.();
  }

  /** Drops unread messages, and closes; undefined when the socket is already gone. */
  release(code: number): Promise<void> | undefined {
    return this.#owner.release(code);
  }
}
