import type { Facade } from './facade.js';
import { registration } from './hub.js';
import { limits } from './limits.js';
import type { GuardedClient } from './serverTools.js';

/** How soon it is seen whether a client has read. */
const LOOK_EVERY_MS = 20;

/**
 * A client that watches. It is told of all facades when it says that it is there, a part at a time: no more waits
 * for it than it reads. However often it says so meanwhile, that is one answer.
 */
export class Watcher {
  readonly #client: GuardedClient;
  readonly #facades: ReadonlyMap<string, Facade>;
  /** Sessions that it is still to be told of. */
  readonly #pending = new Set<string>();
  #answeredAt = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(client: GuardedClient, facades: ReadonlyMap<string, Facade>) {
    this.#client = client;
    this.#facades = facades;
  }

  /** It says that it is there. What happens is told anyway: what it asks for it has just got. */
  hello(): void {
    const now = performance.now();
    if (this.#pending.size > 0 || now - this.#answeredAt < limits.answerEveryMs) return;
    this.#answeredAt = now;
    for (const sessionId of this.#facades.keys()) this.#pending.add(sessionId);
    this.#answer();
  }

  /** What happens to one that it has not been told of is in what it will be told. */
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

/** One that cannot be written is not shown; this runs by a timer of the app. */
function registrationOf(facade: Facade): string | undefined {
  try {
    return registration(facade);
  } catch {
    return undefined;
  }
}
