import { InvalidOptionError } from '../../errors.js';
import type { WebSocketClock } from './clock.js';
import type { Link } from './link.js';
import { OPEN, type WebSocketData } from './socketLike.js';

/** No WebSocket tells when its buffer empties, so it is looked at. */
const LOOK_EVERY_MS = 10;

/** Sends, and holds the sender back while more than `highWaterMark` bytes wait to go out. */
export class Sender {
  readonly #link: Link;
  readonly #highWaterMark: number;
  readonly #clock: WebSocketClock;
  #timer: unknown;
  #waiters: (() => void)[] = [];

  constructor(link: Link, highWaterMark: number, clock: WebSocketClock) {
    this.#link = link;
    this.#highWaterMark = highWaterMark;
    this.#clock = clock;
    link.whenClosed(() => {
      clock.clearTimeout(this.#timer);
      this.#wake();
    });
  }

  send(data: WebSocketData): Promise<void> {
    const sending = this.#send(data);
    // Not awaited by all who send; that the session has ended is told by its messages as well.
    sending.catch(() => {});
    return sending;
  }

  async #send(data: WebSocketData): Promise<void> {
    if (!isData(data)) {
      throw new InvalidOptionError('data', 'a string, an ArrayBuffer or a Uint8Array', data);
    }
    const { socket } = this.#link;
    if (socket.readyState === OPEN) {
      socket.send(data);
      if (socket.bufferedAmount <= this.#highWaterMark) return;
      await this.#drained();
      if (this.#link.close === undefined) return;
    }
    // A close is under way: only its code says whether another try may help.
    this.#link.expire();
    await this.#link.closed;
    throw this.#link.closeError;
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiters.push(resolve);
      if (this.#waiters.length === 1) this.#look();
    });
  }

  #look(): void {
    if (this.#link.socket.bufferedAmount <= this.#highWaterMark) return this.#wake();
    this.#timer = this.#clock.setTimeout(() => this.#look(), LOOK_EVERY_MS);
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }
}

function isData(data: unknown): data is WebSocketData {
  return typeof data === 'string' || data instanceof ArrayBuffer || data instanceof Uint8Array;
}
