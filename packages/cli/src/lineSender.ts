import type { LineQueue } from './lineQueue.js';
import type { Silence } from './silence.js';
import type { Wire } from './wire.js';

/** Sends the queue's lines during the session; after the last line, and a silence, it ends this side. */
export class LineSender {
  readonly #wire: Wire;
  readonly #queue: LineQueue;
  readonly #silence: Silence;
  #isOver = false;
  #isLeaving = false;
  /** The error of a failed send. */
  failure: { readonly error: unknown } | undefined;

  constructor(wire: Wire, queue: LineQueue, silence: Silence) {
    this.#wire = wire;
    this.#queue = queue;
    this.#silence = silence;
  }

  /** Stops sending: the session has ended. */
  finish(): void {
    this.#isOver = true;
    this.#silence.skip();
    this.#queue.wake();
  }

  /** Stops waiting: sends the rest of a closed queue, and leaves an open one to the next session. */
  hurry(): void {
    this.#isLeaving = !this.#queue.isClosed;
    this.#silence.skip();
    this.#queue.wake();
  }

  /**
   * Resolves when everything was sent, or the session has ended.
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
      // Not sent again: the peer may have received them, and a duplicate can be worse than a loss.
      this.#queue.cutOff(lines.length);
      this.failure = { error };
      this.#isOver = true;
    }
  }
}
