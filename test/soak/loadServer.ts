// The server of load.ts: holds all connections, and drops them when it is told to.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

const sockets = new Set<Socket>();
// Several ports: one would run out of the ports of its clients.
const ports: number[] = [];
for (let nth = 0; nth < 4; nth += 1) {
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.resume();
  });
  server.listen(0, '127.0.0.1', 4096);
  await once(server, 'listening');
  ports.push((server.address() as AddressInfo).port);
}
process.on('message', (message) => {
  if (message === 'drop') for (const socket of sockets) socket.resetAndDestroy();
  if (message === 'count') process.send?.({ count: sockets.size });
});
process.once('disconnect', () => process.exit());
process.send?.({ ports });
