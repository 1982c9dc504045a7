import type { Socket } from 'node:net';

/** So many chunks that are held become one: one of a single byte takes hundreds. */
const MERGED_CHUNKS = 64;

/** How far a socket is read ahead of its reader, and who hears of what. */
export interface ReadAheadTerms {
  readonly readAheadBytes: number;
  /** Called when the peer has ended. */
  readonly onFin: () => void;
  /** Called when more than `readAheadBytes` wait for the reader; the socket is paused then. */
  readonly onOverflow: () => void;
}

/**
 * Reads a socket while nobody does: Node stops when its own buffer is full, and sees no end behind that. What the
 * buffer has no room for is held here, so that a reader finds the socket as it always is.
 */
export class ReadAhead {
  readonly #socket: Socket;
  readonly #terms: ReadAheadTerms;
  readonly #push: Socket['push'];
  readonly #read: Socket['_read'];
  /** What the socket has not been given yet; null, the last, is the end. */
  readonly #held: (Buffer | null)[] = [];
  #heldBytes = 0;
  /** How many chunks have come since some were made one. */
  #unmerged = 0;
  /** Whether the socket has room. It asks for more only once, so this must not be forgotten. */
  #isAsked = true;

  constructor(socket: Socket, terms: ReadAheadTerms) {
    this.#socket = socket;
    this.#terms = terms;
    // oxlint-disable-next-line typescript/unbound-method -- called with the socket
    ({ push: this.#push, _read: this.#read } = socket);
    socket.push = (chunk: Buffer | null) => this.#take(chunk);
    // oxlint-disable-next-line no-underscore-dangle -- the name that Node gave it
    socket._read = (size) => this.#answer(size);
  }

  /** How much has arrived and was not read. */
  get unreadBytes(): number {
    return this.#socket.readableLength + this.#heldBytes;
  }

  /** Leaves the socket as Node made it, with all that was held in its own buffer. */
  stop(): void {
    const socket: Partial<Pick<Socket, 'push' | '_read'>> = this.#socket;
    delete socket.push;
    // oxlint-disable-next-line no-underscore-dangle -- the name that Node gave it
    delete socket._read;
    while (this.#held.length > 0) this.#pass();
  }

  /** What Node calls with each chunk, and null for the end; after false it does not read until `_read`. */
  #take(chunk: Buffer | null): boolean {
    if (chunk === null) this.#terms.onFin();
    this.#hold(chunk);
    this.#passWhileAsked();
    if (this.#isWanted()) return true;
    if (chunk !== null) this.#terms.onOverflow();
    return false;
  }

  /** What the socket calls when its own buffer has room. */
  #answer(size: number): void {
    this.#isAsked = true;
    this.#passWhileAsked();
    if (this.#isWanted()) this.#read.call(this.#socket, size);
  }

  #isWanted(): boolean {
    return this.#isAsked || this.unreadBytes <= this.#terms.readAheadBytes;
  }

  #hold(chunk: Buffer | null): void {
    this.#held.push(chunk);
    if (chunk === null) return;
    this.#heldBytes += chunk.length;
    this.#unmerged += 1;
    if (this.#unmerged < MERGED_CHUNKS) return;
    this.#held.push(Buffer.concat(this.#held.splice(-MERGED_CHUNKS) as Buffer[]));
    this.#unmerged = 0;
  }

  #passWhileAsked(): void {
    while (this.#isAsked && this.#held.length > 0) {
      // Before the push: what that calls may read, and ask again.
      this.#isAsked = false;
      if (this.#pass()) this.#isAsked = true;
    }
  }

  #pass(): boolean {
    const chunk = this.#held.shift() as Buffer | null;
    this.#heldBytes -= chunk?.length ?? 0;
    return this.#push.call(this.#socket, chunk);
  }
}
