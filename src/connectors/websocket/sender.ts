import type { Clock } from '../../core/clock.js';
import { type Abortable, isAborted } from '../../core/whenAborted.js';
import { untilAborted } from '../../core/untilAborted.js';
import { checkData } from './checkData.js';
import { closeErrorOf } from './close.js';
import type { SocketOwner } from './socketOwner.js';
import { OPEN, type WebSocketData } from './socketLike.js';

/** No WebSocket reports that its buffer is empty, so the buffer is checked: soon at first, then less often. */
const FIRST_LOOK_MS = 1;
const LOOK_EVERY_MS = 16;

interface Waiter {
  /** How much may still be unsent, in bytes. */
  readonly limit: number;
  readonly wake: () => void;
}

/** Sends messages, and makes the caller wait while more than `highWaterMark` bytes are unsent. */
export class Sender {
  readonly #owner: SocketOwner;
  readonly #highWaterMark: number;
  readonly #clock: Clock;
  #timer: unknown;
  #waiters: Waiter[] = [];
  #isAllOut = true;

  constructor(owner: SocketOwner, highWaterMark: number, clock: Clock) {
    this.#owner = owner;
    this.#highWaterMark = highWaterMark;
    this.#clock = clock;
    owner.whenEnded(({ wasClean }) => {
      clock.clearTimeout(this.#timer);
      // The data may have been sent since the last check. Only a clean close proves it: after other closes, the buffer
      // is empty because it was dropped.
      this.#isAllOut ||= wasClean && owner.socket.bufferedAmount === 0;
      this.#wake(Infinity);
    });
  }

  /** @param scope its signal aborts the wait, unless it is already aborted: a last message may take its time */
  send(data: WebSocketData, scope?: Abortable): Promise<void> {
    checkData('data', data);
    const { socket } = this.#owner;
    if (socket.readyState !== OPEN) return quiet(this.#closing());
    this.#owner.send(() => socket.send(data));
    this.#isAllOut = socket.bufferedAmount === 0;
    return quiet(this.#below(this.#highWaterMark, scope));
  }

  /** Resolves when everything has been sent. */
  flush(scope?: Abortable): Promise<void> {
    return quiet(this.#below(0, scope));
  }

  async #below(limit: number, scope: Abortable | undefined): Promise<void> {
    const isDone = () => this.#isAllOut || this.#owner.close === undefined;
    if (isDone() && this.#waiting() <= limit) return;
    if (this.#owner.close === undefined) await this.#drainedWithin(limit, scope);
    if (!isDone()) await this.#closing();
  }

  #waiting(): number {
    const { bufferedAmount } = this.#owner.socket;
    this.#isAllOut ||= bufferedAmount === 0 && this.#owner.close === undefined;
    return this.#isAllOut ? 0 : bufferedAmount;
  }

  /** A close is in progress: only its code says whether another attempt may succeed. */
  async #closing(): Promise<void> {
    this.#owner.expire();
    throw closeErrorOf(await this.#owner.ended);
  }

  #drainedWithin(limit: number, scope: Abortable | undefined): Promise<void> {
    const drained = new Promise<void>((wake) => {
      this.#waiters.push({ limit, wake });
      if (this.#waiters.length === 1) this.#look(FIRST_LOOK_MS);
    });
    return scope === undefined || isAborted(scope) ? drained : untilAborted(drained, scope);
  }

  #look(nextMs: number): void {
    this.#wake(this.#waiting());
    if (this.#waiters.length === 0) return;
    const look = () => this.#look(Math.min(nextMs * 2, LOOK_EVERY_MS));
    if (isHidden()) turn(look);
    else this.#timer = this.#clock.setTimeout(look, nextMs);
  }

  #wake(waiting: number): void {
    const waiters = this.#waiters;
    const isOver = this.#owner.close !== undefined;
    this.#waiters = waiters.filter(({ limit }) => !isOver && waiting > limit);
    for (const { limit, wake } of waiters) if (isOver || waiting <= limit) wake();
  }
}

/** Handles a rejection, because not every caller awaits the result; the messages report the end of the session, too. */
function quiet(sending: Promise<void>): Promise<void> {
  sending.catch(() => {});
  return sending;
}

/** Browsers slow the timers of a hidden page down to one a second, or one a minute. */
function isHidden(): boolean {
  const { document } = globalThis as { document?: { readonly visibilityState?: string } };
  return document?.visibilityState === 'hidden';
}

/** Calls back in a way that no browser slows down. */
function turn(callback: () => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.addEventListener('message', () => {
    port1.close();
    callback();
  });
  port1.start();
  port2.postMessage(0);
}
