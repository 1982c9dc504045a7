import type { Socket } from 'node:net';

/**
 * Connections that have not shown a token. When there are too many the oldest makes room, so those who ask for
 * something get through while others only hold the line.
 */
export class Strangers {
  readonly #most: number;
  readonly #sockets = new Set<Socket>();

  constructor(most: number) {
    this.#most = most;
  }

  add(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    const [oldest] = this.#sockets;
    if (this.#sockets.size <= this.#most || oldest === undefined) return;
    this.#sockets.delete(oldest);
    oldest.destroy();
  }

  /** It has shown a token; it is counted elsewhere from now on. */
  admit(socket: Socket): void {
    this.#sockets.delete(socket);
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
