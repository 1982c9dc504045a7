import type { Writable } from 'node:stream';

const NEWLINE = 0x0a;

/** The destination of received data. */
export interface Output {
  /** Resolves when the reader keeps up. */
  write(chunk: Buffer): Promise<void>;
  /**
   * A session has ended.
   *
   * @returns the bytes dropped
   */
  endSession(isGood: boolean): Promise<number>;
}

/** Standard output, at the speed of its reader. The lines of two sessions are never joined. */
export class StreamOutput {
  readonly #stream: Writable;
  /** True if the last byte written is not the end of a line. */
  #isMidLine = false;
  /** True if a session ended in the middle of a line. */
  #mustBreak = false;

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  /** Resolves when the reader keeps up. */
  async write(bytes: Buffer): Promise<void> {
    if (bytes.length === 0 || this.#stream.destroyed) return;
    const isFlowing = this.#mustBreak
      ? this.#stream.write(Buffer.concat([Buffer.of(NEWLINE), bytes]))
      : this.#stream.write(bytes);
    this.#mustBreak = false;
    this.#isMidLine = bytes.at(-1) !== NEWLINE;
    if (isFlowing) return;
    await new Promise<void>((resolve) => {
      const settle = () => {
        this.#stream.off('drain', settle).off('close', settle);
        resolve();
      };
      this.#stream.on('drain', settle).on('close', settle);
    });
  }

  /** Makes the next session begin on a new line. */
  endSession(): void {
    this.#mustBreak = this.#isMidLine;
  }
}
