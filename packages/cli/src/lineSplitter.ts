import { tooLong } from './commandError.js';

const NEWLINE = 0x0a;
const EMPTY = Buffer.alloc(0);
/** The first room for the beginning of a line; it doubles when it is full. */
const ROOM_BYTES = 64;

/**
 * Makes lines, each with its end, of bytes that come in pieces. What is kept of a line is copied into one buffer that
 * doubles: however small the pieces, a byte is copied twice on average, and costs no more than two bytes of memory.
 */
export class LineSplitter {
  readonly #maxBytes: number;
  readonly #what: string;
  /** The beginning of a line, in the first `#headBytes` bytes. */
  #head: Buffer = EMPTY;
  #headBytes = 0;

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
      if (this.#headBytes + part.length > this.#maxBytes) throw tooLong(this.#what, this.#maxBytes);
      if (newline >= 0 && this.#headBytes === 0) {
        yield part;
        continue;
      }
      this.#keep(part);
      if (newline >= 0) yield this.takeRest();
    }
  }

  /** The line that is not whole yet: empty when there is none. */
  takeRest(): Buffer {
    const head = this.#head.subarray(0, this.#headBytes);
    this.#head = EMPTY;
    this.#headBytes = 0;
    return head;
  }

  #keep(part: Buffer): void {
    const bytes = this.#headBytes + part.length;
    if (bytes > this.#head.length) {
      const head = Buffer.allocUnsafe(Math.max(bytes, 2 * this.#head.length, ROOM_BYTES));
      this.#head.copy(head, 0, 0, this.#headBytes);
      this.#head = head;
    }
    part.copy(this.#head, this.#headBytes);
    this.#headBytes = bytes;
  }
}
