import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { reset } from './loopback.js';

export interface Proxy {
  readonly port: number;
  /** Connections that a client holds: it has neither ended nor closed them. */
  readonly held: number;
  /** The most that were held at one time. */
  readonly mostHeld: number;
  /** Open sockets of the proxy itself, those of both sides. */
  readonly ownSockets: number;
  /** The ports from which the proxy has spoken to the server. */
  readonly ports: readonly number[];
  /** Forwards again, as at first; what had been silenced and is still held is reset. */
  pass(): Promise<void>;
  /** Resets every connection; new ones are forwarded. */
  reset(): void;
  /** Says nothing any more, on the connections that are open and on new ones, and closes none. */
  silence(): void;
  /** Resets every connection and refuses new ones. */
  refuse(): Promise<void>;
  /** Sends bytes to the server, as if the clients had. */
  inject(bytes: Uint8Array): void;
}

interface Link {
  readonly client: Socket;
  readonly server: Socket | undefined;
  isSilent: boolean;
  isHeld: boolean;
}

/** A proxy on a free port of loopback that fails on command. */
export async function startProxy(host: string, port: number): Promise<Proxy & AsyncDisposable> {
  const links = new Set<Link>();
  const own = new Set<Socket>();
  const ports: number[] = [];
  let isSilent = false;
  let mostHeld = 0;

  const drop = (link: Link) => {
    links.delete(link);
    // Node never closes a socket whose reset comes while its end is under way.
    if (link.client.writableEnded) link.client.destroy();
    else reset(link.client);
    link.server?.destroy();
  };
  const held = () => [...links].filter((link) => link.isHeld).length;

  const listener = createServer({ allowHalfOpen: true }, (client) => {
    const server = isSilent ? undefined : connect({ host, port, allowHalfOpen: true });
    server?.once('connect', () => ports.push(server.localPort as number));
    for (const socket of server ? [client, server] : [client]) {
      own.add(socket.on('error', () => {}).once('close', () => own.delete(socket)));
    }
    const link: Link = { client, server, isSilent, isHeld: true };
    links.add(link);
    mostHeld = Math.max(mostHeld, held());
    const forward = (from: Socket, to: Socket | undefined) => {
      from.on('data', (data) => !link.isSilent && to?.write(data));
      from.on('end', () => !link.isSilent && to?.end());
      from.on('close', () => {
        if (link.isSilent && from === server) return;
        links.delete(link);
        to?.destroy();
      });
    };
    const letGo = () => (link.isHeld = false);
    client.once('end', letGo).once('close', letGo);
    forward(client, server);
    if (server) forward(server, client);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const ownPort = (listener.address() as AddressInfo).port;

  const refuse = async () => {
    const closed = listener.listening ? once(listener, 'close') : undefined;
    if (closed) listener.close();
    for (const link of links) drop(link);
    await closed;
  };
  return {
    port: ownPort,
    get held() {
      return held();
    },
    get mostHeld() {
      return mostHeld;
    },
    get ownSockets() {
      return own.size;
    },
    ports,
    async pass() {
      isSilent = false;
      for (const link of links) {
        if (!link.isSilent) continue;
        if (link.isHeld) drop(link);
        // A client that has ended, but waits for our end as well, would be helped by a reset.
        else link.server?.destroy();
      }
      if (listener.listening) return;
      listener.listen(ownPort, '127.0.0.1');
      await once(listener, 'listening');
    },
    reset() {
      for (const link of links) drop(link);
    },
    silence() {
      isSilent = true;
      for (const link of links) link.isSilent = true;
    },
    refuse,
    inject(bytes) {
      for (const { server } of links) server?.write(bytes);
    },
    [Symbol.asyncDispose]: refuse,
  };
}
