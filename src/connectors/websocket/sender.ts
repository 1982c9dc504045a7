import type { Clock } from '../../core/clock.js';
import { InvalidOptionError } from '../../core/errors.js';
import { type Abortable, isAborted } from '../../core/whenAborted.js';
import { untilAborted } from '../untilAborted.js';
import { closeErrorOf } from './close.js';
import type { SocketOwner } from './socketOwner.js';
import { OPEN, type WebSocketData } from './socketLike.js';

/** No WebSocket tells when its buffer empties, so it is looked at: soon, then less often. */
const FIRST_LOOK_MS = 1;
const LOOK_EVERY_MS = 16;

/** Sends, and holds the sender back while more than `highWaterMark` bytes wait to go out. */
export class Sender {
  readonly #owner: SocketOwner;
  readonly #highWaterMark: number;
  readonly #clock: Clock;
  #timer: unknown;
  #waiters: (() => void)[] = [];

  constructor(owner: SocketOwner, highWaterMark: number, clock: Clock) {
    this.#owner = owner;
    this.#highWaterMark = highWaterMark;
    this.#clock = clock;
    owner.whenEnded(() => {
      clock.clearTimeout(this.#timer);
      this.#wake();
    });
  }

  /** @param scope whose signal ends the waiting, unless it is aborted before: a last word may take its time */
  send(data: WebSocketData, scope?: Abortable): Promise<void> {
    const sending = this.#send(data, scope);
    // Not awaited by all who send; that the session has ended is told by its messages as well.
    sending.catch(() => {});
    return sending;
  }

  async #send(data: WebSocketData, scope: Abortable | undefined): Promise<void> {
    if (!isData(data)) {
      throw new InvalidOptionError('data', 'a string, an ArrayBuffer or a Uint8Array', data);
    }
    const { socket } = this.#owner;
    if (socket.readyState === OPEN) {
      this.#owner.send(() => socket.send(data));
      if (socket.bufferedAmount <= this.#highWaterMark) return;
      await this.#drainedWithin(scope);
      if (this.#owner.close === undefined) return;
    }
    // A close is under way: only its code says whether another try may help.
    this.#owner.expire();
    throw closeErrorOf(await this.#owner.ended);
  }

  #drainedWithin(scope: Abortable | undefined): Promise<void> {
    const drained = this.#drained();
    return scope === undefined || isAborted(scope) ? drained : untilAborted(drained, scope);
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiters.push(resolve);
      if (this.#waiters.length === 1) this.#look(FIRST_LOOK_MS);
    });
  }

  #look(nextMs: number): void {
    if (this.#owner.socket.bufferedAmount <= this.#highWaterMark) return this.#wake();
    const look = () => this.#look(Math.min(nextMs * 2, LOOK_EVERY_MS));
    this.#timer = this.#clock.setTimeout(look, nextMs);
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
