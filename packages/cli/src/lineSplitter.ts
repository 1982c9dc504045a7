import { tooLong } from './commandError.js';

const NEWLINE = 0x0a;
const EMPTY = Buffer.alloc(0);
/** Initial size of the buffer for the beginning of a line; it doubles when it is full. */
const ROOM_BYTES = 64;

/**
 * Splits bytes that arrive in pieces into lines with their ends. The beginning of a line is copied into one buffer that
 * doubles: even with tiny pieces, a byte is copied twice on average, and takes at most two bytes of memory.
 */
export class LineSplitter {
  readonly #maxBytes: number;
  readonly #what: string;
  /** The beginning of a line, in the first `#headBytes` bytes. */
  #head: Buffer = EMPTY;
  #headBytes = 0;

  /**
   * @param maxBytes maximum length of a line in bytes, including its end
   * @param what the name of such a line in the error
   */
  constructor(maxBytes: number, what: string) {
    this.#maxBytes = maxBytes;
    this.#what = what;
  }

  /**
   * Yields the complete lines.
   *
   * @throws CommandError at a line that is too long
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

  /** Returns the incomplete line; empty if there is none. */
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
