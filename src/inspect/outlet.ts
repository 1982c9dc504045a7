import type { Clock } from './backgroundClock.js';
import type { InspectorWebSocket } from './options.js';

/** How often a server that lags is looked at, in milliseconds. */
const POLL_MS = 50;

/** What a new server, or one that missed something, is told: how many events it missed, and what is there now. */
export interface Recap {
  missed(count: number): string;
  picture(): Iterable<string>;
}

/**
 * The way to the server. Until it is known whether one listens, a first few frames wait; when none does,
 * frames are not even made, only counted; when one lags, what would be too much to wait is dropped and
 * counted.
 */
export class Outlet {
  readonly #maxBytes: number;
  readonly #recap: Recap;
  #early: string[] | undefined = [];
  #earlyBytes = 0;
  #socket: InspectorWebSocket | undefined;
  #missed = 0;
  #isBehind = false;
  #picture: Iterator<string> | undefined;
  #timer: unknown;
  #onSettled: () => void = () => {};
  readonly #clock: Clock;

  constructor(maxBytes: number, clock: Clock, recap: Recap) {
    this.#clock = clock;
    this.#maxBytes = maxBytes;
    this.#recap = recap;
  }

  /** Whether a frame has somewhere to go; otherwise `miss` it, and save the work. */
  get wantsFrames(): boolean {
    return this.#socket !== undefined || this.#early !== undefined;
  }

  get isOpen(): boolean {
    return this.#socket !== undefined;
  }

  /** Events that the server has not been told of. */
  get missed(): number {
    return this.#missed;
  }

  miss(): void {
    this.#missed += 1;
  }

  send(frame: string): void {
    if (this.#socket === undefined) this.#keep(frame);
    else if (this.#socket.bufferedAmount + frame.length <= this.#maxBytes) this.#socket.send(frame);
    else {
      this.miss();
      this.#isBehind = true;
      this.#poll(this.#socket);
    }
  }

  /** Resolves when it is known whether a server listens, or the time is over. */
  settledWithin(timeoutMs: number): Promise<void> {
    if (this.#early === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.#clock.setTimeout(resolve, timeoutMs);
      this.#onSettled = () => {
        this.#clock.clearTimeout(timer);
        resolve();
      };
    });
  }

  /** A server listens. */
  open(socket: InspectorWebSocket): void {
    this.#socket = socket;
    this.#flushEarly(socket);
    this.#catchUp(socket);
    this.#onSettled();
  }

  /** No server listens. */
  close(): void {
    this.#socket = undefined;
    this.#missed += this.#early?.length ?? 0;
    this.#early = undefined;
    this.#picture = undefined;
    this.#isBehind = false;
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#onSettled();
  }

  /** No more will be told: the last word is how much was missed. */
  finish(socket: InspectorWebSocket): void {
    this.close();
    if (this.#missed === 0) return;
    socket.send(this.#recap.missed(this.#missed));
    this.#missed = 0;
  }

  #keep(frame: string): void {
    const early = this.#early ?? [];
    this.#earlyBytes += frame.length;
    if (this.#earlyBytes <= this.#maxBytes) early.push(frame);
    else {
      this.#missed += early.length + 1;
      this.#early = undefined;
    }
  }

  /** What came before the first server: all of it, or the picture instead. */
  #flushEarly(socket: InspectorWebSocket): void {
    const early = this.#early;
    this.#early = undefined;
    this.#isBehind = true;
    if (early === undefined) return;
    try {
      for (const frame of early) socket.send(frame);
      this.#isBehind = false;
    } catch {
      // The class is broken, or the socket has closed: then it will be another.
      this.#missed += early.length;
    }
  }

  /** Tells what was missed and shows what is there, as far as there is room; the rest comes later. */
  #catchUp(socket: InspectorWebSocket): void {
    const hasRoom = () => socket.bufferedAmount < this.#maxBytes / 2;
    try {
      if (this.#isBehind && hasRoom()) this.#tellMissed(socket);
      while (this.#picture !== undefined && hasRoom()) {
        const { done, value } = this.#picture.next();
        if (done) this.#picture = undefined;
        else socket.send(value);
      }
    } catch {
      // A socket that fails closes; an actor that cannot be read is not shown.
      this.#picture = undefined;
    }
    if (this.#isBehind || this.#picture !== undefined) this.#poll(socket);
  }

  #tellMissed(socket: InspectorWebSocket): void {
    if (this.#missed > 0) socket.send(this.#recap.missed(this.#missed));
    this.#missed = 0;
    this.#isBehind = false;
    this.#picture = this.#recap.picture()[Symbol.iterator]();
  }

  #poll(socket: InspectorWebSocket): void {
    this.#timer ??= this.#clock.setTimeout(() => {
      this.#timer = undefined;
      this.#catchUp(socket);
    }, POLL_MS);
  }
}
