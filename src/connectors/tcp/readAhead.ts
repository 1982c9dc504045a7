import type { Socket } from 'node:net';

/** This many held chunks are merged into one: a chunk of a single byte takes hundreds of bytes. */
const MERGED_CHUNKS = 64;

/** How far to read a socket ahead of its reader, and the callbacks. */
export interface ReadAheadTerms {
  readonly readAheadBytes: number;
  /** Called when the peer has ended. */
  readonly onFin: () => void;
  /** Called when more than `readAheadBytes` wait for the reader; the socket is paused then. */
  readonly onOverflow: () => void;
}

/** A socket that is read ahead of its reader. */
export interface ReadAhead {
  /** Bytes that have arrived and were not read. */
  unreadBytes(): number;
  /** True if the socket is paused because of unread data. */
  isFull(): boolean;
  /** Restores the socket as Node made it, with all held data in its own buffer. */
  stop(): void;
}

/**
 * Reads a socket while its reader does not. Node alone stops when its own buffer is full, and does not notice an end
 * behind that data. Data beyond that buffer is held here, so that a reader finds an ordinary socket.
 */
export function readAhead(socket: Socket, terms: ReadAheadTerms): ReadAhead {
  const { readAheadBytes, onFin, onOverflow } = terms;
  // oxlint-disable-next-line typescript/unbound-method -- called with the socket
  const { push, _read: read } = socket;
  /** Chunks that have not been passed to the socket yet; null, as the last, is the end. */
  const held: (Buffer | null)[] = [];
  let heldBytes = 0;
  /** Number of chunks since the last merge. */
  let unmerged = 0;
  /** True if the socket has room. It asks only once, so this must be remembered. */
  let isAsked = true;

  const unreadBytes = () => socket.readableLength + heldBytes;
  const isWanted = () => isAsked || unreadBytes() <= readAheadBytes;

  const hold = (chunk: Buffer | null) => {
    held.push(chunk);
    if (chunk === null) return;
    heldBytes += chunk.length;
    unmerged += 1;
    if (unmerged < MERGED_CHUNKS) return;
    held.push(Buffer.concat(held.splice(-MERGED_CHUNKS) as Buffer[]));
    unmerged = 0;
  };

  const pass = () => {
    const chunk = held.shift() as Buffer | null;
    heldBytes -= chunk?.length ?? 0;
    return push.call(socket, chunk);
  };

  const passWhileAsked = () => {
    while (isAsked && held.length > 0) {
      // Before the push, which may make the reader read and ask again.
      isAsked = false;
      if (pass()) isAsked = true;
    }
  };

  // Node calls it with each chunk, and null for the end; after false it does not read until `_read`.
  socket.push = (chunk: Buffer | null) => {
    if (chunk === null) onFin();
    hold(chunk);
    passWhileAsked();
    if (isWanted()) return true;
    onOverflow();
    return false;
  };

  // The socket calls it when its own buffer has room.
  // oxlint-disable-next-line no-underscore-dangle -- the name that Node gave it
  socket._read = (size) => {
    isAsked = true;
    passWhileAsked();
    if (isWanted()) read.call(socket, size);
  };

  return {
    unreadBytes,
    isFull: () => !isWanted(),
    stop() {
      const overridden: Partial<Pick<Socket, 'push' | '_read'>> = socket;
      delete overridden.push;
      // oxlint-disable-next-line no-underscore-dangle -- the name that Node gave it
      delete overridden._read;
      while (held.length > 0) pass();
    },
  };
}
