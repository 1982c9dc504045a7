import { tooLong } from './commandError.js';

const NEWLINE = 0x0a;

/** Makes lines, each with its end, of bytes that come in pieces. */
export class LineSplitter {
  readonly #maxBytes: number;
  readonly #what: string;
  #parts: Buffer[] = [];
  #bytes = 0;

  /**
   * @param maxBytes the longest line, in bytes, its end included
   * @param what what such a line is called in the error
   */
  constructor(maxBytes: number, what: string) {
    this.#maxBytes = maxBytes;
    this.#what = what;
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
        throw tooLong(this.#what, this.#maxBytes);
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
