import type { Socket } from 'node:net';

/**
 * Connections that have not sent a token. If there are too many, the oldest is closed, so that clients with requests
 * get through while others only hold connections.
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

  /** The client has sent a token, and is counted elsewhere from now on. */
  admit(socket: Socket): void {
    this.#sockets.delete(socket);
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
