import type { Clock } from '../core/clock.js';
import type { InspectorWebSocket } from './options.js';

/** How often a slow server is checked, in milliseconds. */
const POLL_MS = 50;

/** The frames for a server that is new or missed events: the number of missed events, and the current actors. */
export interface ResyncFrames {
  missed(count: number): string;
  actors(): Iterable<string>;
}

/**
 * Sends frames to the server. Until it is known whether a server listens, a few frames are kept. Without a server,
 * frames are not created but only counted. For a slow server, frames beyond the buffer's limit are dropped and counted.
 */
export class FrameSender {
  readonly #maxBytes: number;
  readonly #resync: ResyncFrames;
  #early: string[] | undefined = [];
  #earlyBytes = 0;
  #socket: InspectorWebSocket | undefined;
  #missed = 0;
  #isBehind = false;
  #actors: Iterator<string> | undefined;
  #timer: unknown;
  #onSettled: () => void = () => {};
  readonly #clock: Clock;

  constructor(maxBytes: number, clock: Clock, resync: ResyncFrames) {
    this.#clock = clock;
    this.#maxBytes = maxBytes;
    this.#resync = resync;
  }

  /** True if a frame can be sent; if false, call `miss` and skip the work. */
  get wantsFrames(): boolean {
    return this.#socket !== undefined || this.#early !== undefined;
  }

  get isOpen(): boolean {
    return this.#socket !== undefined;
  }

  /** Number of events that were not sent to the server. */
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

  /** Resolves when it is known whether a server listens, or after the timeout. */
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

  /** A server has connected. */
  open(socket: InspectorWebSocket): void {
    this.#socket = socket;
    this.#flushEarly(socket);
    this.#catchUp(socket);
    this.#onSettled();
  }

  /** The server has disconnected. */
  close(): void {
    this.#socket = undefined;
    this.#missed += this.#early?.length ?? 0;
    this.#early = undefined;
    this.#actors = undefined;
    this.#isBehind = false;
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#onSettled();
  }

  /** Sends the number of missed events as the last frame; nothing is sent after that. */
  finish(socket: InspectorWebSocket): void {
    this.close();
    if (this.#missed === 0) return;
    socket.send(this.#resync.missed(this.#missed));
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

  /** Sends the frames from before the first server: either all of them, or the current actors instead. */
  #flushEarly(socket: InspectorWebSocket): void {
    const early = this.#early;
    this.#early = undefined;
    this.#isBehind = true;
    if (early === undefined) return;
    try {
      for (const frame of early) socket.send(frame);
      this.#isBehind = false;
    } catch {
      // The class is broken, or the socket has closed: another one will follow.
      this.#missed += early.length;
    }
  }

  /** Sends the number of missed events and the current actors, as far as there is room; the rest follows later. */
  #catchUp(socket: InspectorWebSocket): void {
    const hasRoom = () => socket.bufferedAmount < this.#maxBytes / 2;
    try {
      if (this.#isBehind && hasRoom()) this.#resendActors(socket);
      while (this.#actors !== undefined && hasRoom()) {
        const { done, value } = this.#actors.next();
        if (done) this.#actors = undefined;
        else socket.send(value);
      }
    } catch {
      // A socket that fails will close; an actor that cannot be read is not shown.
      this.#actors = undefined;
    }
    if (this.#isBehind || this.#actors !== undefined) this.#poll(socket);
  }

  #resendActors(socket: InspectorWebSocket): void {
    if (this.#missed > 0) socket.send(this.#resync.missed(this.#missed));
    this.#missed = 0;
    this.#isBehind = false;
    this.#actors = this.#resync.actors()[Symbol.iterator]();
  }

  #poll(socket: InspectorWebSocket): void {
    this.#timer ??= this.#clock.setTimeout(() => {
      this.#timer = undefined;
      this.#catchUp(socket);
    }, POLL_MS);
  }
}
