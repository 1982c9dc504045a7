/** What a process does that wants to hold the session at a server of `fencedServer`: the body of such a program. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { constantBackoff, Continue } from 'schmoozer';
import { createReconnectActor } from 'schmoozer/compiled';
import { exclusive, type FencedConnector, type Lock } from 'schmoozer/exclusive';

/** What such a process is told, as its one argument. */
export interface HoldOrders {
  /** Of the store, through a proxy. */
  readonly url: string;
  readonly port: number;
  readonly name: string;
  readonly who: string;
  readonly lifeMs: number;
}

export const orders = JSON.parse(process.argv[2] as string) as HoldOrders;

/** Works until it is told to stop by a message; says `queued` when it waits for the lock. */
export async function holdLink(lock: Lock): Promise<void> {
  const connector: FencedConnector<Socket> = {
    async connect({ fence, signal }) {
      const socket = connect({ host: '127.0.0.1', port: orders.port, signal });
      socket.on('error', () => {});
      await once(socket, 'connect', { signal });
      socket.write(`${fence} ${orders.who}\n`);
      await once(socket, 'data', { signal });
      return socket;
    },
    async run(socket, { signal }) {
      while (!signal.aborted && !socket.destroyed) {
        socket.write('work\n');
        await sleep(20);
      }
      return Continue();
    },
    disconnect: (socket) => void socket.destroy(),
  };
  const actor = createReconnectActor(exclusive(connector, { lock, name: orders.name }), {
    backoff: constantBackoff(100),
  });
  actor.on('connection.queued', () => void process.send?.('queued'));
  actor.start();
  await once(process, 'message');
  actor.send({ type: 'stop' });
  await new Promise<void>((resolve) => void actor.subscribe({ complete: resolve }));
  process.disconnect();
}
