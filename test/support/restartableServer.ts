import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/** A real server on 127.0.0.1 that can be killed, and come back on the same port. */
export class RestartableServer {
  /** Connections it has accepted since it was made. */
  accepted = 0;
  #server: WebSocketServer | undefined;
  #port = 0;
  readonly #onAccept: (socket: WebSocket) => void;

  constructor(onAccept: (socket: WebSocket) => void = () => {}) {
    this.#onAccept = onAccept;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#port}`;
  }

  get sockets(): readonly WebSocket[] {
    return [...(this.#server?.clients ?? [])];
  }

  /** Connections that are open now. */
  get open(): number {
    return this.sockets.length;
  }

  async start(): Promise<void> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: this.#port });
    server.on('connection', (socket) => {
      this.accepted += 1;
      socket.on('error', () => {});
      this.#onAccept(socket);
    });
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Cuts every connection, without a goodbye, and listens no more. */
  async kill(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    for (const socket of server.clients) socket.terminate();
    await new Promise((resolve) => server.close(resolve));
  }

  broadcast(text: string): void {
    for (const socket of this.sockets) socket.send(text);
  }
}
