import type { Socket } from 'node:net';

/** What a chunk takes besides its bytes: apps may send one byte at a time. */
const CHUNK_BYTES = 300;

/** What one app has sent of a frame that has not come to its end. */
export interface Pending {
  /** It has come to its end. */
  settle(): void;
  /** Nothing is read any more. */
  forget(): void;
}

interface Entry {
  bytes: number;
  readonly cut: () => void;
}

/**
 * Bounds what apps have sent of frames that have not come to their end: each may be as large as a frame may
 * be, and a hundred apps could leave theirs unfinished for ever. Who holds most of it is cut off.
 */
export class Intake {
  readonly #mostBytes: number;
  readonly #entries = new Set<Entry>();
  #bytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  watch(socket: Socket, cut: () => void): Pending {
    const entry = { bytes: 0, cut };
    this.#entries.add(entry);
    const settle = () => {
      this.#bytes -= entry.bytes;
      entry.bytes = 0;
    };
    const count = ({ length }: Buffer) => {
      entry.bytes += length + CHUNK_BYTES;
      this.#bytes += length + CHUNK_BYTES;
      if (this.#bytes > this.#mostBytes) this.#cutLargest();
    };
    const forget = () => {
      socket.off('data', count);
      this.#entries.delete(entry);
      settle();
    };
    // Before those who read: what they say of a chunk comes after it is counted.
    socket.prependListener('data', count);
    socket.on('close', forget);
    return { settle, forget };
  }

  #cutLargest(): void {
    let largest: Entry | undefined;
    for (const entry of this.#entries) {
      if (largest === undefined || entry.bytes > largest.bytes) largest = entry;
    }
    largest?.cut();
  }
}
