import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Serve } from './protocols.js';

/** `silent`: accepts and says nothing. `flapping`: drops as soon as the handshake is done. `good`: serves. */
export type Mood = 'silent' | 'flapping' | 'good';

export interface UnrulyServer {
  readonly port: number;
  /** Connections accepted so far. */
  readonly accepts: number;
  /** Resolves with the time, by `performance.now`, when the first handshake in good mood is done. */
  readonly served: Promise<number>;
  mood: Mood;
  close(): void;
}

export async function unrulyServer(serve: Serve, firstMood: Mood): Promise<UnrulyServer> {
  let accepts = 0;
  let resolveServed: (atMs: number) => void;
  const served = new Promise<number>((resolve) => (resolveServed = resolve));
  let mood = firstMood;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    accepts += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    // Who was met with silence stays in silence: the machine behind the address has changed, not its mind.
    if (mood === 'silent') return void socket.resume();
    const isFlapping = mood === 'flapping';
    serve(socket, () => {
      if (isFlapping) setImmediate(() => socket.destroy());
      else resolveServed(performance.now());
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    get accepts() {
      return accepts;
    },
    served,
    get mood() {
      return mood;
    },
    set mood(next) {
      mood = next;
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
