import type { Facade } from './facade.js';
import { registration } from './hub.js';
import { limits } from './limits.js';
import type { GuardedClient } from './serverTools.js';

/** How often it is checked whether a client has read, in milliseconds. */
const LOOK_EVERY_MS = 20;

/**
 * A client that watches. When it announces itself it receives all facades, a part at a time: no more data waits for it
 * than it reads. Repeated announcements meanwhile cause only one answer.
 */
export class Watcher {
  readonly #client: GuardedClient;
  readonly #facades: ReadonlyMap<string, Facade>;
  /** Sessions that it has not received yet. */
  readonly #pending = new Set<string>();
  #answeredAt = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(client: GuardedClient, facades: ReadonlyMap<string, Facade>) {
    this.#client = client;
    this.#facades = facades;
  }

  /**
   * The client announces itself. Later events are sent in any case; a request for data that it has just received is
   * ignored.
   */
  hello(): void {
    const now = performance.now();
    if (this.#pending.size > 0 || now - this.#answeredAt < limits.answerEveryMs) return;
    this.#answeredAt = now;
    for (const sessionId of this.#facades.keys()) this.#pending.add(sessionId);
    this.#answer();
  }

  /** Sends an event; events of a session that the client has not received yet are part of what it will receive. */
  send(frame: string, sessionId: string): void {
    if (this.#pending.has(sessionId)) return;
    if (this.#client.bufferedAmount > limits.bufferedBytes) this.#client.terminate();
    else this.#send(frame);
  }

  /** The session has ended. */
  forget(sessionId: string): void {
    this.#pending.delete(sessionId);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#pending.clear();
  }

  #answer(): void {
    this.#timer = undefined;
    let room = limits.answerBytes - this.#client.bufferedAmount;
    for (const sessionId of this.#pending) {
      if (room <= 0) break;
      this.#pending.delete(sessionId);
      const facade = this.#facades.get(sessionId);
      const frame = facade && registrationOf(facade);
      if (frame === undefined) continue;
      this.#send(frame);
      room -= frame.length;
    }
    if (this.#pending.size > 0) {
      this.#timer = setTimeout(() => this.#answer(), LOOK_EVERY_MS);
    } else this.#answeredAt = performance.now();
  }

  #send(frame: string): void {
    if (this.#client.readyState === this.#client.OPEN) this.#client.send(frame);
  }
}

/** A facade that cannot be serialized is not shown; this runs in a timer of the app. */
function registrationOf(facade: Facade): string | undefined {
  try {
    return registration(facade);
  } catch {
    return undefined;
  }
}
