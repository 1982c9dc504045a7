import { createServer, type Socket } from 'node:net';
import { reportPort } from '../reportPort.js';

// Holds every connection until it is told to drop them all at once, as a crash would.
const sockets = new Set<Socket>();
process.on('message', () => {
  for (const socket of sockets) socket.resetAndDestroy();
  sockets.clear();
});
await reportPort(
  createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  }),
);
