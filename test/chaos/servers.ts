import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import { opened, sealed } from './lines.js';
import type { ServerRecord } from './records.js';

/** One connection as its server sees it: a line comes in, a line goes out. */
interface Peer {
  send(line: string): void;
  destroy(): void;
}

/**
 * The servers behind the network. A line `link epoch n` is echoed with a number of the server's own; a line of an outbox is
 * acknowledged.
 */
export class Servers {
  readonly #received = new Map<number, { order: number[]; seen: Set<number> }>();
  readonly #disorder: { port: number; text: string }[] = [];
  readonly #peers = new Set<Peer>();
  #repeated = 0;

  async listen(): Promise<{ tcp: number; ws: number }> {
    const tcp = createServer({ noDelay: true }, (socket) => this.#serve(socket));
    tcp.listen(0, '127.0.0.1', 2048);
    const ws = new WebSocketServer({
      host: '127.0.0.1',
      port: 0,
      backlog: 2048,
      perMessageDeflate: false,
    });
    ws.on('connection', (socket, request) => {
      const peer: Peer = { send: (line) => socket.send(line), destroy: () => socket.terminate() };
      const take = this.#reader(peer, request.socket.remotePort as number);
      this.#keep(peer, socket);
      socket.on('message', (data) => take((data as Buffer).toString('latin1')));
    });
    await Promise.all([once(tcp, 'listening'), once(ws, 'listening')]);
    return { tcp: portOf(tcp), ws: portOf(ws) };
  }

  /** @param isDamaged whether the network had damaged the connection that came from this port */
  report(isDamaged: (port: number) => boolean): ServerRecord {
    const disorder = this.#disorder.filter(({ port }) => !isDamaged(port)).map(({ text }) => text);
    const received: Record<number, number[]> = {};
    for (const [link, { order }] of this.#received) received[link] = order;
    return { disorder, received, repeated: this.#repeated };
  }

  /** Resets every connection. */
  drop(): void {
    for (const peer of this.#peers) peer.destroy();
  }

  #serve(socket: Socket): void {
    const peer: Peer = {
      send: (line) => socket.write(`${line}\n`, 'latin1'),
      destroy: () => socket.resetAndDestroy(),
    };
    const take = this.#reader(peer, socket.remotePort as number);
    let rest = '';
    this.#keep(peer, socket);
    socket.on('data', (data) => {
      const parts = (rest + data.toString('latin1')).split('\n');
      rest = parts.pop() as string;
      if (rest.length > 10_000) socket.destroy();
      for (const line of parts) take(line);
    });
  }

  #keep(peer: Peer, socket: NodeJS.EventEmitter): void {
    this.#peers.add(peer);
    socket.on('error', () => {});
    socket.on('close', () => void this.#peers.delete(peer));
  }

  #reader(peer: Peer, port: number): (line: string) => void {
    let count = 0;
    let messages = 0;
    let session: string | undefined;
    let isBroken = false;
    return (line) => {
      // What follows a damaged message would come before it.
      if (isBroken) return;
      const message = line.startsWith('o ') && opened(line)?.split(' ').map(Number);
      if (message) {
        const [, link, key, index] = message as [number, number, number, number];
        // One changed bit turns a text frame into a ping: then nothing else shows that a message is missing.
        if (index === messages) {
          messages += 1;
          return this.#takeMessage(link, key, peer);
        }
      }
      const [, of, n] = /^(\d+ \d+) (\d+)$/.exec(line) ?? [];
      session ??= of;
      if (of !== session || Number(n) !== count) {
        this.#disorder.push({ port, text: `${session} ${count}: ${line.slice(0, 60)}` });
        isBroken = true;
        return peer.destroy();
      }
      peer.send(`${count} ${line}`);
      count += 1;
    };
  }

  #takeMessage(link: number, key: number, peer: Peer): void {
    const box = this.#received.get(link) ?? { order: [], seen: new Set() };
    this.#received.set(link, box);
    if (box.seen.has(key)) this.#repeated += 1;
    else {
      box.seen.add(key);
      box.order.push(key);
    }
    peer.send(sealed(`a ${key}`));
  }
}

function portOf(server: { address(): unknown }): number {
  return (server.address() as AddressInfo).port;
}
