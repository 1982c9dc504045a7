import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { Pem } from './certificate.js';

/** What a client and a server say in the clear before TLS begins. */
export type Overture = (client: Socket, server: Socket) => Promise<unknown>;

export interface TlsFront {
  readonly port: number;
  /** Open sockets of the front itself, those of both sides. */
  readonly ownSockets: number;
  /** Sends bytes to the server, as if the clients had. */
  inject(bytes: Uint8Array): void;
}

/** Speaks TLS with those who come to a free port of loopback, and plain with the server behind it. */
export async function startTlsFront(
  host: string,
  port: number,
  pem: Pem,
  overture: Overture = async () => {},
): Promise<TlsFront & AsyncDisposable> {
  const own = new Set<Socket>();
  const servers = new Set<Socket>();

  const listener = createServer({ allowHalfOpen: true }, (client) => {
    const server = connect({ host, port, allowHalfOpen: true });
    servers.add(server.once('close', () => servers.delete(server)));
    for (const socket of [client, server]) {
      const other = socket === client ? server : client;
      own.add(socket.on('error', () => {}));
      socket.once('close', () => {
        own.delete(socket);
        other.destroy();
      });
    }
    overture(client, server).then(
      () => {
        const secure = new TLSSocket(client, { isServer: true, ...pem });
        pipeline(secure, server, secure, () => client.destroy());
      },
      () => client.destroy(),
    );
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    get ownSockets() {
      return own.size;
    },
    inject(bytes) {
      for (const server of servers) server.write(bytes);
    },
    async [Symbol.asyncDispose]() {
      for (const socket of own) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}
