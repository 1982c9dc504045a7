import type { Writable } from 'node:stream';
import { LineSplitter } from './lineSplitter.js';

const NEWLINE = 0x0a;

export interface LineOutputOptions {
  /** Whether only whole lines are written, so that no reader meets half of one. */
  readonly isWhole: boolean;
  /** The longest line that is kept until it is whole, in bytes. */
  readonly maxBytes: number;
}

/** What the connection brings, on its way to standard output. */
export class LineOutput {
  readonly #stream: Writable;
  readonly #splitter: LineSplitter | undefined;
  /** Whether the last byte written is not the end of a line. */
  #isMidLine = false;
  /** Whether a session ended in the middle of a line. */
  #mustBreak = false;

  constructor(stream: Writable, { isWhole, maxBytes }: LineOutputOptions) {
    this.#stream = stream;
    this.#splitter = isWhole ? new LineSplitter(maxBytes, 'line from the server') : undefined;
  }

  /**
   * Resolves when the reader keeps up.
   *
   * @throws CommandError for a line that is too long, of which nothing is written
   */
  async write(chunk: Buffer): Promise<void> {
    if (this.#splitter === undefined) return this.#put([chunk]);
    const lines: Buffer[] = [];
    try {
      for (const line of this.#splitter.split(chunk)) lines.push(line);
    } finally {
      await this.#put(lines);
    }
  }

  /**
   * A session is over: a last line without its end is written after a good one, dropped after a bad one.
   *
   * @returns the bytes dropped
   */
  async endSession(isGood: boolean): Promise<number> {
    const rest = this.#splitter?.takeRest() ?? Buffer.alloc(0);
    if (isGood) await this.#put([rest]);
    this.#mustBreak = this.#isMidLine;
    return isGood ? 0 : rest.length;
  }

  async #put(lines: readonly Buffer[]): Promise<void> {
    const bytes = Buffer.concat(lines);
    if (bytes.length === 0 || this.#stream.destroyed) return;
    // The lines of two sessions never become one.
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
}
