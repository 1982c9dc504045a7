import { LineTooLongError } from './errors.js';

export const NEWLINE = 0x0a;
const RETURN = 0x0d;
const EMPTY = Buffer.alloc(0);
/** Initial size of the buffer for the beginning of a line; it doubles when it is full. */
const ROOM_BYTES = 64;

/**
 * Splits bytes that arrive in pieces into lines. The beginning of a line is copied into one buffer that doubles: even
 * with tiny pieces, a byte is copied twice on average, and takes at most two bytes of memory.
 */
export class LineBuffer {
  /** The latest piece; its first `#start` bytes have been used. */
  #chunk: Buffer = EMPTY;
  #start = 0;
  /** The beginning of a line, in the first `#headBytes` bytes. */
  #head: Buffer = EMPTY;
  #headBytes = 0;

  /** Adds bytes; all earlier lines must have been taken. */
  put(chunk: Buffer): void {
    this.#chunk = chunk;
    this.#start = 0;
  }

  /**
   * Returns the next line without its line end, if it is complete.
   *
   * @throws LineTooLongError when the line is longer than `maxBytes`, including its end; nothing is lost then
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

  /** Returns the beginning of a line whose end will not arrive; empty if there is none. */
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

/** The text of a line without its line end. */
function textOf(bytes: Buffer, start = 0, end = bytes.length): string {
  const hasReturn = end - start > 1 && bytes[end - 2] === RETURN;
  return bytes.toString('utf8', start, end - (hasReturn ? 2 : 1));
}
