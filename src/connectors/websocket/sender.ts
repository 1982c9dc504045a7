import type { Clock } from '../../core/clock.js';
import { type Abortable, isAborted } from '../../core/whenAborted.js';
import { untilAborted } from '../untilAborted.js';
import { checkData } from './checkData.js';
import { closeErrorOf } from './close.js';
import type { SocketOwner } from './socketOwner.js';
import { OPEN, type WebSocketData } from './socketLike.js';

/** No WebSocket reports that its buffer is empty, so the buffer is looked at: soon, then less often. */
const FIRST_LOOK_MS = 1;
const LOOK_EVERY_MS = 16;

interface Waiter {
  /** How much may still wait to go out, in bytes. */
  readonly limit: number;
  readonly wake: () => void;
}

/** Sends, and holds the sender back while more than `highWaterMark` bytes wait to go out. */
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
      // It may have gone out since the last look. Only a clean close says so: other ends forget what they drop.
      this.#isAllOut ||= wasClean && owner.socket.bufferedAmount === 0;
      this.#wake(Infinity);
    });
  }

  /** @param scope whose signal ends the waiting, unless it is aborted before: a last word may take its time */
  send(data: WebSocketData, scope?: Abortable): Promise<void> {
    checkData('data', data);
    const { socket } = this.#owner;
    if (socket.readyState !== OPEN) return quiet(this.#closing());
    this.#owner.send(() => socket.send(data));
    this.#isAllOut = socket.bufferedAmount === 0;
    return quiet(this.#below(this.#highWaterMark, scope));
  }

  /** Resolves when all that was sent has gone out. */
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

  /** A close is under way: only its code says whether another try may help. */
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

/** Not awaited by all who send; that the session has ended is told by its messages as well. */
function quiet(sending: Promise<void>): Promise<void> {
  sending.catch(() => {});
  return sending;
}

/** Browsers let a timer of a hidden page come once a second, or once a minute. */
function isHidden(): boolean {
  const { document } = globalThis as { document?: { readonly visibilityState?: string } };
  return document?.visibilityState === 'hidden';
}

/** What no browser slows down. */
function turn(callback: () => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.addEventListener('message', () => {
    port1.close();
    callback();
  });
  port1.start();
  port2.postMessage(0);
}
