import type { LineQueue } from './lineQueue.js';
import type { Silence } from './silence.js';
import type { Wire } from './wire.js';

/** Sends what the queue brings, as long as the session lasts; after the last line, and a silence, our end. */
export class LineSender {
  readonly #wire: Wire;
  readonly #queue: LineQueue;
  readonly #silence: Silence;
  #isOver = false;
  #isLeaving = false;
  /** What a send failed with. */
  failure: { readonly error: unknown } | undefined;

  constructor(wire: Wire, queue: LineQueue, silence: Silence) {
    this.#wire = wire;
    this.#queue = queue;
    this.#silence = silence;
  }

  /** Sends nothing more: the session is over. */
  finish(): void {
    this.#isOver = true;
    this.#silence.skip();
    this.#queue.wake();
  }

  /** Waits for nothing more: what is in a closed queue is sent, an open one is left to the next session. */
  hurry(): void {
    this.#isLeaving = !this.#queue.isClosed;
    this.#silence.skip();
    this.#queue.wake();
  }

  /**
   * Resolves when all was sent, or the session is over.
   *
   * @param hello lines to send first
   */
  async run(hello: readonly Buffer[]): Promise<void> {
    if (hello.length > 0) await this.#sendHello(hello);
    while (!this.#isOver) {
      const lines = this.#isLeaving ? [] : this.#queue.take(this.#wire.batchBytes);
      if (lines.length > 0) await this.#send(lines);
      else if (!this.#isLeaving && !this.#queue.isDone) await this.#queue.changed();
      else {
        await this.#silence.wait();
        if (!this.#isOver) this.#wire.end();
        return;
      }
    }
  }

  async #sendHello(hello: readonly Buffer[]): Promise<void> {
    try {
      await this.#wire.send(hello);
    } catch (error) {
      this.failure = { error };
      this.#isOver = true;
    }
  }

  async #send(lines: readonly Buffer[]): Promise<void> {
    try {
      await this.#wire.send(lines);
      this.#queue.confirm(lines.length);
      this.#silence.restart();
    } catch (error) {
      // Not sent again: the peer may have got them, and twice can be worse than not at all.
      this.#queue.cutOff(lines.length);
      this.failure = { error };
      this.#isOver = true;
    }
  }
}
