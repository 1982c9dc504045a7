import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { constantBackoff, Continue } from 'schmoozer';
import { createReconnectActor } from 'schmoozer/compiled';
import { tcpConnector } from 'schmoozer/tcp';

/** Links over loopback with a server in this process, which drops them all once: until all are back, and stopped. */
export async function tcpStorm(links: number): Promise<void> {
  const sockets = new Set<Socket>();
  let allAccepted = (): void => {};
  // A client may know of its connection before the server does.
  const accepted = new Promise<void>((resolve) => {
    allAccepted = resolve;
  });
  const server = createServer((socket) => {
    sockets.add(socket);
    if (sockets.size === links) allAccepted();
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.resume();
  });
  server.listen({ port: 0, host: '127.0.0.1', backlog: links });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const actors = Array.from({ length: links }, () => {
    const connector = tcpConnector({
      host: '127.0.0.1',
      port,
      run: (_socket, { signal }) =>
        new Promise<ReturnType<typeof Continue>>((resolve) => {
          signal.addEventListener('abort', () => resolve(Continue()));
        }),
    });
    return createReconnectActor(connector, { backoff: constantBackoff(10) });
  });
  let isUp = counted(actors);
  for (const actor of actors) actor.start();
  await Promise.all([isUp, accepted]);
  isUp = counted(actors);
  for (const socket of sockets) socket.resetAndDestroy();
  await isUp;
  await Promise.all(
    actors.map((actor) => {
      const ended = new Promise<void>((resolve) => actor.subscribe({ complete: resolve }));
      actor.send({ type: 'stop' });
      return ended;
    }),
  );
  server.close();
}

/** Settles when as many sessions have been opened as there are links. */
function counted(actors: readonly ReturnType<typeof createReconnectActor>[]): Promise<void> {
  let left = actors.length;
  return new Promise((resolve) => {
    const subscriptions = actors.map((actor) =>
      actor.on('connection.opened', () => {
        left -= 1;
        if (left > 0) return;
        for (const subscription of subscriptions) subscription.unsubscribe();
        resolve();
      }),
    );
  });
}
