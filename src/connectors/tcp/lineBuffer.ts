import { LineTooLongError } from './errors.js';

export const NEWLINE = 0x0a;
const RETURN = 0x0d;
const EMPTY = Buffer.alloc(0);
/** The first room for the beginning of a line; it doubles when it is full. */
const ROOM_BYTES = 64;

/**
 * Makes lines of bytes that come in pieces. What is kept of a line is copied into one buffer that doubles: however small
 * the pieces, a byte is copied twice on average, and costs no more than two bytes of memory.
 */
export class LineBuffer {
  /** What came last; its first `#start` bytes are done with. */
  #chunk: Buffer = EMPTY;
  #start = 0;
  /** The beginning of a line, in the first `#headBytes` bytes. */
  #head: Buffer = EMPTY;
  #headBytes = 0;

  /** Adds bytes; every line of those before must have been taken. */
  put(chunk: Buffer): void {
    this.#chunk = chunk;
    this.#start = 0;
  }

  /**
   * The next line without its end, if it is whole.
   *
   * @throws LineTooLongError when it is longer than `maxBytes`, its end included; nothing is lost then
   */
  take(maxBytes: number): string | undefined {
    const start = this.#start;
    const newline = this.#chunk.indexOf(NEWLINE, start);
    const end = newline < 0 ? this.#chunk.length : newline + 1;
    if (this.#headBytes + end - start > maxBytes) throw new LineTooLongError(maxBytes);
    this.#start = end;
    if (newline >= 0 && this.#headBytes === 0) return textOf(this.#chunk, start, end);
    this.#keep(this.#chunk.subarray(start, end));
    if (newline >= 0) return textOf(this.#takeHead());
    this.put(EMPTY);
    return undefined;
  }

  /** The beginning of a line whose end will not come; empty if there is none. */
  takeRest(): Buffer {
    this.#keep(this.#chunk.subarray(this.#start));
    this.put(EMPTY);
    return this.#takeHead();
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

  #takeHead(): Buffer {
    const head = this.#head.subarray(0, this.#headBytes);
    this.#head = EMPTY;
    this.#headBytes = 0;
    return head;
  }
}

/** The text of a line with its end, without that. */
function textOf(bytes: Buffer, start = 0, end = bytes.length): string {
  const hasReturn = end - start > 1 && bytes[end - 2] === RETURN;
  return bytes.toString('utf8', start, end - (hasReturn ? 2 : 1));
}
