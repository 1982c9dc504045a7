import type { Socket } from 'node:net';

/** Memory size of a chunk besides its bytes: apps may send one byte at a time. */
const CHUNK_BYTES = 300;

/** The received part of an app's incomplete frame. */
export interface Pending {
  /** The frame is complete. */
  settle(): void;
  /** The socket is not read any more. */
  forget(): void;
}

interface Entry {
  bytes: number;
  readonly cut: () => void;
}

/**
 * Limits the received parts of incomplete frames: each may be as large as a frame may be, and a hundred apps could
 * leave theirs incomplete forever. The app that holds most is disconnected.
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
    // Before the other listeners, so that a chunk is counted before they process it.
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
