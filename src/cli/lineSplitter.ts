import { CommandError } from './commandError.js';

const NEWLINE = 0x0a;

/** Makes lines, each with its end, of bytes that come in pieces. */
export class LineSplitter {
  readonly #maxBytes: number;
  readonly #source: string;
  #parts: Buffer[] = [];
  #bytes = 0;

  /**
   * @param maxBytes the longest line, in bytes, its end included
   * @param source where the lines come from, for the error
   */
  constructor(maxBytes: number, source: string) {
    this.#maxBytes = maxBytes;
    this.#source = source;
  }

  /**
   * Yields the lines that are whole now.
   *
   * @throws CommandError when it comes to a line that is too long
   */
  *split(chunk: Buffer): Generator<Buffer, void, void> {
    for (let start = 0; start < chunk.length;) {
      const newline = chunk.indexOf(NEWLINE, start);
      const part = chunk.subarray(start, newline < 0 ? chunk.length : newline + 1);
      start += part.length;
      this.#parts.push(part);
      this.#bytes += part.length;
      if (this.#bytes > this.#maxBytes) {
        throw new CommandError(
          'ERR_LINE_TOO_LONG',
          `a line ${this.#source} is longer than ${this.#maxBytes} bytes`,
          'allow longer ones with --max-message, up to 1GiB',
        );
      }
      if (newline >= 0) yield this.takeRest();
    }
  }

  /** The line that is not whole yet: empty when there is none. */
  takeRest(): Buffer {
    const [first, ...others] = this.#parts;
    this.#parts = [];
    this.#bytes = 0;
    return others.length === 0
      ? (first ?? Buffer.alloc(0))
      : Buffer.concat([first as Buffer, ...others]);
  }
}
