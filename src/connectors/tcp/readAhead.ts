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

/** A socket that is read ahead of its reader. */
export interface ReadAhead {
  /** How much has arrived and was not read. */
  unreadBytes(): number;
  /** Whether so much has that the socket is paused. */
  isFull(): boolean;
  /** Leaves the socket as Node made it, with all that was held in its own buffer. */
  stop(): void;
}

/**
 * Reads a socket while nobody does: Node stops when its own buffer is full, and sees no end behind that. What the
 * buffer has no room for is held here, so that a reader finds the socket as it always is.
 */
export function readAhead(socket: Socket, terms: ReadAheadTerms): ReadAhead {
  const { readAheadBytes, onFin, onOverflow } = terms;
  // oxlint-disable-next-line typescript/unbound-method -- called with the socket
  const { push, _read: read } = socket;
  /** What the socket has not been given yet; null, the last, is the end. */
  const held: (Buffer | null)[] = [];
  let heldBytes = 0;
  /** How many chunks have come since some were made one. */
  let unmerged = 0;
  /** Whether the socket has room. It asks for more only once, so this must not be forgotten. */
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
      // Before the push: what that calls may read, and ask again.
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
