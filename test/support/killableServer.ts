import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A real server of HTTP on 127.0.0.1, for whatever is attached to it: it can be killed, and come back on the same port. */
export class KillableServer {
  /** Connections it has accepted since it was made. */
  accepted = 0;
  port = 0;
  readonly #attach: (http: Server) => (() => unknown) | void;
  readonly #sockets = new Set<Socket>();
  #http: Server | undefined;
  #detach: (() => unknown) | void = undefined;

  /** @param attach answers how to take it off again */
  constructor(attach: (http: Server) => (() => unknown) | void) {
    this.#attach = attach;
  }

  /** Connections that are open now. */
  get open(): number {
    return this.#sockets.size;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const http = createServer();
    http.on('connection', (socket) => {
      this.accepted += 1;
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#detach = this.#attach(http);
    await once(http.listen(this.port, '127.0.0.1'), 'listening');
    this.port = (http.address() as AddressInfo).port;
    this.#http = http;
  }

  /** Cuts every connection, without a goodbye, and listens no more. */
  async kill(): Promise<void> {
    const http = this.#http;
    if (http === undefined) return;
    this.#http = undefined;
    const closed = once(http, 'close');
    http.close();
    for (const socket of this.#sockets) socket.destroy();
    await this.#detach?.();
    await closed;
  }
}

/** One that has started, and is gone when the test is over. */
export async function killableServer(
  attach: (http: Server) => (() => unknown) | void,
): Promise<KillableServer> {
  const server = new KillableServer(attach);
  await server.start();
  onTestFinished(() => server.kill());
  return server;
}
